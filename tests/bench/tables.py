"""What it costs to keep the kernel's tables: ``python tests/bench/tables.py``; no privileges.

Records are taken into the ring, then into the tables, which waits until somebody looks; the second is to cost no more
than the first. Memory is that of the tables of one namespace.
"""

import gc
import sys
import time
import tracemalloc
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from ovltui.kernel.frames import FrameKind, frame
from ovltui.kernel.wire import Table
from ovltui.session.kept import Kept, KeptTables
from ovltui.session.session import Session
from ovltui.state.difference import difference
from ovltui.state.tables import Tables
from tests.session.made import OWN, born, named
from tests.state.rows import addr, fdb, link, neigh, route

NETNSES = 50
ROUNDS = 40
FIRST_NSID = 100


def world(session: Session) -> KeptTables:
    """Return the tables of many namespaces, empty and current."""
    tables = KeptTables(session.ring, session.tenures)
    for number in range(NETNSES):
        session.feed(born(FIRST_NSID + number))
        tenure = session.tenures.heard(FIRST_NSID + number, session.ring.end)
        tables.put(Kept(tenure, named(number, f"n{number}"), Tables()))
    tables.catch_up()
    return tables


def things(number: int) -> list[bytes]:
    """Return what a container on an overlay has, and a little more."""
    links = [link(index, f"eth{index}") for index in range(1, 4)]
    routes = [route(f"10.{number % 200}.{index}.0") for index in range(20)]
    neighs = [neigh(f"10.0.{number % 200}.{index}", f"02:00:00:00:00:{index:02x}") for index in range(20)]
    entries = [fdb(f"02:00:00:00:01:{index:02x}", 3, dst="192.0.2.1") for index in range(20)]
    return [*links, addr(1, "10.0.0.1"), addr(2, "10.0.1.1"), *routes, *neighs, *entries]


def main() -> None:
    """Measure and print."""
    session = Session("bench", OWN)
    tables = world(session)
    frames = b"".join(
        frame(FrameKind.MESSAGE, 10**18, FIRST_NSID + number, raw)
        for number in range(NETNSES)
        for raw in things(number)
    )
    began = time.perf_counter()
    for _ in range(ROUNDS):
        session.feed(frames)
    into_ring = time.perf_counter() - began
    records = session.ring.end - NETNSES
    began = time.perf_counter()
    tables.catch_up()
    into_tables = time.perf_counter() - began
    print(f"into the ring   {into_ring / records * 1e6:6.2f} us a record of {records}")
    print(f"into the tables {into_tables / records * 1e6:6.2f} us, {into_tables / into_ring:.2f} of that")
    gc.collect()
    tracemalloc.start()
    one = Tables()
    for table in Table:
        one.load(table, things(1))
    for raw in things(1):
        one.apply(bytes(bytearray(raw)))
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    print(f"tables of one namespace with {len(things(1))} things: {size / 1024:.0f} KiB")
    big, other = Tables(), Tables()
    routes = [route(f"10.{index >> 8}.{index & 255}.0") for index in range(50_000)]
    for each in (big, other):
        each.load(Table.ROUTES4, routes)
    began = time.perf_counter()
    assert difference(big, other, (Table.ROUTES4,)) == []
    print(f"difference      {(time.perf_counter() - began) / len(routes) * 1e6:6.2f} us a route of {len(routes)}")


if __name__ == "__main__":
    main()
