"""What is sent to a machine without ovltui: whole, of the standard library alone, and understood by Python 3.9."""

import ast
import io
import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from ovltui.capture.decode import Decoder
from ovltui.capture.inputs import FORMAT
from ovltui.capture.notes import Note, NoteKind
from ovltui.remote.here import SPEAKS
from ovltui.remote.line import Line
from ovltui.remote.lowering import lowered
from ovltui.remote.parcel import boot, foreign, modules, parcel, texts

OLD = (3, 9)
WANTED = {NoteKind.START, NoteKind.STATE, NoteKind.FINDINGS, NoteKind.CLOCK}
MOST = 600_000
"""Bytes that a slow line has to carry."""


def old_python() -> str | None:
    """Return the path of a Python 3.9, where there is one that runs."""
    for named in (os.environ.get("OVLTUI_PYTHON39"), shutil.which("python3.9")):
        if named and subprocess.run([named, "-c", ""], capture_output=True, check=False).returncode == 0:
            return named
    return None


def test_it_needs_the_standard_library_alone() -> None:
    assert foreign() == ()
    assert not [module for module in modules() if module.startswith(("ovltui.tui", "ovltui.terminal"))]


def test_it_is_small_enough_for_a_slow_line() -> None:
    assert len(parcel(sys.version_info[:2])) < MOST


def test_every_module_of_it_is_syntax_of_python_3_9() -> None:
    with zipfile.ZipFile(io.BytesIO(parcel(OLD))) as packed:
        names = packed.namelist()
        for name in names:
            if name.endswith(".py"):
                ast.parse(packed.read(name), name, feature_version=OLD)
    assert len(names) > 200


def test_it_speaks_what_this_version_speaks() -> None:
    assert f"led {FORMAT}" == SPEAKS


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("@dataclass(frozen=True, slots=True)\nclass A: pass", "@dataclass(frozen=True)\nclass A:"),
        ("zip(a, b, strict=True)", "zip(a, b)"),
        ("from enum import IntEnum, StrEnum", "from ovltui.older import StrEnum\nfrom enum import IntEnum"),
        ("from typing import Self as Own", "from ovltui.older import Self as Own"),
        ("isinstance(a, int | (B | C))", "isinstance(a, (int, B, C))"),
        (
            "Item = Record | tuple[bytes | None, ...] | None",
            "Item = _older.Union[Record, tuple[_older.Union[bytes, None], ...], None]",
        ),
        ("none = types.NoneType", "none = _older.NoneType"),
        ("SIZE = FLAG | Act.READ | 0x10", "SIZE = FLAG | Act.READ | 16"),
        ("found = left | right", "found = left | right"),
    ],
)
def test_what_an_old_python_lacks_is_replaced(new: str, old: str) -> None:
    assert old in lowered(f'"""A page."""\n{new}\n')
    assert lowered(f'"""A page."""\n{new}\n').startswith('"""A page."""\nfrom __future__ import annotations\n')


def recorded(python: str, version: tuple[int, int]) -> tuple[set[NoteKind], list[str], str]:
    """Return which notes come from a Python that got the parcel, what it said of defects, and its version."""
    sent = parcel(version)
    line = Line([python, "-I", "-S", "-c", boot(), str(len(sent)), "--no-docker"], greeting=sent)
    kinds: set[NoteKind] = set()
    deadline = time.monotonic() + 30
    decoder = Decoder("it")
    for item in decoder.items(line.pieces()):
        if isinstance(item, Note):
            kinds.add(item.kind)
        if kinds >= WANTED or time.monotonic() > deadline:
            break
    line.close()
    said = [words for words in line._last_words if "Traceback" in words or "Error" in words]
    return kinds & WANTED, said, decoder.start.version if decoder.start else ""


@pytest.mark.needs_root
@pytest.mark.parametrize("version", [sys.version_info[:2], OLD], ids=["ours", "3.9"])
def test_it_records_where_nothing_of_ovltui_is(version: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    python = sys.executable if version != OLD else old_python()
    if python is None:
        pytest.skip("python3.9 is not installed")
    monkeypatch.chdir("/")
    kinds, said, told = recorded(python, version)
    assert kinds == WANTED
    assert said == []
    assert told == dict(line.split(": ") for line in next(texts(version))[1].splitlines())["Version"]


def test_a_parcel_that_breaks_off_ends_without_a_word(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-I", "-c", boot(), "1000"], input=b"PK", capture_output=True, check=False, cwd=tmp_path
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (1, b"", b"")
    assert list(tmp_path.iterdir()) == []
