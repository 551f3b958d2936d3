import io
import json

import pytest

from ovltui.cli.output import Column, Output, Style, aligned, standard_output, wants_color, width
from ovltui.errors import OvltuiError, UsageError


def test_colours_are_for_terminals_and_for_who_insists() -> None:
    cases = [
        ("auto", {"TERM": "xterm"}, True, True),
        ("auto", {"TERM": "xterm"}, False, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {}, True, False),
        ("auto", {"TERM": "xterm", "NO_COLOR": "1"}, True, False),
        ("auto", {"TERM": "xterm", "NO_COLOR": ""}, True, True),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("16", {}, False, True),
        ("256", {}, False, True),
        ("never", {"TERM": "xterm"}, True, False),
    ]
    for color, environ, terminal, wanted in cases:
        assert wants_color(color, environ, terminal=terminal) is wanted, (color, environ, terminal)


@pytest.mark.parametrize(
    ("text", "cells"), [("", 0), ("blue", 4), ("网络", 4), ("é", 1), ("e\u0301", 1), ("\uff41", 2), ("→", 1)]
)
def test_width_counts_cells(text: str, cells: int) -> None:
    assert width(text) == cells


def test_columns_are_aligned_by_cells_not_by_characters() -> None:
    lines = aligned((Column("NAME"), Column("N", right=True), Column("END")), [("网络", "7", "x"), ("blue", "12", "y")])
    assert lines == ["NAME   N  END", "网络   7  x", "blue  12  y"]


def test_a_heading_wider_than_its_cells_makes_the_column() -> None:
    assert aligned((Column("PROCESSES", right=True), Column("B")), [("1", "b")]) == ["PROCESSES  B", "        1  b"]


def test_colour_is_wrapped_around_the_line_only_where_it_is_wanted() -> None:
    for colored, wanted in ((True, "\x1b[32mnew\x1b[0m\nplain\n"), (False, "new\nplain\n")):
        data = io.StringIO()
        out = Output(data, None, colored=colored)
        out.line("new", Style.NEW)
        out.line("plain")
        assert data.getvalue() == wanted


def test_ascii_leaves_no_other_character() -> None:
    data = io.StringIO()
    out = Output(data, None, ascii_only=True)
    out.line("v1 → blü")
    out.json({"name": "blü"})
    assert data.getvalue() == 'v1 > bl\\xfc\n{"name": "bl\\u00fc"}\n'


def test_json_to_a_stream_that_is_not_utf8_stays_json() -> None:
    raw = io.BytesIO()
    data = io.TextIOWrapper(raw, encoding="latin-1")
    Output(data, None).json({"name": "→"})
    data.flush()
    assert json.loads(raw.getvalue()) == {"name": "→"}


class FullDisk(io.StringIO):
    def write(self, _text: str) -> int:
        raise OSError(28, "No space left on device")


def test_a_full_disk_is_one_sentence() -> None:
    with pytest.raises(OvltuiError, match=r"stdout cannot be written \(No space left on device\)"):
        Output(FullDisk(), None).line("x")


def test_talk_goes_to_stderr_after_the_data() -> None:
    both = io.StringIO()
    out = Output(both, both)
    out.line("data")
    out.say("a sentence")
    assert both.getvalue() == "data\novltui: a sentence\n"


def test_a_closed_stdout_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", None)
    with pytest.raises(UsageError, match="stdout is closed"):
        standard_output("auto", {}, ascii_only=False)
