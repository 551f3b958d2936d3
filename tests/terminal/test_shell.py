"""A command with its screen: read for a limited time, drawn whole, typed to, scrolled back, ended."""

import os
import select
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from ovltui.terminal.keys import Key, Modifiers, Named
from ovltui.terminal.mouse import Act, Button, Mouse
from ovltui.terminal.pty import OWN, environment
from ovltui.terminal.shell import HOLD_S, Shell

ENV = environment({**os.environ, "PS1": "$ "})


@contextmanager
def shell(script: str = "exec sh", size: tuple[int, int] = (80, 24)) -> Iterator[Shell]:
    made = Shell(OWN, ["sh", "-c", script], ENV, size)
    yield made
    made.close()
    made.close()
    assert made.wait_until_gone(30)


def text(shell: Shell) -> list[str]:
    shell.draw()
    return ["".join(run.text for run in row).rstrip() for row in shell.rows]


def pump_until(shell: Shell, done: Callable[[], object], patience_s: float = 40) -> None:
    deadline = time.monotonic() + patience_s
    while not done():
        assert time.monotonic() < deadline, text(shell)
        select.select([shell.fd], [], [], 0.1)
        shell.pump(0.01)


def test_what_it_writes_is_drawn_and_what_changed_is_told() -> None:
    with shell("echo one; sleep 0.5; printf two; sleep 1000") as made:
        pump_until(made, lambda: "one" in text(made))
        made.draw()
        assert made.draw() == set()
        pump_until(made, lambda: "two" in text(made))
        assert made.cursor is not None
        assert (made.cursor.column, made.cursor.row) == (3, 1)


def test_output_without_end_takes_no_longer_than_allowed() -> None:
    with shell("yes") as made:
        pump_until(made, lambda: "y" in text(made))
        begun, more = time.monotonic(), 0
        for _ in range(50):
            time.sleep(0.002)  # what fits into the terminal's own buffer is soon read
            more += made.pump(0.005)
        assert more
        assert time.monotonic() - begun < 5


def test_keys_and_pastes_reach_it_as_it_asked() -> None:
    with shell("stty raw -echo; printf '\\033[?2004h\\033[?1hready'; exec cat -v") as made:
        pump_until(made, lambda: "ready" in text(made))
        made.press(Key(Named.UP))
        made.press(Key("c", Modifiers.CTRL))
        made.paste("a\nb")
        pump_until(made, lambda: "ready^[OA^C^[[200~a^Mb^[[201~" in text(made))


def test_the_wheel_scrolls_back_unless_the_program_wants_it_and_a_key_leads_to_the_newest() -> None:
    up = Mouse(Act.PRESS, Button.WHEEL_UP, 0, 0)
    with shell("seq 100; exec cat") as made:
        pump_until(made, lambda: "100" in text(made))
        made.point(up)
        assert made.back == 3
        assert "100" not in text(made)
        made.press(Key("x"))
        assert made.back == 0
    with shell("stty raw -echo; printf '\\033[?1000h\\033[?1006hready'; exec cat -v") as made:
        pump_until(made, lambda: "ready" in text(made))
        made.point(up)
        made.focus(gained=True)
        pump_until(made, lambda: "ready^[[<64;1;1M" in text(made))


def test_it_hears_of_another_size_once() -> None:
    with shell("trap 'stty size' WINCH; echo ready; while :; do sleep 0.1; done") as made:
        pump_until(made, lambda: "ready" in text(made))
        made.resize(60, 10)
        made.resize(60, 10)
        pump_until(made, lambda: "10 60" in text(made))
        assert len(made.rows) == 10
        assert text(made).count("10 60") == 1


def test_a_screen_that_is_being_rebuilt_is_not_drawn_but_not_for_ever() -> None:
    with shell("printf '\\033[?2026h'; sleep 1000") as made:
        pump_until(made, lambda: made.modes.hold)
        assert made.held()
        time.sleep(HOLD_S * 1.2)
        assert not made.held()


def test_its_end_is_told_with_its_status_and_last_words() -> None:
    with shell("echo bye; exit 3") as made:
        pump_until(made, lambda: made.ended)
        assert "bye" in text(made)
        assert made.status == 3
        assert made.cursor is None
        assert not made.pump(0.01)


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (300, 100)])
def test_any_size_will_do(size: tuple[int, int]) -> None:
    with shell("seq 5; printf '\\344\\270\\255'; sleep 1000", size) as made:
        time.sleep(0.3)
        made.pump(0.1)
        made.draw()
        assert [sum(run.width for run in row) for row in made.rows] == [size[0]] * size[1]


def test_a_text_that_scrolled_away_is_found_and_the_view_stays_where_there_is_none() -> None:
    with shell("seq 1001 1400; exec cat") as made:
        pump_until(made, lambda: "1400" in text(made))
        assert made.find("1057")
        assert "1057" in made.text()
        back = made.back
        assert back > 300
        assert not made.find("no such text")
        assert made.back == back
        assert made.find("1390", forth=True)
        assert "1390" in made.text()
