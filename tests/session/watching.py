"""A session that watches, and what tests ask of it: tables that are complete, rows that no event told."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from ovltui.events.line import line
from ovltui.events.record import Kind, Record
from ovltui.netns.model import Netns
from ovltui.session.live import LiveSession, Options
from tests.bed.netns import NamedNetns
from tests.session.asked import State, asked, known

PATIENCE_S = 60.0
_POLL_S = 0.03
_QUIET_S = 0.7


@contextmanager
def watching() -> Iterator[LiveSession]:
    session = LiveSession(Options(no_docker=True))
    try:
        session.start()
        yield session
    finally:
        session.close()


def netns_of(session: LiveSession, made: NamedNetns) -> Netns:
    """Return a namespace as the session lists it."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        row = session.snapshot().row(made.name)
        if row:
            return row.netns
        assert time.monotonic() < deadline, f"{made.name} is not listed"
        time.sleep(_POLL_S)


def nsid_of(session: LiveSession, netns: Netns) -> int:
    tenure = session.tenure_of(netns)
    assert tenure is not None
    return tenure.nsid


def known_of(session: LiveSession, netns: Netns) -> State:
    """Return what the session knows of a namespace."""
    return known(session.tables_of(netns), nsid_of(session, netns), session.names)


def await_complete(session: LiveSession, netns: Netns) -> None:
    """Wait until all tables of a namespace were read and nothing of them may be old."""
    deadline = time.monotonic() + PATIENCE_S
    while gaps := session.tables_of(netns).gaps:
        assert time.monotonic() < deadline, gaps
        time.sleep(_POLL_S)


def await_quiet(session: LiveSession, *netnses: Netns) -> None:
    """Wait until no record of some namespaces came for longer than any reading waits."""
    nsids = {nsid_of(session, netns) for netns in netnses}
    deadline = time.monotonic() + PATIENCE_S
    end, since = session.ring.end, time.monotonic()
    while time.monotonic() - since < _QUIET_S:
        assert time.monotonic() < deadline, "events do not end"
        start, end = end, session.ring.end
        if nsids.intersection(session.ring[seq].nsid for seq in range(start, end)):
            since = time.monotonic()
        time.sleep(_POLL_S)


def await_equal(session: LiveSession, netns: Netns, made: NamedNetns) -> State:
    """Wait until the session knows what the kernel says, and nothing else; return that."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        ours, theirs = known_of(session, netns), asked(made)
        if ours == theirs and session.tables_of(netns).complete:
            return ours
        if time.monotonic() > deadline:
            assert session.tables_of(netns).gaps == ()
            differ = [key for key in {**ours, **theirs} if ours.get(key) != theirs.get(key)]
            raise AssertionError(
                "never complete for long"
                if not differ
                else "\n".join(f"{key}: known {ours.get(key)}, is {theirs.get(key)}" for key in differ)
            )
        time.sleep(_POLL_S)


def records(session: LiveSession, nsid: int, start: int, kind: Kind) -> list[Record]:
    """Return the records of a namespace from ``start`` on."""
    found = [session.ring[seq] for seq in range(max(start, session.ring.first), session.ring.end)]
    return [record for record in found if record.nsid == nsid and record.kind is kind]


def rows(session: LiveSession, nsid: int, start: int) -> list[str]:
    """Return mark and text of the rows of a namespace that no event told, from ``start`` on."""
    shown = [line(record, session.names) for record in records(session, nsid, start, Kind.RESYNC)]
    return [f"{one.mark} {one.text}" for one in shown]
