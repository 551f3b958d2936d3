"""A report as Markdown: CommonMark with tables, as GitHub and GitLab show it.

Source: blocks. Pure. What is no plain word stands in a code span: nothing in there is markup, a link, a mention or a
number of another ticket. Incomplete: several blanks of a sentence are shown as one.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from ovltui.report.blocks import Block, Bullets, Heading, Listing, Paragraph, Picture, Table

_WORD = re.compile(r"(\(?)([A-Za-z0-9]+(?:[-'][A-Za-z0-9]+)*|\+?\d+(?:[:.]\d+)+)((?:'s)?[).,;:!?]*)", re.ASCII)
"""A word that means nothing to Markdown, and what may stand around it."""
_NUMBERED = re.compile(r"\(?\d+[.)]", re.ASCII)
"""What begins a list."""
_TICKS = re.compile("`+")
_PLAIN = re.compile("[A-Za-z0-9 ]", re.ASCII)


def markdown(blocks: Iterable[Block]) -> str:
    """Return the whole file."""
    return "\n".join(line for block in blocks for line in (*_WRITERS[type(block)](block), ""))


def text(sentence: str) -> str:
    """Return a sentence; what is no plain word stands in a code span."""
    words = sentence.strip(" ").split(" ")
    return " ".join(_word(word, first=not at) for at, word in enumerate(words))


def code(raw: str) -> str:
    """Return a code span; nothing for nothing."""
    if not raw.strip(" "):
        return raw
    ticks = "`" * (1 + max((len(found) for found in _TICKS.findall(raw)), default=0))
    pad = " " if raw[0] in "` " or raw[-1] in "` " else ""
    return f"{ticks}{pad}{raw}{pad}{ticks}"


def cell(raw: str) -> str:
    """Return a cell of a table, in which a bar would begin the next one."""
    if all(_is_plain(word) for word in raw.split(" ")):
        return raw
    if "|" not in raw and "`" not in raw:
        return code(raw)
    return f"<code>{''.join(c if _PLAIN.match(c) else f'&#{ord(c)};' for c in raw)}</code>"


def fenced(lines: Iterable[str]) -> Iterator[str]:
    """Yield a code block."""
    lines = tuple(lines)
    longest = max((len(found) for line in lines for found in _TICKS.findall(line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (fence, *lines, fence)


def _word(word: str, *, first: bool) -> str:
    found = _WORD.fullmatch(word)
    if not word or (found and not (first and _NUMBERED.match(word))):
        return word
    bare = word.rstrip(".,;:")
    return f"{code(bare)}{word[len(bare) :]}" if bare else code(word)


def _is_plain(word: str) -> bool:
    return not word or _WORD.fullmatch(word) is not None


def _heading(block: Heading) -> Iterator[str]:
    yield f"{'#' * block.level} {text(block.text)}"


def _paragraph(block: Paragraph) -> Iterator[str]:
    yield text(block.text)


def _bullets(block: Bullets) -> Iterator[str]:
    yield from (f"- {text(item)}" for item in block.items)


def _table(block: Table) -> Iterator[str]:
    yield f"| {' | '.join(map(cell, block.columns))} |"
    yield f"|{' --- |' * len(block.columns)}"
    yield from (f"| {' | '.join(map(cell, row))} |" for row in block.rows)


def _listing(block: Listing) -> Iterator[str]:
    yield from fenced(block.lines)


def _picture(block: Picture) -> Iterator[str]:
    yield from fenced(block.drawing.text().strip("\n").split("\n"))


_WRITERS: dict[type[Block], Callable[..., Iterator[str]]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Bullets: _bullets,
    Table: _table,
    Listing: _listing,
    Picture: _picture,
}
