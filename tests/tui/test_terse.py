"""Paintings are sent in fewer bytes, and a terminal shows the same of them."""

import random

import pytest

from ovltui.tui.drawn import Drawn
from ovltui.tui.terse import terse

LOOKS = (
    "38;5;251;48;5;233",
    "38;5;244;48;5;233",
    "1;38;5;203;48;5;233",
    "1;4;38;5;203",
    "7",
    "2;31;44",
    "92;100",
    "1;39;49",
    "38;2;1;2;3;48;2;4;5;6",
    "48;5;24",
    "3;58;5;1",
)


class Board:
    """A terminal: what stands in each cell, and how it looks."""

    def __init__(self) -> None:
        self.cells: dict[tuple[int, int], tuple[str, frozenset[str]]] = {}
        self._look: dict[str, str] = {}
        self.place = (1, 1)

    def read(self, text: str) -> None:
        at = 0
        while at < len(text):
            if text.startswith("\x1b[", at):
                end = next(end for end in range(at + 2, len(text)) if text[end].isalpha())
                self._sequence(text[at + 2 : end], text[end])
                at = end + 1
                continue
            row, column = self.place
            if text[at] == "\n":
                self.place = (row + 1, 1)
            else:
                self.cells[self.place] = (text[at], frozenset(self._look.values()))
                self.place = (row, column + 1)
            at += 1

    @property
    def plain(self) -> bool:
        return not self._look

    def _sequence(self, words: str, kind: str) -> None:
        if kind == "H":
            row, column = words.split(";")
            self.place = (int(row), int(column))
            return
        assert kind == "m"
        codes = words.split(";")
        while codes:
            code = codes.pop(0)
            length = {"5": 2, "2": 4}[codes[0]] if code in ("38", "48", "58") else 0
            value = ";".join([code, *codes[:length]])
            del codes[:length]
            self._take(int(code), value)

    def _take(self, code: int, value: str) -> None:
        if code == 0:
            self._look.clear()
        elif code in (39, 49):
            self._look.pop("ink" if code == 39 else "ground", None)
        elif 30 <= code <= 38 or 90 <= code <= 97:
            self._look["ink"] = value
        elif 40 <= code <= 48 or 100 <= code <= 107:
            self._look["ground"] = value
        else:
            self._look[f"mark {code}"] = value


def piece(look: str, text: str) -> str:
    return f"\x1b[{look}m{text}\x1b[0m"


def paintings(seed: int) -> list[str]:
    """Make paintings as the library writes them: some rows each, of which much is as it was."""
    chance = random.Random(seed)
    words = ("10.0.0.1 ", "dev lo ", "          ", "│", "scope link", "x", " ")
    said = []
    for _ in range(8):
        rows = []
        for row in sorted(chance.sample(range(1, 8), 4)):
            pieces = [piece(chance.choice(LOOKS[: chance.choice((2, 11))]), chance.choice(words)) for _ in range(5)]
            rows.append(f"\x1b[{row};{chance.choice((1, 4))}H{''.join(pieces)}")
        said.append("\n".join(rows) + "\x1b[1;3H")
    return said


@pytest.mark.parametrize("seed", range(20))
def test_the_same_is_seen_of_what_is_sent_in_fewer_bytes(seed: int) -> None:
    long, short = Board(), Board()
    for painting in paintings(seed):
        said = terse(painting)
        assert len(said) <= len(painting)
        long.read(painting)
        short.read(said)
        assert short.plain
        assert (short.cells, short.place) == (long.cells, long.place)


@pytest.mark.parametrize("seed", range(20))
def test_the_same_is_seen_of_what_differs_alone(seed: int) -> None:
    whole, changed, drawn = Board(), Board(), Drawn()
    for painting in paintings(seed):
        whole.read(painting)
        changed.read(terse(drawn.changes(painting)))
        assert changed.plain
        assert (changed.cells, changed.place) == (whole.cells, whole.place)


def test_a_colour_that_stays_is_not_said_again() -> None:
    both = piece("38;5;1;48;5;9", "a") + piece("38;5;2;48;5;9", "b") + piece("1;38;5;2;48;5;9", "c")
    assert terse(both) == "\x1b[38;5;1;48;5;9ma\x1b[38;5;2mb\x1b[1mc\x1b[0m"


def test_what_moves_the_cursor_between_two_pieces_says_no_colours() -> None:
    assert terse(f"{piece('31', 'a')}\n\x1b[2;1H{piece('31', 'b')}") == "\x1b[31ma\n\x1b[2;1Hb\x1b[0m"


@pytest.mark.parametrize("text", ["", "plain", "\x1b[?1000h", "\x1b]52;c;YWJj\x07", "\x1b[?2026l"])
def test_what_is_no_painting_is_sent_as_it_is(text: str) -> None:
    drawn = Drawn()
    assert terse(drawn.changes(text)) == text


def test_what_stands_there_is_not_sent_again_until_it_is_forgotten() -> None:
    drawn, painting = Drawn(), f"\x1b[2;1H{piece('31', 'veth0 is up')}\x1b[1;1H"
    assert drawn.changes(painting) == painting
    assert drawn.changes(painting) == "\x1b[1;1H"
    drawn.forget()
    assert drawn.changes(painting) == painting


def test_of_a_piece_what_differs_is_sent() -> None:
    drawn = Drawn()
    drawn.changes(f"\x1b[2;1H{piece('31', '16:06:21.111 veth0')}\x1b[1;1H")
    assert (
        drawn.changes(f"\x1b[2;1H{piece('31', '16:06:21.222 veth0')}\x1b[1;1H")
        == f"\x1b[2;10H{piece('31', '222')}\x1b[1;1H"
    )


def test_wide_characters_are_sent_whole_each_time() -> None:
    drawn, painting = Drawn(), f"\x1b[2;1H{piece('31', 'netz-网络')}{piece('32', 'up')}\x1b[1;1H"
    drawn.changes(painting)
    assert drawn.changes(painting) == f"\x1b[2;1H{piece('31', 'netz-网络')}\x1b[1;1H"


@pytest.mark.parametrize("strange", ["\x1b[2K", "\x1b]8;;x\x1b\\", "\x07", "\nx"])
def test_a_painting_with_anything_else_in_it_is_sent_whole_and_nothing_is_known_then(strange: str) -> None:
    drawn, painting = Drawn(), f"\x1b[2;1H{piece('31', 'veth0')}\x1b[1;1H"
    drawn.changes(painting)
    odd = f"\x1b[2;1H{piece('31', 'veth0')}{strange}\x1b[1;1H"
    assert drawn.changes(odd) == odd
    assert drawn.changes(painting) == painting
