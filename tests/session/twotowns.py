"""The two nodes of ``tests.checks.town`` as two machines of a joined session: each records its own half.

Ids, nsids, inodes, ifindexes and URLs are the same on both.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ovltui.kernel.wire import Table
from ovltui.netns.model import Mount, Netns, NetnsKey
from ovltui.session.joined import JoinedSession
from ovltui.session.judged import Judged
from ovltui.session.kept import Kept
from ovltui.session.session import Session
from ovltui.state.tables import Tables
from tests.checks.town import GUESTS, Town, host, overlay
from tests.session import made
from tests.session.joining import PATIENCE_S, FakeMachine, await_true, recording_of

if TYPE_CHECKING:
    from ovltui.identity.intent import Intent, Seat
    from ovltui.identity.model import Identity

WAYS = ("", "ssh://node2")
"""How the machines are reached where a test does not say otherwise: the first is this one."""
URL = "unix:///run/docker.sock"
READ_NS = 1_700_000_000_000_000_000


def numbers(node: int) -> dict[int, int]:
    """Return, by the town's number, the id of each namespace of a node, which is its nsid, too, but for the first."""
    own = [one.number for one in GUESTS if one.node == node]
    return {host(node): 1, overlay(node): 2} | {number: 3 + at for at, number in enumerate(own)}


def _netns(town: Town, node: int, number: int) -> Netns:
    local, own = numbers(node)[number], number == host(node)
    mount = town.mounts.get(number)
    mounts = (replace(mount, mntns=77),) if mount else () if own else (Mount(77, 1, f"/run/docker/netns/n{local}"),)
    return Netns(NetnsKey(f"node{node}", local), 4026532000 + local, None if own else local, own, mounts, ())


def session_of(town: Town, node: int) -> Session:
    """Return what runs on a node, as far as it is visible."""
    known = {number: local for number, local in numbers(node).items() if number in town.tables}
    netnses = {number: _netns(town, node, number) for number in known}
    session = Session(f"node{node}", NetnsKey(f"node{node}", 1))
    given: dict[NetnsKey, Identity] = {}
    for number, netns in netnses.items():
        if not netns.own:
            assert netns.nsid is not None
            session.stream.bind(netns.nsid, netns.key, 0)
            given[netns.key] = town.identities[number]
        tenure = session.tenure_of(netns)
        assert tenure
        frames = [made.message(raw, tenure.nsid) for raw in _links_and_addresses(town, number)]
        session.feed(b"".join(frames))
        for there, other in town.sights.get(number, {}).items():
            if other in known and not netns.own:
                tenure.sights.learn(there, 0, -1 if other == host(node) else known[other])
    session.publish(list(netnses.values()), given=given)
    engines = [replace(one, url=URL, id="E", mntns=77, netns=NetnsKey(f"node{node}", 1)) for one in town.engines]
    session.engines_changed([one for one in engines if one.name == f"node{node}"])
    for number, netns in netnses.items():
        _keep(session, netns, town.tables[number])
    return session


def _links_and_addresses(town: Town, number: int) -> list[bytes]:
    tables = town.tables[number]
    return [*tables.get(Table.LINKS, ()), *tables.get(Table.ADDRESSES, ())]


def _keep(session: Session, netns: Netns, tables: dict[Table, tuple[bytes, ...]]) -> None:
    tenure = session.tenure_of(netns)
    assert tenure
    kept = Kept(tenure, netns, Tables(), session.ring.end, READ_NS)
    with session.kept.lock:
        session.kept.catch_up()
        for table in Table:
            kept.tables.load(table, tables.get(table, ()))
        session.kept.put(kept)


def _tell(session: Session, intents: "list[Intent]", seats: "list[Seat]", judged: Judged | None) -> None:
    session.stream.tap.intended(intents, seats)
    if judged:
        session.stream.tap.judged(judged)


def machines(
    town: Town, directory: Path, judged: Mapping[int, Judged] | None = None, urls: tuple[str, str] = WAYS
) -> list[FakeMachine]:
    """Return the two machines, each with one connection that tells all of its half, and what its own checks found."""
    found = []
    for node in (1, 2):
        url = f"unix:///n{node}"
        intents = [replace(one, url=URL) for one in town.intents if one.url == url]
        seats = [replace(one, url=URL) for one in town.seats if one.url == url]
        session = session_of(town, node)
        tell = partial(_tell, intents=intents, seats=seats, judged=(judged or {}).get(node))
        data = recording_of(directory / f"node{node}.pcapng", session, tell)
        machine = FakeMachine(f"node{node}", urls[node - 1])
        machine.connection(data)
        found.append(machine)
    return found


def joined_town(
    town: Town, directory: Path, judged: Mapping[int, Judged] | None = None, urls: tuple[str, str] = WAYS
) -> JoinedSession:
    """Return the session of both, once it knows all; ``urls`` are the ways to them."""
    session = JoinedSession(machines(town, directory, judged, urls))
    session.start()
    session.wait_for_hosts(PATIENCE_S)
    await_true(lambda: session.intended and len(session.intended.seats) == len(town.seats))
    return session
