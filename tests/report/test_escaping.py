"""Whatever a name is, in a report it is text: what a parser of the format makes of the file is what was put in."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ovltui.report.blocks import Block, Bullets, Heading, Listing, Paragraph, Picture, Table
from ovltui.report.html import html
from ovltui.report.markdown import markdown, text
from ovltui.text import clean
from ovltui.topology.builder import build
from ovltui.topology.draw.layout import View
from tests.bed.hostile import NAMES, is_harmless
from tests.topology.drawn import drawing, places

MADE_FOR_REPORTS = (
    *("<script>alert(1)</script>", "</pre><img src=x onerror=alert(1)>", '" onload="x', "&lt;b&gt;", "<!--", "]]>"),
    *("# x", "- x", "1. x", "> x", "---", "===", "* * *", "[x](http://evil)", "![x](//evil/y.png)", "<http://evil>"),
    *("http://evil.example", "www.evil.example", "@everyone", "#12", "a|b", "a\\|b", "|", "`", "``a`b```", "`|`", "\\"),
    *("**x**", "_x_", "~~x~~", "$x$", "| a | b |", "```", "~~~~", "[ ] x", "[x]: http://evil", "    x", "+ x", ":---"),
)
RAW = tuple(clean(name) for name in (*NAMES, *MADE_FOR_REPORTS))
TAGS = {"html", "meta", "title", "style", "h1", "p", "ul", "li", "table", "tr", "th", "td", "pre"}
_BLANKS = re.compile(r"[ \xa0]+")


def document(raw: str) -> tuple[Block, ...]:
    """Return a report in which a name stands wherever one can."""
    return (
        Heading(1, raw),
        Paragraph(raw),
        Paragraph(f"The link {raw} of {raw}, is down."),
        Bullets((raw, f"{raw}: x")),
        Table(("column", raw), ((raw, "x"), ("y", raw))),
        Listing((raw, f"dev {raw}", raw)),
    )


def texts(raw: str) -> list[str]:
    """Return all of it as a reader sees it, blanks put together."""
    found = (raw, raw, f"The link {raw} of {raw}, is down.", raw, f"{raw}: x", "column", raw, raw, "x", "y", raw)
    return [plain(one) for one in (*found, "\n".join((raw, f"dev {raw}", raw)))]


def plain(found: str) -> str:
    return _BLANKS.sub(" ", found).strip()


@pytest.mark.parametrize("raw", RAW)
def test_markdown_shows_a_name_as_it_is_and_nothing_becomes_markup(raw: str) -> None:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    tokens = parser.parse(markdown(document(raw)))
    found = [token for token in tokens if token.type in ("inline", "fence", "code_block", "html_block", "hr")]
    assert [plain(shown(token)) for token in found] == texts(raw)
    assert [token.type for token in found] == ["inline"] * 11 + ["fence"]


def shown(token: Token) -> str:
    """Return what a reader sees of a token; what would be markup of the name's is seen as nothing."""
    if token.type == "fence":
        return token.content.rstrip("\n")
    allowed = ("text", "code_inline", "html_inline", "text_special")
    assert {child.type for child in token.children or ()} <= set(allowed), token.content
    tags = [child.content for child in token.children or () if child.type == "html_inline"]
    assert set(tags) <= {"<code>", "</code>"}
    return "".join(child.content for child in token.children or () if child.type != "html_inline")


@pytest.mark.parametrize("word", ["@everyone", "#12", "http://evil", "www.evil.example", "a@b.example", "!7", "x/y#1"])
def test_what_a_ticket_would_make_a_link_of_stands_in_a_code_span(word: str) -> None:
    assert text(f"see {word}, please") == f"see `{word}`, please"
    assert text(f"{word}") == f"`{word}`"


def test_a_plain_sentence_stays_as_it_is() -> None:
    sentence = "The gossip-based control plane (port 7946) doesn't work: nothing reaches docker1n."
    assert text(sentence) == sentence


class Seen(HTMLParser):
    """What a browser takes in."""

    def __init__(self, file: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.data: list[str] = []
        self.feed(file)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.data.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)


@pytest.mark.parametrize("raw", RAW)
def test_html_shows_a_name_as_it_is_and_nothing_becomes_markup(raw: str) -> None:
    file = html(document(raw), raw)
    assert file.isascii()
    seen = Seen(file)
    assert seen.tags == TAGS
    assert seen.attributes == {"lang", "charset", "http-equiv", "content"}
    data = [plain(one) for one in seen.data if one.strip("\n ")]
    assert data[0] == plain(raw) or not plain(raw)
    assert [one.strip("\n") for one in data if "background" not in one][-len(texts(raw)) :] == texts(raw)
    assert is_harmless(file)


@pytest.mark.parametrize("raw", RAW)
def test_a_drawing_in_it_is_harmless_too(raw: str) -> None:
    made = places(1, 1)
    made[3] = replace(made[3], identity=replace(made[3].identity, name=raw))
    picture = Picture(drawing(build(made), View(120, 32)), raw)
    seen = Seen(html((picture,), "t"))
    assert seen.tags - TAGS == {"figure", "svg", "rect", "path", "text"}
    assert not {name for name in seen.attributes if name.startswith("on") or name in ("href", "src", "style")}
    (fence,) = MarkdownIt("commonmark").parse(markdown((picture,)))
    assert fence.type == "fence"


def blocks() -> Iterator[Block]:
    yield Heading(1, "report of vm")
    yield Listing(("> 14:02:10.113 mynet01 - fdb 02:42:0a:0d:11:03",))


def test_a_report_loads_nothing_and_runs_nothing() -> None:
    file = html(blocks(), "report")
    assert "default-src 'none'" in file
    assert not any(word in file for word in ("<script", "<link", "<img", "url(", "@import", "http:", "https:", "src="))
