import io
import json
import struct
import time
from collections.abc import Callable

import pytest

from ovltui.cli import follow
from ovltui.cli.follow import Follower, Wake
from ovltui.cli.output import Output
from ovltui.cli.printer import Printer
from ovltui.events import ring as ring_module
from ovltui.events.filter import parse
from ovltui.events.record import OWN_NSID
from ovltui.events.vocabulary import Object
from ovltui.kernel import frames, wire
from ovltui.netns.model import Mount, Netns, NetnsKey
from ovltui.session.session import Session

HOST = NetnsKey("vm", 1)
BLUE = NetnsKey("vm", 2)
_NETNSA_NSID = 1


def netns(key: NetnsKey, nsid: int | None, name: str) -> Netns:
    mounts = (Mount(9, 1, f"/run/netns/{name}"),) if name else ()
    return Netns(key, 4026530000 + key.id, nsid, key == HOST, mounts, () if name else (1,))


def message(kind: wire.Rtm, body: bytes, nsid: int = OWN_NSID) -> bytes:
    return frames.frame(frames.FrameKind.MESSAGE, time.time_ns(), nsid, wire.message(kind, 0, 0, body))


def route(last: int, nsid: int = OWN_NSID) -> bytes:
    """RTM_NEWROUTE of 10.0.0.LAST/32 in the main table."""
    body = struct.pack("=8BI", 2, 32, 0, 0, 254, 3, 0, 1, 0) + wire.attribute(1, bytes((10, 0, 0, last)))
    return message(wire.Rtm.NEWROUTE, body, nsid)


def number(kind: wire.Rtm, nsid: int) -> bytes:
    return message(kind, struct.pack("=Bxxx", 0) + wire.attribute(_NETNSA_NSID, struct.pack("=i", nsid)))


class World:
    """A session without a kernel, followed into a string."""

    def __init__(self, limit: int = 100_000) -> None:
        self.session = Session("vm", HOST, limit)
        self.session.publish([netns(HOST, None, "")])
        self.data = io.StringIO()
        self.wake = Wake()
        self.session.on_change(self.wake.now)

    def born(self, nsid: int, name: str, key: NetnsKey = BLUE) -> None:
        self.session.tenures.bind(nsid, key, self.session.ring.end)
        self.session.publish([netns(HOST, None, ""), netns(key, nsid, name)])

    def follow(
        self,
        *,
        seconds: float = 0.0,
        most: int | None = None,
        keys: frozenset[NetnsKey] = frozenset(),
        numbered: frozenset[int] = frozenset(),
        objects: frozenset[Object] = frozenset(),
        wanted: str = "",
    ) -> list[dict[str, object]]:
        out = Output(self.data, None)
        printer = Printer(out, self.session.names, objects, parse(wanted), json=True)
        follower = Follower(self.session, printer, out, keys, set(numbered))
        follower.follow(self.wake, deadline=time.monotonic() + seconds, most=most)
        return [json.loads(line) for line in self.data.getvalue().splitlines()]


def test_what_was_received_before_the_end_is_printed_in_order() -> None:
    world = World()
    world.session.feed(b"".join(route(last) for last in range(1, 200)))
    assert [row["dst"] for row in world.follow()] == [f"10.0.0.{last}" for last in range(1, 200)]


def test_it_ends_after_as_many_events_as_were_asked_for() -> None:
    world = World()
    world.session.feed(route(1) + frames.gap(1, 5, 0) + route(2) + route(3))
    rows = world.follow(seconds=60, most=2)
    assert [row["object"] for row in rows] == ["route", "gap", "route"]


def test_a_gap_passes_every_choice() -> None:
    world = World()
    world.born(7, "blue")
    world.session.feed(route(1) + frames.gap(1, 5, 0))
    rows = world.follow(keys=frozenset((BLUE,)), objects=frozenset((Object.LINK,)), wanted="nothing-is-so")
    assert [(row["object"], row["lost"]) for row in rows] == [("gap", 5)]


def test_only_the_namespaces_that_are_wanted() -> None:
    world = World()
    world.born(7, "blue")
    world.session.feed(route(1) + route(2, 7) + route(3, 8))
    assert [row["dst"] for row in world.follow(keys=frozenset((BLUE,)))] == ["10.0.0.2"]


def test_only_the_objects_that_are_wanted() -> None:
    world = World()
    world.session.feed(route(1) + number(wire.Rtm.NEWNSID, 3))
    assert [row["object"] for row in world.follow(objects=frozenset((Object.NSID,)))] == ["nsid"]


def test_the_first_number_of_a_known_namespace_is_no_event_and_the_next_one_is() -> None:
    world = World()
    world.born(7, "blue")
    again = number(wire.Rtm.NEWNSID, 7) + number(wire.Rtm.DELNSID, 7) + number(wire.Rtm.NEWNSID, 7)
    world.session.feed(again)
    rows = world.follow(numbered=frozenset((7,)))
    assert [(row["action"], row["peer_nsid"]) for row in rows] == [("del", 7), ("new", 7)]


def test_an_old_number_that_ended_and_came_again_is_an_event() -> None:
    world = World()
    world.session.feed(number(wire.Rtm.DELNSID, 7) + number(wire.Rtm.NEWNSID, 7))
    rows = world.follow(numbered=frozenset((7,)))
    assert [row["action"] for row in rows] == ["del", "new"]


class NameComes(Wake):
    """A wake at whose first sleep a namespace gets its name."""

    def __init__(self, name: Callable[[], None]) -> None:
        super().__init__()
        self._name = name
        self.sleeps = 0

    def wait(self, seconds: float | None) -> None:
        self.sleeps += 1
        if self.sleeps == 1:
            self._name()
        super().wait(seconds)


def test_a_newborn_is_called_by_the_name_that_comes_a_little_later() -> None:
    world = World()
    world.session.feed(number(wire.Rtm.NEWNSID, 7) + route(1, 7) + route(2))
    world.wake = NameComes(lambda: world.born(7, "blue"))
    rows = world.follow(seconds=60, most=3)
    assert [row["netns"] for row in rows] == ["host", "blue", "host"]
    assert rows[0]["peer"] == "blue"
    assert world.wake.sleeps == 1


def settings(ifindex: int) -> bytes:
    """RTM_NEWNETCONF of IPv4 on a link."""
    return message(wire.Rtm.NEWNETCONF, struct.pack("=Bxxx", 2) + wire.attribute(1, struct.pack("=i", ifindex)))


def link(ifindex: int, name: bytes) -> bytes:
    head = struct.pack("=BxHiII", 0, 1, ifindex, 0, 0xFFFFFFFF)
    return message(wire.Rtm.NEWLINK, head + wire.attribute(3, name + b"\0"))


def test_the_settings_of_a_new_link_bear_its_name_though_it_is_announced_after_them() -> None:
    world = World()
    world.session.feed(settings(7) + settings(-1))
    world.wake = NameComes(lambda: world.session.feed(link(7, b"br0")))
    rows = world.follow(seconds=60, most=3)
    assert [row.get("interface", row.get("ifname")) for row in rows] == ["br0", "all", "br0"]
    assert world.wake.sleeps == 1


@pytest.mark.alone
def test_settings_of_a_link_that_is_never_announced_wait_a_moment_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "_LINK_PATIENCE_NS", 10**8)
    world = World()
    started = time.monotonic()
    world.session.feed(b"".join(settings(7) for _ in range(20)))
    assert {row["interface"] for row in world.follow(seconds=60, most=20)} == {"if7"}
    assert 0.1 <= time.monotonic() - started < 20 * 0.1


def test_among_the_lines_of_ip_a_gap_stands_on_stderr() -> None:
    world = World()
    talk = io.StringIO()
    printer = Printer(Output(world.data, talk), world.session.names, frozenset(), parse(""), ip=True)
    world.session.feed(route(1) + frames.gap(1, 5, 0) + number(wire.Rtm.NEWMDB, 3) + route(2))
    follower = Follower(world.session, printer, Output(world.data, talk), frozenset(), set())
    follower.follow(world.wake, deadline=time.monotonic())
    assert world.data.getvalue() == "[host]10.0.0.1 \n[host]10.0.0.2 \n"
    assert "LOST 5 events" in talk.getvalue()


@pytest.mark.alone
def test_a_name_that_never_comes_is_waited_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "PATIENCE_S", 0.2)
    world = World()
    world.session.feed(b"".join(route(last, 7) for last in range(1, 11)))
    started = time.monotonic()
    rows = world.follow(seconds=60, most=10)
    assert [row["netns"] for row in rows] == ["nsid 7"] * 10
    assert 0.2 <= time.monotonic() - started < 10 * 0.2


def test_what_the_ring_dropped_is_told_with_its_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ring_module, "BLOCK", 16)
    world = World(limit=32)
    out = Output(world.data, None)
    printer = Printer(out, world.session.names, frozenset(), parse(""), json=True)
    follower = Follower(world.session, printer, out, frozenset(), set())
    world.session.feed(b"".join(route(last) for last in range(1, 101)))
    follower.follow(world.wake, deadline=time.monotonic())
    gap, *rows = [json.loads(line) for line in world.data.getvalue().splitlines()]
    assert (gap["object"], gap["action"]) == ("gap", "lost")
    assert gap["lost"] + len(rows) == 100
    assert rows[-1]["dst"] == "10.0.0.100"
    assert rows[0]["seq"] == gap["lost"]


@pytest.mark.alone
def test_no_wake_is_lost_between_looking_and_sleeping() -> None:
    wake = Wake()
    wake.now()
    started = time.monotonic()
    wake.wait(5)
    assert time.monotonic() - started < 1
    wake.wait(0.05)
    assert time.monotonic() - started >= 0.05
