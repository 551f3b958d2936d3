"""Events of the mouse, in the form that the program asked for, and to it alone."""

import pytest

from ovltui.terminal.keys import Modifiers
from ovltui.terminal.mouse import Act, Button, Mouse, report, wheel_keys
from ovltui.terminal.screen import Modes, MouseWish

LEFT = Mouse(Act.PRESS, Button.LEFT, 4, 9)
DRAG = Mouse(Act.MOVE, Button.LEFT, 5, 9)
HOVER = Mouse(Act.MOVE, Button.NONE, 5, 9)
RELEASE = Mouse(Act.RELEASE, Button.LEFT, 5, 9)


def sgr(wish: MouseWish) -> Modes:
    return Modes(mouse=wish, mouse_sgr=True)


@pytest.mark.parametrize(
    ("wish", "heard"),
    [
        (MouseWish.NONE, []),
        (MouseWish.PRESSES, [LEFT]),
        (MouseWish.CLICKS, [LEFT, RELEASE]),
        (MouseWish.DRAGS, [LEFT, DRAG, RELEASE]),
        (MouseWish.MOTION, [LEFT, DRAG, HOVER, RELEASE]),
    ],
)
def test_a_program_hears_of_what_it_asked_for(wish: MouseWish, heard: list[Mouse]) -> None:
    assert [event for event in (LEFT, DRAG, HOVER, RELEASE) if report(event, sgr(wish))] == heard


def test_coordinates_count_from_one_and_modifiers_are_told() -> None:
    assert report(LEFT, sgr(MouseWish.CLICKS)) == b"\x1b[<0;5;10M"
    assert report(RELEASE, sgr(MouseWish.CLICKS)) == b"\x1b[<0;6;10m"
    assert report(DRAG, sgr(MouseWish.DRAGS)) == b"\x1b[<32;6;10M"
    assert report(HOVER, sgr(MouseWish.MOTION)) == b"\x1b[<35;6;10M"
    held = Mouse(Act.PRESS, Button.RIGHT, 0, 0, Modifiers.CTRL | Modifiers.ALT)
    assert report(held, sgr(MouseWish.CLICKS)) == b"\x1b[<26;1;1M"
    assert report(Mouse(Act.PRESS, Button.WHEEL_UP, 0, 0), sgr(MouseWish.CLICKS)) == b"\x1b[<64;1;1M"


def test_the_old_form_is_bytes_and_ends_at_its_last_column() -> None:
    old = Modes(mouse=MouseWish.CLICKS)
    assert report(LEFT, old) == b"\x1b[M" + bytes((32, 37, 42))
    assert report(RELEASE, old) == b"\x1b[M" + bytes((35, 38, 42))
    assert report(Mouse(Act.PRESS, Button.LEFT, 222, 0), old)
    assert report(Mouse(Act.PRESS, Button.LEFT, 223, 0), old) == b""


def test_the_wheel_is_arrows_on_the_alternate_screen_alone() -> None:
    pager = Modes(alternate_screen=True, alternate_scroll=True)
    assert wheel_keys(Button.WHEEL_UP, pager) == b"\x1b[A" * 3
    assert wheel_keys(Button.WHEEL_DOWN, Modes(True, alternate_screen=True, alternate_scroll=True)) == b"\x1bOB" * 3
    assert wheel_keys(Button.WHEEL_UP, Modes(alternate_scroll=True)) == b""
