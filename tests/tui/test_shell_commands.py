"""Commands that fit a namespace, and keys of the library as those of a terminal."""

import pytest
from rich.style import Style
from textual import events

from ovltui.identity.model import Identity, Kind
from ovltui.session.snapshot import Row, Snapshot
from ovltui.state.links import Link
from ovltui.terminal.keys import Key, Modifiers, Named
from ovltui.terminal.screen import PLAIN, Look, Run, Shape
from ovltui.tui.keystrokes import key_of
from ovltui.tui.shell_commands import fitting
from ovltui.tui.widgets.shell_look import strip_of, with_cursor
from tests.tui.world import BLUE_NETNS, RED_NETNS

CTRL, ALT, SHIFT = Modifiers.CTRL, Modifiers.ALT, Modifiers.SHIFT


@pytest.mark.parametrize(
    ("name", "character", "expected"),
    [
        ("a", "a", Key("a")),
        ("A", "A", Key("A")),
        ("question_mark", "?", Key("?")),
        ("space", " ", Key(" ")),
        ("\u00e9", "\u00e9", Key("\u00e9")),
        ("enter", "\r", Key(Named.ENTER)),
        ("shift+tab", None, Key(Named.TAB, SHIFT)),
        ("ctrl+c", "\x03", Key("c", CTRL)),
        ("ctrl+at", "\0", Key("@", CTRL)),
        ("ctrl+backslash", "\x1c", Key("\\", CTRL)),
        ("ctrl+underscore", "\x1f", Key("_", CTRL)),
        ("alt+b", None, Key("b", ALT)),
        ("alt+shift+b", None, Key("B", ALT)),
        ("ctrl+left", None, Key(Named.LEFT, CTRL)),
        ("pageup", None, Key(Named.PAGE_UP)),
        ("f5", None, Key(Named.F5)),
        ("delete", "\x7f", Key(Named.DELETE)),
        ("ignore", None, None),
    ],
)
def test_a_key_of_the_library_is_a_key_of_the_terminal(name: str, character: str | None, expected: Key | None) -> None:
    assert key_of(events.Key(name, character)) == expected


def strip(text: str, width: int) -> str:
    made = strip_of((Run(text, PLAIN, width), Run("|", Look(bold=True), 1)), width + 1, Style(), ascii_only=False)
    assert made.cell_length == width + 1
    return made.text


def test_what_follows_a_character_of_disputed_width_stays_in_its_column() -> None:
    assert strip("ab", 2) == "ab|"
    assert strip("\u4e2d", 2) == "\u4e2d|"
    assert strip("a\u0301", 1) == "a\u0301|"
    assert strip("\u4e2d", 1)[-1] == "|"
    assert strip("a", 2) == "a |"
    assert strip_of((Run("\u00e9\u4e2d", PLAIN, 3),), 3, Style(), ascii_only=True).text.isascii()


@pytest.mark.parametrize("column", [1, 2])
def test_the_cursor_leaves_a_wide_character_whole(column: int) -> None:
    made = strip_of((Run("a\u4e2db", PLAIN, 4),), 4, Style(), ascii_only=False)
    drawn = with_cursor(made, column, Shape.BLOCK, faint=False)
    assert drawn.text == "a\u4e2db"
    assert [segment.text for segment in drawn if segment.style and segment.style.reverse] == ["\u4e2d"]
    assert with_cursor(made, 3, Shape.BLOCK, faint=True).text == "a\u4e2db"


def container(row: Row, name: str, address: str, *ifnames: str) -> Row:
    links = tuple(Link(at, ifname, "veth", True, None, None, None, None) for at, ifname in enumerate(ifnames, 1))
    identity = Identity(name, Kind.CONTAINER, "a test", network="mynet01", container=name)
    return Row(row.netns, identity, links, (address,))


def test_commands_name_the_namespace_s_own_devices_and_neighbours() -> None:
    one = container(Row(BLUE_NETNS, Identity("", Kind.OTHER, ""), (), ()), "docker1n", "10.13.17.7/24", "eth0")
    two = container(Row(RED_NETNS, Identity("", Kind.OTHER, ""), (), ()), "docker2n", "10.13.17.3/24", "eth0")
    lines = list(fitting(one, Snapshot(1, "vm", (one, two), (), ())))
    assert {"tcpdump -ni eth0", "ping 10.13.17.3", "dig @127.0.0.11 docker2n"} <= set(lines)
    assert "ping 10.13.17.7" not in lines


def test_the_overlay_s_bridge_and_vxlan_are_filled_in() -> None:
    links = (
        Link(2, "br0", "bridge", True, None, None, None, None),
        Link(3, "vxlan0", "vxlan", True, 2, None, None, 4097),
    )
    row = Row(BLUE_NETNS, Identity("mynet01", Kind.OVERLAY, "a test", network="mynet01"), links, ())
    lines = list(fitting(row, Snapshot(1, "vm", (row,), (), ())))
    assert {"bridge fdb show br br0", "tcpdump -ni vxlan0 udp"} <= set(lines)


@pytest.mark.parametrize("evil", ["eth0;reboot", "$(reboot)", "a b", "-rf", "x\\x1b[31m", "`id`", "a&b", ""])
def test_a_name_that_a_shell_would_obey_stands_in_no_command(evil: str) -> None:
    row = container(Row(BLUE_NETNS, Identity("", Kind.OTHER, ""), (), ()), evil, "10.0.0.1/24", evil)
    other = container(Row(RED_NETNS, Identity("", Kind.OTHER, ""), (), ()), evil, "10.0.0.2/24", evil)
    assert not any(
        evil in line.split("-ni")[-1] for line in fitting(row, Snapshot(1, "vm", (row, other), (), ())) if evil
    )
