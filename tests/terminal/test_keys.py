"""Keys in the encoding that the program asked for, as libghostty-vt's own encoder has them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from ovltui.terminal.keys import Key, Modifiers, Named, encode, focus, paste
from ovltui.terminal.screen import Modes

NONE, SHIFT, ALT, CTRL = Modifiers.NONE, Modifiers.SHIFT, Modifiers.ALT, Modifiers.CTRL
OLD = Modes()


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (Key("a"), b"a"),
        (Key("A"), b"A"),
        (Key("\u00e9"), "\u00e9".encode()),
        (Key("c", CTRL), b"\x03"),
        (Key("z", CTRL), b"\x1a"),
        (Key(" ", CTRL), b"\0"),
        (Key("@", CTRL), b"\0"),
        (Key("[", CTRL), b"\x1b"),
        (Key("\\", CTRL), b"\x1c"),
        (Key("]", CTRL), b"\x1d"),
        (Key("^", CTRL), b"\x1e"),
        (Key("_", CTRL), b"\x1f"),
        (Key("b", ALT), b"\x1bb"),
        (Key("x", ALT | CTRL), b"\x1b\x18"),
        (Key(Named.ESCAPE), b"\x1b"),
        (Key(Named.ENTER), b"\r"),
        (Key(Named.ENTER, ALT), b"\x1b\r"),
        (Key(Named.TAB), b"\t"),
        (Key(Named.TAB, SHIFT), b"\x1b[Z"),
        (Key(Named.BACKSPACE), b"\x7f"),
        (Key(Named.BACKSPACE, CTRL), b"\x08"),
        (Key(Named.BACKSPACE, ALT), b"\x1b\x7f"),
        (Key(Named.UP), b"\x1b[A"),
        (Key(Named.LEFT, CTRL), b"\x1b[1;5D"),
        (Key(Named.END, CTRL | SHIFT), b"\x1b[1;6F"),
        (Key(Named.HOME), b"\x1b[H"),
        (Key(Named.INSERT), b"\x1b[2~"),
        (Key(Named.DELETE, SHIFT), b"\x1b[3;2~"),
        (Key(Named.PAGE_UP), b"\x1b[5~"),
        (Key(Named.F1), b"\x1bOP"),
        (Key(Named.F4, SHIFT), b"\x1b[1;2S"),
        (Key(Named.F5), b"\x1b[15~"),
        (Key(Named.F12, ALT), b"\x1b[24;3~"),
    ],
)
def test_a_key_is_what_xterm_sends(key: Key, expected: bytes) -> None:
    assert encode(key, OLD) == expected


def test_arrows_follow_the_application_s_mode() -> None:
    wanted = Modes(cursor_keys=True)
    assert encode(Key(Named.UP), wanted) == b"\x1bOA"
    assert encode(Key(Named.HOME), wanted) == b"\x1bOH"
    assert encode(Key(Named.UP, CTRL), wanted) == b"\x1b[1;5A"
    assert encode(Key(Named.PAGE_UP), wanted) == b"\x1b[5~"


ASKED = {
    "old": b"",
    "application": b"\x1b[?1h",
    "modify": b"\x1b[>4;2m",
    "kitty 1": b"\x1b[>1u",
    "kitty 9": b"\x1b[>9u",
}


def keys() -> Iterator[Key]:
    for held in (NONE, SHIFT, ALT, CTRL, CTRL | SHIFT, CTRL | ALT):
        yield from (Key(named, held) for named in Named)
    for held in (NONE, CTRL, ALT, CTRL | ALT):
        yield from (Key(character, held) for character in "abimz09 -=[];',./")


def xterm_has_none(name: str, key: Key, its: bytes) -> bool:
    """Whether the library sends what xterm does not, unless it is asked to."""
    if name.startswith("kitty"):
        return False
    invented = its.startswith(b"\x1b[27;") or its.endswith(b"u")
    return (key.what is Named.F3 and its.startswith(b"\x1b[13;")) or (name != "modify" and invented)


@pytest.mark.parametrize("name", ASKED)
def test_every_key_is_what_ghostty_sends(name: str) -> None:
    oracle = pytest.importorskip("tests.terminal.ghostty_keys")
    terminal = oracle.Terminal(ASKED[name])
    differ = {
        key: (encode(key, terminal.modes), terminal.encode(key))
        for key in keys()
        if encode(key, terminal.modes) != terminal.encode(key) and not xterm_has_none(name, key, terminal.encode(key))
    }
    assert not differ, "\n".join(f"{key}: ours {ours!r}, ghostty's {its!r}" for key, (ours, its) in differ.items())


def test_a_paste_stands_in_brackets_that_it_cannot_close() -> None:
    bracketed = replace(OLD, bracketed_paste=True)
    assert paste("a\nb\r\nc", OLD) == b"a\rb\rc"
    assert paste("x\x1b[201~rm\x03\x04", bracketed) == b"\x1b[200~x [201~rm  \x1b[201~"
    assert paste("\u4e2d\xa0\ttab", OLD) == "\u4e2d\xa0\ttab".encode()


def test_focus_is_told_to_whom_asked() -> None:
    assert focus(OLD, gained=True) == b""
    assert focus(Modes(focus_events=True), gained=True) == b"\x1b[I"
    assert focus(Modes(focus_events=True), gained=False) == b"\x1b[O"
