"""A report as one HTML file: it loads nothing, runs nothing, and is ASCII, so that no wrong charset harms it.

Source: blocks. Pure. Incomplete: nothing.
"""

from collections.abc import Callable, Iterable, Iterator
from html import escape

from ovltui.report.blocks import Block, Bullets, Heading, Listing, Paragraph, Picture, Table
from ovltui.topology.svg import svg

_STYLE = """\
body { font: 15px/1.45 sans-serif; color: #1c1c1c; background: #fff; max-width: 75em; margin: 2em auto; padding: 0 1em }
h2 { border-bottom: 1px solid #bbb; margin-top: 2em }
table { border-collapse: collapse }
th, td { border: 1px solid #ccc; padding: .15em .6em; text-align: left; vertical-align: top; overflow-wrap: anywhere }
th { background: #eee }
pre { background: #f4f4f4; padding: .6em; overflow-x: auto; line-height: 1.3 }
figure { margin: 0; overflow-x: auto }"""


def html(blocks: Iterable[Block], title: str) -> str:
    """Return the whole file; ``title`` is clean text."""
    body = (line for block in blocks for line in _WRITERS[type(block)](block))
    head = (
        "<!DOCTYPE html>",
        '<html lang="en">',
        '<meta charset="utf-8">',
        # Whatever might come in by a defect of ours could load or run nothing.
        """<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">""",
        f"<title>{escape(title)}</title>",
        f"<style>\n{_STYLE}\n</style>",
    )
    whole = "\n".join((*head, *body, "</html>", ""))
    return whole.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _heading(block: Heading) -> Iterator[str]:
    yield f"<h{block.level}>{escape(block.text)}</h{block.level}>"


def _paragraph(block: Paragraph) -> Iterator[str]:
    yield f"<p>{escape(block.text)}</p>"


def _bullets(block: Bullets) -> Iterator[str]:
    yield f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in block.items)}</ul>"


def _table(block: Table) -> Iterator[str]:
    yield "<table>"
    yield _row("th", block.columns)
    yield from (_row("td", row) for row in block.rows)
    yield "</table>"


def _row(tag: str, cells: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(cell)}</{tag}>' for cell in cells)}</tr>"


def _listing(block: Listing) -> Iterator[str]:
    # A line feed right after <pre> is no text.
    yield "<pre>\n" + "\n".join(map(escape, block.lines)) + "</pre>"


def _picture(block: Picture) -> Iterator[str]:
    yield f"<figure>{svg(block.drawing, block.title)}</figure>"


_WRITERS: dict[type[Block], Callable[..., Iterator[str]]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Bullets: _bullets,
    Table: _table,
    Listing: _listing,
    Picture: _picture,
}
