"""A change of a link says what is not as it was, and the peer by its name."""

import pytest

from ovltui.events.line import line
from ovltui.events.look import Look
from ovltui.events.record import Kind, Record
from ovltui.kernel import wire
from tests.events.samples import FixedNames

UP, LOWER_UP, RUNNING = 0x1, 0x10000, 0x40


class Remembering(FixedNames):
    """Names that know what a link was, and its peer."""

    def __init__(self, before: Look | None) -> None:
        self.before = before

    def look_before(self, nsid: int, ifindex: int, seq: int) -> Look | None:
        del nsid, ifindex, seq
        return self.before

    def link_seen_from(self, nsid: int, peer_nsid: int, ifindex: int, seq: int) -> str | None:
        del nsid, seq
        return f"mynet01/veth{ifindex}" if peer_nsid == 3 else None


def link(change: int = 0, flags: int = UP | LOWER_UP | RUNNING, mtu: int = 1500, peer_nsid: int = 3) -> Record:
    head = bytes([0, 0, 1, 0]) + (7).to_bytes(4, "little") + flags.to_bytes(4, "little") + change.to_bytes(4, "little")
    attributes = (
        wire.attribute(3, b"eth0\0")
        + wire.attribute(4, mtu.to_bytes(4, "little"))
        + wire.attribute(5, (9).to_bytes(4, "little"))
        + wire.attribute(37, peer_nsid.to_bytes(4, "little"))
        + wire.attribute(16, b"\6")
        + wire.attribute(1, bytes.fromhex("02420a0d1107"))
    )
    return Record(5, 0, 7, Kind.MESSAGE, wire.message(wire.Rtm.NEWLINK, 0, 0, head + attributes))


SAME = Look("eth0", "UP", 1500, None, "02:42:0a:0d:11:07")


@pytest.mark.parametrize(
    ("before", "says"),
    [
        (SAME, "eth0@mynet01/veth9    UP  as before"),
        (Look("eth0", "DOWN", 1500, None, SAME.address), "eth0@mynet01/veth9    DOWN → UP"),
        (Look("veth3", "UP", 1450, None, SAME.address), "eth0@mynet01/veth9    was called veth3  mtu 1450 → 1500"),
        (Look("eth0", "UP", 1500, 4, SAME.address), "eth0@mynet01/veth9    master if4 → none"),
        (Look("eth0", "UP", 1500, None, "02::1"), "eth0@mynet01/veth9    02::1 → 02:42:0a:0d:11:07"),
    ],
)
def test_a_change_says_what_is_not_as_it_was(before: Look, says: str) -> None:
    assert line(link(), Remembering(before)).text == says


def test_a_change_of_a_link_that_was_not_known_says_all_of_it() -> None:
    assert line(link(), Remembering(None)).text == "eth0@mynet01/veth9    UP    mtu 1500  ether  02:42:0a:0d:11:07"


def test_a_new_link_says_all_of_it_whatever_was_there_before() -> None:
    assert "mtu 1500" in line(link(change=0xFFFFFFFF), Remembering(SAME)).text


def test_a_peer_that_is_not_known_stays_a_number_with_its_namespace() -> None:
    assert line(link(peer_nsid=4), Remembering(None)).text.startswith("eth0@if9")
    assert "link-netns nsid 4" in line(link(peer_nsid=4), Remembering(None)).text
