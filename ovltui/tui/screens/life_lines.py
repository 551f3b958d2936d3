"""The life of a link as lines of a page, oldest first and ever brighter, the event that the page is about marked."""

import re
from collections.abc import Sequence
from dataclasses import replace

from rich.text import Text

from ovltui.events.line import Line, as_text
from ovltui.events.names import Names
from ovltui.events.record import Record
from ovltui.session.life import Life
from ovltui.tui.ink import AGES, Ink
from ovltui.tui.screens.page import heading

MOST_LINES = 60
"""Lines that show: those nearest to the event."""
_WIDEST_NETNS = 22
_COLUMNS = re.compile(" {3,}")


def append_life(text: Text, life: Life, seq: int, names: Names) -> None:
    """Append a life to a page.

    Args:
        text: the page.
        life: what to append.
        seq: the record to mark, one of those of the life.
        names: names for lines.
    """
    heading(text, "life of this link")
    start = max(0, min(life.place(seq) - MOST_LINES // 2, len(life.records) - MOST_LINES))
    for says in _beginning(life, start):
        text.append(f"    {says}\n", style=AGES[0])
    _append_lines(text, life, slice(start, start + MOST_LINES), seq, names)
    for says in _ending(life, max(0, len(life.records) - start - MOST_LINES)):
        text.append(f"    {says}\n", style=AGES[-1])
    peer = life.peer(seq, names)
    if peer:
        text.append("    peer ", style=Ink.DIM)
        text.append(f"{peer}\n")


def _append_lines(text: Text, life: Life, shown: slice, seq: int, names: Names) -> None:
    lines = [_compact(said) for said in life.lines(shown, names)]
    width = max(len(said.netns) for said in lines)
    folded = _folded(life.records[shown], lines, life.counts[shown], seq)
    for number, (record, said, times) in enumerate(folded):
        here = record.seq == seq
        shade = "bold" if here else AGES[number * len(AGES) // len(folded)]
        again = f"  ({times} times)" if times > 1 else ""
        text.append(f"  {'>' if here else ' '} {as_text(said, width)}{again}\n", style=shade)


def _compact(said: Line) -> Line:
    """Return a line without the blanks that keep columns, and with no more of a long name than panes show."""
    netns = said.netns if len(said.netns) <= _WIDEST_NETNS else f"{said.netns[: _WIDEST_NETNS - 1]}…"
    return replace(said, netns=netns, text=_COLUMNS.sub("  ", said.text))


def _folded(
    records: Sequence[Record], lines: Sequence[Line], counts: Sequence[int], current: int
) -> list[tuple[Record, Line, int]]:
    """Return lines with how often each came in a row; that of the record ``current`` stands alone."""
    folded: list[tuple[Record, Line, int]] = []
    for record, said, count in zip(records, lines, counts, strict=True):
        before, last, times = folded[-1] if folded else (record, None, 0)
        same = last is not None and (last.netns, last.mark, last.text) == (said.netns, said.mark, said.text)
        if same and current not in (before.seq, record.seq):
            assert last is not None
            folded[-1] = (before, last, times + count)
        else:
            folded.append((record, said, count))
    return folded


def _beginning(life: Life, hidden: int) -> list[str]:
    """Say what stands before the first line."""
    says = [f"… {hidden} earlier"] if hidden else []
    if not life.begins and not hidden:
        says.append("earlier: not searched" if life.exhausted else "earlier: not heard, or no longer kept")
    return says


def _ending(life: Life, hidden: int) -> list[str]:
    """Say what stands behind the last line."""
    says = [f"… {hidden} later"] if hidden else []
    if life.exhausted and not life.ends:
        says.append("later: not searched")
    return says
