"""Packets made in bulk are those that are made one by one, each under the name that its namespace had then."""

from array import array

from hypothesis import given
from hypothesis import strategies as st

from ovltui.capture.blocks import packet
from ovltui.capture.decode import Decoder
from ovltui.capture.index import Interface
from ovltui.capture.packets import packets
from ovltui.capture.writer import Writer
from ovltui.events.record import OWN_NSID, Kind, Record
from ovltui.events.ring import BLOCK, Ring
from ovltui.kernel.wire import Rtm
from tests.capture.made import BASE_NS, START, docker, neigh, told
from tests.session import made

NEIGH = neigh("10.0.0.1", "02:00:00:00:00:01")
MESSAGES = st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**63 - 1), st.binary(max_size=70))


@given(st.lists(MESSAGES))
def test_many_packets_are_those_made_one_by_one(found: list[tuple[int, int, bytes]]) -> None:
    times = array("q", [time_ns for _, time_ns, _ in found])
    made_at_once = packets([number for number, _, _ in found], times, [raw for _, _, raw in found])
    assert made_at_once == b"".join(packet(*one) for one in found)


def read_again(ring: Ring, renamed: int, ends: tuple[int, ...]) -> list[Record | Interface]:
    """Write a ring up to each of ``ends``, where namespaces have other names from ``renamed`` on; read that."""
    file = bytearray()

    class Out:
        def write(self, data: bytes, /) -> None:
            file.extend(data)

    writer = Writer(Out(), START, lambda nsid, seq: (f"{'old' if seq < renamed else 'new'}{nsid}", ""))
    for end in ends:
        writer.records(ring, end)
    writer.finish(ring)
    return [item for item in Decoder("it").items([bytes(file)]) if isinstance(item, Record | Interface)]


def test_a_record_stands_under_the_name_that_its_namespace_had_then() -> None:
    ring = Ring()
    ring.extend([BASE_NS] * 3, [2, 3, 2], Kind.MESSAGE, [NEIGH] * 3)
    ring.extend([BASE_NS + 1], [OWN_NSID], Kind.MESSAGE, [made.nsid_event(Rtm.DELNSID, 2)])
    ring.extend([BASE_NS + 2] * 2, [2, OWN_NSID], Kind.MESSAGE, [NEIGH] * 2)
    items = read_again(ring, 4, (ring.end,))
    names: dict[int, str] = {}
    under = []
    for item in items:
        if isinstance(item, Interface):
            names[item.nsid] = item.name
        else:
            under.append(names[item.nsid])
    assert under == ["old2", "old3", "old2", "old-1", "new2", "new-1"]


def test_what_is_no_message_keeps_its_place_among_messages() -> None:
    ring = Ring()
    ring.append(BASE_NS, OWN_NSID, Kind.DOCKER, docker(), ())
    ring.extend([BASE_NS] * 3, [2, 3, 2], Kind.MESSAGE, [NEIGH] * 3)
    ring.append(BASE_NS + 1, OWN_NSID, Kind.GAP, b"", ())
    ring.extend([BASE_NS + 2] * 2, [3, 3], Kind.RESYNC, [NEIGH] * 2)
    ring.extend([BASE_NS + 3] * BLOCK, [2] * BLOCK, Kind.MESSAGE, [NEIGH] * BLOCK)
    items = read_again(ring, 0, (5, 6, BLOCK, ring.end))
    assert [item for item in items if isinstance(item, Record)] == told(ring, 0, ring.end)
