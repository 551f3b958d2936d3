"""How far long work is, is said on a terminal after half a second, and gone when it is done."""

import io
import time

import pytest

from ovltui.cli.output import Output
from ovltui.cli.progress import progress
from ovltui.passing import PATIENCE_S


class Talk(io.StringIO):
    """A stderr."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


def said(*, terminal: bool, seconds: float, done: int = 0, size: int = 0) -> str:
    talk = Talk(terminal=terminal)
    with progress(Output(io.StringIO(), talk), "opening it") as told:
        told(done, size)
        time.sleep(seconds)
    return talk.getvalue()


def test_after_a_while_it_says_how_far_it_is_and_takes_that_away_at_the_end() -> None:
    text = said(terminal=True, seconds=PATIENCE_S + 0.2, done=42, size=100)
    assert text.startswith("\r\x1b[Kovltui: opening it  42 %  (ctrl+c ends it)")
    assert text.endswith("\r\x1b[K")


def test_of_a_pipe_nobody_knows_how_far_it_is() -> None:
    assert "opening it  (ctrl+c" in said(terminal=True, seconds=PATIENCE_S + 0.2, done=42)


@pytest.mark.parametrize(("terminal", "seconds"), [(True, 0.0), (False, PATIENCE_S + 0.2)])
def test_short_work_and_whoever_is_no_person_hears_nothing(*, terminal: bool, seconds: float) -> None:
    assert said(terminal=terminal, seconds=seconds, done=1, size=2) == ""


def interrupted(talk: Talk) -> None:
    with progress(Output(io.StringIO(), talk), "it"):
        time.sleep(PATIENCE_S + 0.2)
        raise KeyboardInterrupt


def test_what_is_interrupted_takes_the_line_away_too() -> None:
    talk = Talk(terminal=True)
    with pytest.raises(KeyboardInterrupt):
        interrupted(talk)
    assert talk.getvalue().endswith("\r\x1b[K")
