"""What finds no room in a line is broken or cut in a way that can be seen, and names stay apart."""

import pytest
from rich.cells import cell_len
from rich.text import Text

from ovltui.checks.table import CHECKS
from ovltui.tui.screens.check_pages import CheckPage
from ovltui.tui.widgets.line_list import line_of
from ovltui.tui.widgets.line_style import named
from ovltui.tui.widgets.prose import broken
from ovltui.tui.widgets.saying import within


@pytest.mark.parametrize(
    ("name", "width", "shown"),
    [
        ("docker1n", 10, "docker1n  "),
        ("lb-mynet01@lab1", 15, "lb-mynet01@lab1"),
        ("lb-mynet01@lab1", 14, "lb-mynet…@lab1"),
        ("lb-mynet01@lab2", 9, "lb-…@lab2"),
        ("a-long-container-name", 9, "a-long-c…"),
        ("x@a-long-engine-name", 9, "x@a-long…"),
        ("日本語の名前", 9, "日本語の…"),
        ("日本語", 9, "日本語   "),
    ],
)
def test_a_name_that_is_cut_keeps_what_tells_it_from_others(name: str, width: int, shown: str) -> None:
    assert named(name, width) == shown


@pytest.mark.parametrize("name", ["docker1n", "日本語の名前", "語語語語語@日本", "x" * 40 + "@" + "y" * 40, "@", ""])
def test_a_name_takes_the_cells_of_its_column(name: str) -> None:
    assert {cell_len(named(name, width)) for width in range(4, 12)} == set(range(4, 12))


def test_why_a_list_is_empty_is_said_whole_in_any_width() -> None:
    says = "nothing passes the filter; esc clears it\n\n? explains"
    assert [line_of(says, 80, y) for y in range(4)] == [f" {line}" for line in says.split("\n")] + [""]
    narrow = [line_of(says, 20, y) for y in range(8)]
    assert " ".join("".join(narrow).split()) == " ".join(says.split())
    assert max(map(len, narrow)) < 20


def test_a_saying_that_is_cut_is_marked() -> None:
    says = "docker1n/eth0: UP mtu 1450, veth, the other end is mynet01/veth1"
    assert within(says, 80, 2) == [says]
    assert within(says, 40, 2) == ["docker1n/eth0: UP mtu 1450, veth, the", "other end is mynet01/veth1"]
    assert within(says, 28, 2) == ["docker1n/eth0: UP mtu 1450,", "veth, the other end is …"]
    assert within("x" * 30, 10, 2) == ["x" * 10, "x" * 9 + "…"]
    assert within(says, 40, 0) == []


def test_the_rest_of_an_indented_line_is_indented_further() -> None:
    text = Text("what mends it\n  bridge fdb replace 02:42:0a:0d:11:0c dev vxlan0\n\nend\n")
    lines = [line.plain for line in broken(text, 30)]
    assert lines[:4] == ["what mends it", "  bridge fdb replace", "    02:42:0a:0d:11:0c dev", "    vxlan0"]
    assert lines[4:] == ["", "end", ""]
    long = [line.plain for line in broken(Text("  x " + "w" * 13), 10)]
    assert [long[0].rstrip(), *long[1:]] == ["  x", "    wwwwww", "    wwwwww", "    w"]


@pytest.mark.parametrize("width", [1, 7, 34])
@pytest.mark.parametrize(
    "line",
    ["x" + " " * 40, " " * 40, "  ↑ k  Up" + " " * 30, "", "語" * 30, "  語 " + "語" * 30, "a " * 40],
)
def test_no_line_is_too_wide_nor_too_odd_and_no_word_is_lost(line: str, width: int) -> None:
    pieces = [piece.plain for piece in broken(Text(line), width)]
    assert "".join("".join(pieces).split()) == "".join(line.split())
    if width > 1:  # a wide character finds no room in one cell
        assert max(cell_len(piece.rstrip()) for piece in pieces) <= width


def test_styles_go_with_the_words_that_are_broken() -> None:
    text = Text("  ").append("one two three", style="bold")
    second = [*broken(text, 8)][1]
    assert second.plain.rstrip() == "    two"
    assert [(span.start, span.style) for span in second.spans] == [(4, "bold")]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_page_on_a_check_breaks_its_lines_only_between_paragraphs(check: object) -> None:
    name, title, page = (getattr(check, part) for part in ("name", "title", "page"))
    text = CheckPage(name, title, page).body().plain
    assert text.split() == [*title.split(), *page.split()]
    paragraphs = text.strip().split("\n")[2:]
    assert all(line[0].isupper() and ": " in line for line in paragraphs)
    assert sum(line.startswith("Can be wrong: ") for line in paragraphs) == page.count("Can be wrong: ")
