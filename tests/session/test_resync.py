"""After a loss everything is known again, and the rows that say so are what no event told: no more, no less."""

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import psutil
import pytest

from ovltui.events.gap import unpack_gap
from ovltui.events.line import line
from ovltui.events.record import MESSAGES, Kind, Record
from ovltui.kernel import receiver
from ovltui.netns.model import Netns
from ovltui.session.live import LiveSession
from tests.bed.netns import NamedNetns
from tests.kernel.hearing import await_true
from tests.session import churn
from tests.session.asked import State, after, keys_of
from tests.session.watching import await_complete, await_equal, await_quiet, netns_of, nsid_of, rows, watching

pytestmark = pytest.mark.needs_root
SMALL = 1 << 17
NewNetns = Callable[[str], NamedNetns]


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveSession]:
    """A session with a receive buffer that holds few messages."""
    monkeypatch.setattr(receiver, "Receiver", partial(receiver.Receiver, SMALL))
    with watching() as made:
        yield made


def reader_of(session: LiveSession) -> int:
    assert session._receiver is not None
    return session._receiver.pid


def drops(pid: int) -> int:
    """Return what the kernel dropped on the netlink sockets of a process, as /proc tells."""
    lines = [line.split() for line in Path(f"/proc/{pid}/net/netlink").read_text().splitlines()[1:]]
    return sum(int(line[8]) for line in lines if line[2] == str(pid))


def gaps(session: LiveSession) -> list[Record]:
    return [session.ring[seq] for seq in range(session.ring.end) if session.ring[seq].kind is Kind.GAP]


def deafened(session: LiveSession, work: Callable[[], None]) -> None:
    """Do something while the reader does not read."""
    pid = reader_of(session)
    before = len(gaps(session))
    os.kill(pid, signal.SIGSTOP)
    try:
        await_true(lambda: psutil.Process(pid).status() == psutil.STATUS_STOPPED)
        work()
        assert drops(pid), Path(f"/proc/{pid}/net/netlink").read_text()
    finally:
        os.kill(pid, signal.SIGCONT)
    await_true(lambda: len(gaps(session)) > before)


def storm(made: Sequence[NamedNetns], seed: int, count: int) -> None:
    """Change several namespaces at once."""
    threads = [
        threading.Thread(target=churn.run, args=(one, churn.churn(seed + number, count, plain=True)))
        for number, one in enumerate(made)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def counted(session: LiveSession) -> int:
    return sum(unpack_gap(gap.raw)[0] or 0 for gap in gaps(session))


def known_at_rest(
    session: LiveSession, netnses: Sequence[Netns], made: Sequence[NamedNetns]
) -> tuple[int, list[State]]:
    """Return what each namespace contains, and from which record on something may change that."""
    nsids = {nsid_of(session, netns) for netns in netnses}
    while True:
        start = session.ring.end
        states = [await_equal(session, netns, one) for netns, one in zip(netnses, made, strict=True)]
        if not nsids.intersection(session.ring[seq].nsid for seq in range(start, session.ring.end)):
            return start, states


def retold(session: LiveSession, nsid: int, start: int, state: State) -> tuple[State, list[str]]:
    """Return what a state becomes by all records of a namespace, and the rows that no event told.

    Each of those rows changes something at its place, or it would only repeat what was told.
    """
    rows = []
    for seq in range(start, session.ring.end):
        record = session.ring[seq]
        if record.nsid == nsid and record.kind in MESSAGES:
            before, state = state, after(state, [record], session.names)
            if record.kind is Kind.RESYNC and keys_of(record, session.names):
                rows.append(line(record, session.names).text)
                assert state != before, rows[-1]
    return state, rows


@pytest.mark.parametrize("seed", [1, 20])
def test_after_a_storm_that_was_lost_all_is_known_and_each_difference_has_one_row(
    seed: int, new_netns: NewNetns, session: LiveSession
) -> None:
    made = [new_netns("ovA-lost") for _ in range(3)]
    for number, one in enumerate(made):
        churn.set_up(one)
        churn.run(one, churn.churn(100 * seed + number, 60, plain=True))
    netnses = [netns_of(session, one) for one in made]
    await_quiet(session, *netnses)
    for netns in netnses:
        await_complete(session, netns)
    start, before = known_at_rest(session, netnses, made)
    deafened(session, lambda: storm(made, seed, 2500))
    await_quiet(session, *netnses)
    found = []
    for netns, one, was in zip(netnses, made, before, strict=True):
        now = await_equal(session, netns, one)
        told, rows = retold(session, nsid_of(session, netns), start, was)
        assert {key: value for key, value in told.items() if now.get(key) != value} == {}
        assert now.keys() == told.keys()
        found += rows
    assert len(found) > 20
    await_true(lambda: counted(session) == drops(reader_of(session)) == session.stream.lost)


def test_a_link_that_came_and_one_that_went_in_a_gap_have_their_names_in_the_rows(
    new_netns: NewNetns, session: LiveSession
) -> None:
    made = new_netns("ovA-names")
    made.ip("link", "add", "old7", "type", "bridge")
    made.ip("link", "add", "kept7", "type", "bridge")
    netns = netns_of(session, made)
    await_complete(session, netns)
    start = session.ring.end
    filler = "".join(
        f"route add 10.99.{n >> 8}.{n & 255} dev lo\nroute del 10.99.{n >> 8}.{n & 255}\n" for n in range(1500)
    )

    def change() -> None:
        churn.run(made, filler.splitlines())
        made.ip("link", "del", "old7")
        made.ip("link", "set", "kept7", "name", "new8")
        made.ip("link", "set", "new8", "up")
        made.ip("address", "add", "10.0.0.1/24", "dev", "new8")
        made.ip("link", "add", "born7", "type", "bridge")

    deafened(session, change)
    await_quiet(session, netns)
    await_equal(session, netns, made)
    found = [row for row in rows(session, nsid_of(session, netns), start) if "10.99." not in row]
    assert sum(row.startswith("- old7 ") for row in found) == 1
    assert any(row.startswith("~ new8") and "was called kept7" in row and "DOWN → " in row for row in found)
    assert any(row.startswith("+ born7") for row in found)
    assert "+ addr 10.0.0.1/24 dev new8 (resync)" in found
    row = session.snapshot().row(made.name)
    assert row is not None
    assert [link.ifname for link in row.links] == ["lo", "new8", "born7"]
