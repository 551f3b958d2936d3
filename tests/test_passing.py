"""Before there are screens, work that takes long is said on stderr, and taken away at its end."""

import re
import sys
import time
from functools import partial
from itertools import count
from threading import Event

import pytest

from ovltui import passing as module
from ovltui.passing import passing, show

PATIENCE_S = 10.0


@pytest.fixture
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", 0.05)


@pytest.mark.usefixtures("_soon")
def test_long_work_is_said_again_and_again_and_taken_away(capsys: pytest.CaptureFixture[str]) -> None:
    number, again = count(3), Event()

    def text() -> str:
        now = next(number)
        if now > 3:
            again.set()
        return f"looking at namespaces, {now} so far"

    with passing(text, partial(show, sys.stderr)):
        assert again.wait(PATIENCE_S)
    said = capsys.readouterr().err
    assert said.startswith("\r\x1b[Kovltui: looking at namespaces, 3 so far  (ctrl+c ends it)\r\x1b[K")
    assert said.endswith("(ctrl+c ends it)\r\x1b[K")


def test_short_work_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with passing(lambda: "it", partial(show, sys.stderr)):
        pass
    assert not capsys.readouterr().err


def interrupted() -> None:
    with passing(lambda: "it", partial(show, sys.stderr)):
        time.sleep(0.2)
        raise KeyboardInterrupt


@pytest.mark.usefixtures("_soon")
def test_what_is_interrupted_takes_the_line_away_too(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert re.fullmatch(r"(\r\x1b\[Kovltui: it  \(ctrl\+c ends it\))+\r\x1b\[K", capsys.readouterr().err)
