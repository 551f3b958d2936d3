"""Misses are counted by address, within a minute, repeats included."""

import socket
import struct

from ovltui.events.record import Kind
from ovltui.events.ring import Ring
from ovltui.events.vocabulary import Pane
from ovltui.kernel.wire import Rtm, attribute, message
from ovltui.netns.model import NetnsKey
from ovltui.session.misses import MOST, WINDOW_NS, Misses

KEY = NetnsKey("vm", 7)
NSID = 3
MAC = bytes.fromhex("02420a0d1103")


def miss(*, dst: str | None = None, mac: bytes | None = None, ifindex: int = 5, flags: int = 0) -> bytes:
    body = struct.pack("=BxxxiHBB", socket.AF_INET, ifindex, 4, 0, 1)
    body += attribute(1, socket.inet_aton(dst)) if dst else b""
    body += attribute(2, mac) if mac else b""
    return message(Rtm.GETNEIGH, flags, 0, body)


def put(ring: Ring, *messages: bytes, nsid: int = NSID) -> None:
    for raw in messages:
        ring.append(0, nsid, Kind.MESSAGE, raw, (Pane.NEIGH,))


def test_misses_are_counted_by_address_and_forgotten_after_a_minute() -> None:
    ring = Ring()
    misses = Misses(ring)
    put(ring, *[miss(mac=MAC)] * 3, miss(dst="10.13.17.3"))
    put(ring, miss(mac=MAC), nsid=9)
    counts = misses.look({NSID: KEY}, 1)
    assert counts == {(KEY, 5, "02:42:0a:0d:11:03"): 3, (KEY, 5, "10.13.17.3"): 1}
    assert misses.look({NSID: KEY}, 2) is counts
    put(ring, miss(mac=MAC))
    later = WINDOW_NS + 2
    assert misses.look({NSID: KEY}, later) == {(KEY, 5, "02:42:0a:0d:11:03"): 1}
    assert misses.look({}, later) == {}


def test_a_solicitation_and_other_messages_are_no_misses() -> None:
    ring = Ring()
    put(ring, miss(dst="10.13.17.3", flags=1), message(Rtm.NEWNEIGH, 0, 0, miss(dst="10.13.17.3")[16:]))
    assert Misses(ring).look({NSID: KEY}, 1) == {}


def test_a_flood_of_one_address_stays_small() -> None:
    ring = Ring()
    put(ring, *[miss(mac=MAC)] * (2 * MOST))
    assert Misses(ring).look({NSID: KEY}, 1) == {(KEY, 5, "02:42:0a:0d:11:03"): MOST}
