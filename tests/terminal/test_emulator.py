"""The emulators: as tmux on recorded sessions and made-up sequences, and unmoved by whatever is thrown at them."""

import os
import random
import select
import shutil
import time
from collections.abc import Iterator
from functools import cache

import pytest

from ovltui.terminal.emulator import BACKENDS, Emulator, backend, new_emulator
from ovltui.terminal.pty import OWN, Pty, environment
from ovltui.terminal.screen import MouseWish, Row, Shape
from tests.terminal.tmux_screen import Cell, TmuxScreen

SIZES = ((80, 24), (120, 36))
ENV = environment({**os.environ, "PS1": "$ ", "LC_ALL": "C.UTF-8", "LESS": "-R"})
SESSIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "bash": (
        ("bash", "--norc", "-i"),
        ("ls --color=always -la /etc\n", "seq 200\n", "echo \u4e2d\u6587 e\u0301\n", "\x12seq", "\x03", "clear\n"),
    ),
    "vim": (
        ("vim", "-u", "NONE", "-c", "syntax on", "-c", "set number", "/etc/services"),
        ("G", "gg", "yyp", ":split\r", "ihello \x1b", "/tcp\r", ":set hlsearch\r", ":qa!\r"),
    ),
    "less": (("less", "-N", "/etc/services"), (" ", "b", "/tcp\r", "n", "G", "g", "h", "q")),
    "top": (("top", "-d", "0.3"), ("z", "x", "1", "?", " ", "q")),
}
"""Each as a command, and the keys after which the screen is looked at."""


@cache
def record(session: str, size: tuple[int, int]) -> tuple[bytes, ...]:
    """Return what a program wrote: at first, and after each of its keys."""
    argv, keys = SESSIONS[session]
    with Pty(OWN, argv, ENV, size) as pty:
        pieces = [listen(pty)]
        for key in keys:
            pty.write(key.encode())
            pieces.append(listen(pty))
    return tuple(pieces)


def listen(pty: Pty) -> bytes:
    said, deadline = b"", time.monotonic() + 0.5
    while time.monotonic() < deadline:
        select.select([pty.fd], [], [], 0.05)
        data = pty.read()
        if data == b"":
            break
        said += data or b""
    return said


def ignore(_: bytes) -> None:
    """Drop an answer."""


def view(emulator: Emulator, rows: dict[int, Row]) -> list[list[Cell]]:
    """Return all cells, with those that changed since the last call."""
    rows.update(emulator.changes())
    return [[(text, run.look) for run in rows[number] for text in run.text] for number in range(emulator.size[1])]


def compare(ours: list[list[Cell]], its: list[list[Cell]], width: int) -> Iterator[str]:
    """Yield where the screens differ. tmux keeps no colour of cells that were erased at the end of a row."""
    for number, (mine, other) in enumerate(zip(ours, its, strict=True)):
        text, wanted = "".join(cell[0] for cell in mine), "".join(cell[0] for cell in other)
        if text.rstrip(" ") != wanted.rstrip(" "):
            yield f"row {number}: {text!r} is {wanted!r} in tmux"
        # xterm erases the last column too, where the cursor waits behind it; tmux does not.
        pairs = list(zip(mine, other, strict=False))[: width - 1]
        yield from (f"row {number} column {at}: {a} is {b} in tmux" for at, (a, b) in enumerate(pairs) if a[1] != b[1])


@pytest.mark.needs_tmux
@pytest.mark.parametrize("name", BACKENDS)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("session", SESSIONS)
def test_a_recorded_session_looks_as_in_tmux_cell_by_cell(session: str, size: tuple[int, int], name: str) -> None:
    program = SESSIONS[session][0][0]
    if shutil.which(program) is None:
        pytest.skip(f"needs {program}, not installed")
    emulator = emulator_of(name, size)
    rows: dict[int, Row] = {}
    with TmuxScreen(*size) as tmux:
        for at, piece in enumerate(record(session, size)):
            emulator.feed(piece)
            tmux.feed(piece)
            differ = list(compare(view(emulator, rows), tmux.rows(), size[0]))
            assert not differ, f"after key {at}:\n" + "\n".join(differ[:10])
            cursor = emulator.cursor()
            assert cursor is None or (cursor.column, cursor.row) == tmux.cursor()


def emulator_of(name: str, size: tuple[int, int] = (80, 24)) -> Emulator:
    if name == "ghostty":
        pytest.importorskip("pyghostty")
    return new_emulator(size, ignore, name)


@pytest.fixture(params=BACKENDS)
def emulator(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    made = emulator_of(request.param)
    yield made
    made.close()


def text_of(emulator: Emulator) -> list[str]:
    return ["".join(run.text for run in row).rstrip() for _, row in emulator.changes()]


def test_only_rows_that_changed_are_told(emulator: Emulator) -> None:
    assert len(list(emulator.changes())) == 24
    assert list(emulator.changes()) == []
    emulator.feed(b"\x1b[5;1Hhere")
    assert [(number, row[0].text.rstrip()) for number, row in emulator.changes()][-1] == (4, "here")


def test_runs_cover_the_row_and_carry_no_control(emulator: Emulator) -> None:
    evil = "a\x7f\u202eb\u200d\u4e2d\u0301\x1b[31m\u0627\u200f\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\ \ue000"
    emulator.feed(evil.encode())
    for _, row in emulator.changes():
        assert sum(run.width for run in row) == 80
        assert not any(character < " " or "\x7f" <= character <= "\x9f" for run in row for character in run.text)
        assert not any(character in "\u202e\u200d\u200f" for run in row for character in run.text)


def test_ten_thousand_lines_are_kept_and_scrolled_through(emulator: Emulator) -> None:
    emulator.feed(b"".join(b"line %d\r\n" % number for number in range(12_000)))
    emulator.scroll(-9_970)
    assert emulator.back == 9_970
    assert text_of(emulator)[0] == f"line {12_000 - 23 - 9_970}"
    assert emulator.cursor() is None
    emulator.feed(b"more\r\n")
    assert emulator.back == 9_971
    emulator.to_end()
    assert emulator.back == 0
    assert text_of(emulator)[-2] == "more"
    emulator.scroll(5)
    assert emulator.back == 0


def test_what_the_program_asked_for_is_known(emulator: Emulator) -> None:
    assert emulator.modes().mouse is MouseWish.NONE
    emulator.feed(b"\x1b[?1h\x1b[?2004h\x1b[?1049h\x1b[?1002h\x1b[?1006h\x1b[?1004h\x1b[>4;2m\x1b[6 q")
    modes = emulator.modes()
    asked = (modes.cursor_keys, modes.bracketed_paste, modes.alternate_screen, modes.focus_events)
    assert all((*asked, modes.mouse_sgr, modes.modify_other_keys))
    assert modes.mouse is MouseWish.DRAGS
    list(emulator.changes())
    cursor = emulator.cursor()
    assert cursor
    assert cursor.shape is Shape.BAR
    emulator.feed(b"\x1b[>1u\x1b[?2026h")
    assert emulator.modes().kitty == 1
    assert emulator.modes().hold
    emulator.feed(b"\x1b[?2026l\x1b[<u\x1b[?1002l\x1b[?25l")
    assert emulator.modes().mouse is MouseWish.NONE
    assert not emulator.modes().hold
    list(emulator.changes())
    assert emulator.cursor() is None


def test_title_and_bell_are_told_and_clean(emulator: Emulator) -> None:
    emulator.feed(b"\x1b]0;vim \xe2\x80\xaeetc\x1b\\\x07\x07")
    assert emulator.title == "vim \\u202eetc"
    assert emulator.bells == 2


def test_132_columns_do_not_change_the_size(emulator: Emulator) -> None:
    emulator.feed(b"\x1b[?40h\x1b[?3hwide\x1b[?3l")
    assert emulator.size == (80, 24)
    assert all(sum(run.width for run in row) == 80 for _, row in emulator.changes())


@pytest.mark.parametrize("name", BACKENDS)
def test_queries_are_answered_to_the_program(name: str) -> None:
    if name == "ghostty":
        pytest.importorskip("pyghostty")
    answers: list[bytes] = []
    emulator = new_emulator((80, 24), answers.append, name)
    emulator.feed(b"\x1b[3;7H\x1b[6n")
    assert b"".join(answers) == b"\x1b[3;7R"
    emulator.feed(b"\x1b[c")
    assert b"".join(answers[1:]).startswith(b"\x1b[?6")


def test_one_cell_is_enough(emulator: Emulator) -> None:
    emulator.resize(1, 1)
    emulator.feed("abc\u4e2d\r\n\x1b[2;2Hx\x1b[?1049h\x1b[?1049l".encode())
    (change,) = emulator.changes()
    assert sum(run.width for run in change[1]) == 1
    emulator.resize(80, 24)
    assert len(list(emulator.changes())) == 24


PARTS = (
    *(b"\x1b[", b"\x1b]", b"\x1bP", b"\x1b_", b"\x1b^", b"\x1bX", b"\x9b", b"\x9d", b"\x07", b"\x1b\\"),
    *(
        b"52;c;aGk=",
        b"9999999999",
        b";",
        b"?",
        b"1049h",
        b"3h",
        b"2J",
        b"r",
        b"m",
        b"H",
        b"u",
        b"t",
        b"\xf0\x9f\x98\x80",
    ),
    *(
        b"Gf=32,s=9999,v=9999;AAAA",
        b'q"1;1;9999;9999#0~',
        b"\xcc\x81" * 50,
        b"\xff\xfe\xf0\x9f\x98\x80",
        b"\r\n",
        b" ",
        b"text",
    ),
)
BOMBS = (
    b"\x1b]52;c;" + b"A" * 2_000_000,
    b"\x1bP" + b"q" * 1_000_000,
    b"\x1b_G" + b"A" * 1_000_000,
    b"a" + b"\xcc\x81" * 20_000,
    b"\x1b[" + b"9;" * 50_000 + b"m",
    b"".join(b"\x1b]8;id=%d;http://x/%d\x1b\\x" % (number, number) for number in range(5_000)),
    b"".join(b"\x1b[38;2;%d;%d;%dmx" % (number & 255, number >> 8, 7) for number in range(5_000)),
    b"\x1b[99999999999S\x1b[99999999999L\x1b[2147483648;2147483648H\x1b[99999999b",
)


@pytest.mark.parametrize("seed", range(3))
def test_random_bytes_neither_crash_nor_hang(emulator: Emulator, seed: int) -> None:
    chance = random.Random(seed)
    size = 5_000_000 if type(emulator).__module__.endswith("ghostty") else 300_000
    data = chance.randbytes(size // 2) + b"".join(chance.choices(PARTS, k=size // 20))
    for start in range(0, len(data), 65_536):
        emulator.feed(data[start : start + 65_536])
        columns, rows = chance.randint(1, 130), chance.randint(1, 50)
        emulator.resize(columns, rows)
        for _, row in emulator.changes():
            assert sum(run.width for run in row) == columns
        emulator.cursor(), emulator.modes(), emulator.title


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: repr(bomb[:8]))
def test_a_malicious_stream_neither_crashes_nor_hangs(emulator: Emulator, bomb: bytes) -> None:
    begun = time.thread_time()
    for start in range(0, len(bomb), 4096):
        emulator.feed(bomb[start : start + 4096])
        list(emulator.changes())
    emulator.feed(b"\x18\x1b\\\x1bc alive")
    assert any("alive" in text for text in text_of(emulator))
    assert time.thread_time() - begun < 20


def test_the_native_one_is_used_where_its_wheel_is() -> None:
    pytest.importorskip("pyghostty")
    assert backend() == "ghostty"


def test_without_its_wheel_the_pure_one_takes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ovltui.terminal.ghostty", "ovltui.terminal.ghostty_rows"):
        monkeypatch.setitem(__import__("sys").modules, name, None)
    assert backend() == "bittty"
    assert type(new_emulator((80, 24), ignore)).__module__ == "ovltui.terminal.bittty"
