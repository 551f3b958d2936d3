"""What a row stands for, on the page of its record: how often it was said, and what an event of Docker caused."""

from collections.abc import Iterable, Iterator
from functools import partial
from time import time_ns

from rich.text import Text

from ovltui.events.line import as_text, clock, line
from ovltui.events.record import Record
from ovltui.session.bursts import Burst
from ovltui.session.life import life_of
from ovltui.session.session import Session
from ovltui.tui.ink import Ink
from ovltui.tui.screens.event_detail import EventDetail
from ovltui.tui.screens.page import heading

_MOST_LINES = 200
"""Lines of what an event of Docker caused; the rest is counted."""


def page_of(session: Session, seq: int) -> EventDetail:
    """Return the page of a record.

    Raises:
        KeyError: the record is no longer kept.
    """
    record = session.ring[seq]
    session.bursts.settle(time_ns(), seq)
    return EventDetail(record, session.names, life_of(session, record), partial(_append, session))


def _append(session: Session, text: Text, record: Record) -> None:
    """Append what stands on the page of a record because of its row; nothing where that is the record alone."""
    for says in _repeated(session, record):
        text.append(f"\n{says}\n")
    burst = session.bursts.of(record.seq)
    if burst and burst.head == record.seq:
        _append_burst(text, session, burst)
    head = session.bursts.heads.get(record.seq)
    for cause in _kept(session, () if head is None else (head,)):
        text.append(f"\nIt belongs to: {line(cause, session.names).text}, at {clock(cause.time_ns)}.\n")


def _repeated(session: Session, record: Record) -> Iterator[str]:
    for kept in _kept(session, (record.seq,)):
        count = session.ring.count(kept.seq)
        for newest in _kept(session, (session.ring.last(kept.seq),) if count > 1 else ()):
            yield f"It came {count} times; the last one at {clock(newest.time_ns)}."


def _append_burst(text: Text, session: Session, burst: Burst) -> None:
    records = _kept(session, sorted((*burst.told, *burst.members)))
    count = sum(session.ring.count(record.seq) for record in _kept(session, burst.members))
    heading(text, f"what the kernel did for it: {count} events")
    lines = [(line(record, session.names), session.ring.count(record.seq)) for record in records[:_MOST_LINES]]
    width = max((len(said.netns) for said, _ in lines), default=0)
    for said, times in lines:
        again = f"  ({times} times)" if times > 1 else ""
        text.append(f"  {as_text(said, width)}{again}\n", style=Ink.DIM)
    if len(records) > _MOST_LINES:
        text.append(f"  … {len(records) - _MOST_LINES} more\n", style=Ink.DIM)


def _kept(session: Session, seqs: Iterable[int]) -> list[Record]:
    """Return those records that the ring still holds."""
    first = session.ring.first
    return [session.ring[seq] for seq in seqs if seq >= first]
