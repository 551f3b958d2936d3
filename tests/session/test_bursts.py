"""What the kernel did for an event of Docker is found, and what it did meanwhile for others is not."""

import pytest

from ovltui.events.decode_docker import pack_docker
from ovltui.events.record import OWN_NSID
from ovltui.events.vocabulary import Pane
from ovltui.kernel import wire
from ovltui.session.acts import AFTER_NS, PAUSE_NS
from tests.session.births import BLUE_NSID, MS, START_NS, WEB_NSID, World, moves, veth
from tests.session.made import address, link, message, nsid_event, route


def beneath(world: World, head: int) -> tuple[list[int], list[int]]:
    """Return the kernel's records and the other ones of Docker that belong to an event of Docker."""
    burst = world.session.bursts.of(head)
    assert burst is not None
    assert burst.head == head
    assert set(world.session.bursts.heads.items()) >= {(seq, head) for seq in (*burst.members, *burst.told)}
    return list(burst.members), list(burst.told)


def test_a_start_has_the_pair_from_its_birth_on_both_sides_and_the_other_events_of_docker() -> None:
    world = World()
    kernel, told, start = world.birth()
    world.settle()
    assert beneath(world, start) == (kernel, told)
    assert set(world.session.bursts.heads) == {*kernel, *told}
    assert world.session.bursts.news == [(min(told), max(kernel))]


def test_each_pane_has_its_own_part() -> None:
    world = World()
    kernel, _, start = world.birth()
    world.settle()
    burst = world.session.bursts.of(start)
    assert burst is not None
    routes = burst.within(Pane.ROUTE)
    assert len(routes) == 2
    assert sorted((*routes, *burst.within(Pane.LINK))) == kernel == list(burst.within(None))


def test_an_end_begins_with_the_death_and_takes_the_link_back_and_away() -> None:
    world = World()
    world.birth()
    world.settle()
    kill = world.docker("kill", at_ms=60_000)
    world.hear(WEB_NSID, address(12, "10.0.0.8"), at_ms=60_100)  # the container's own last act
    die = world.docker("die", at_ms=60_200)
    kernel = world.hear(WEB_NSID, moves(12, 0, 12))
    kernel += world.hear(OWN_NSID, veth(12, 11), veth(12, 11, kind=wire.Rtm.DELLINK))
    kernel += world.hear(OWN_NSID, veth(11, 12, kind=wire.Rtm.DELLINK))
    disconnect, destroy = world.docker("disconnect", kind="network"), world.docker("destroy")
    kernel += world.hear(OWN_NSID, nsid_event(wire.Rtm.DELNSID, WEB_NSID))
    world.settle()
    assert beneath(world, die) == (kernel, [kill, disconnect, destroy])


def test_what_happens_elsewhere_at_the_same_time_is_not_of_it() -> None:
    world = World()
    others = world.hear(BLUE_NSID, veth(3, 4), veth(4, 3))
    create = world.docker("create")
    others += world.hear(BLUE_NSID, route(3), moves(4, 6, 12))
    others += world.hear(OWN_NSID, link(2, b"eth9"), route(2), veth(21, 22), veth(22, 21), moves(22, BLUE_NSID, 12))
    others += world.hear(OWN_NSID, nsid_event(wire.Rtm.NEWNSID, 77))
    others += world.hear(BLUE_NSID, link(12, b"twelve"), link(11, b"eleven"))
    kernel, _, start = world.birth()
    world.settle()
    members, told = beneath(world, start)
    assert set(members) == set(kernel)
    assert not set(others) & {*members, *told}
    assert create in told


def test_what_happens_in_the_container_long_before_or_after_is_not_of_it() -> None:
    world = World()
    early = world.hear(WEB_NSID, address(1, "10.0.0.1"), at_ms=1_000)
    world.now_ms = 5_000
    kernel, _, start = world.birth()
    late = world.hear(WEB_NSID, address(12, "10.0.0.9"), at_ms=world.now_ms + 301)
    world.settle()
    members, _ = beneath(world, start)
    assert members == kernel
    assert not set(members) & {*early, *late}


def test_an_act_is_looked_at_only_when_it_is_over_and_grows_with_a_late_event() -> None:
    world = World()
    world.docker("create")
    world.hear(OWN_NSID, veth(11, 12), veth(12, 11), moves(12, WEB_NSID, 12))
    connect = world.docker("connect", kind="network")
    world.settle(AFTER_NS - 1)
    assert world.session.bursts.of(connect) is None
    world.settle()
    assert len(beneath(world, connect)[0]) == 3
    world.hear(WEB_NSID, veth(12, 11, there=0), at_ms=world.now_ms + 900)
    start = world.docker("start")
    world.settle()
    members, told = beneath(world, start)
    assert (len(members), connect in told) == (4, True)
    assert start not in world.session.bursts.heads


def test_a_signal_that_kills_nobody_and_a_container_without_namespace_have_no_burst() -> None:
    world = World()
    world.hear(WEB_NSID, address(12, "10.0.0.7"))
    kill = world.docker("kill")
    world.settle()
    assert world.session.bursts.of(kill) is None
    world.session.docker_event(
        START_NS, pack_docker("AAAA", "container", "start", subject="f" * 64, name="x", attributes={})
    )
    world.settle(10**10)
    assert list(world.session.bursts.heads) == []


def test_events_far_apart_are_two_acts() -> None:
    world = World()
    create = world.docker("create")
    world.now_ms += PAUSE_NS // MS
    kernel, told, start = world.birth()
    world.settle()
    assert beneath(world, start) == (kernel, told)
    assert create not in world.session.bursts.heads


@pytest.mark.parametrize("jump_ms", [-3_600_000, 3_600_000])
def test_a_clock_that_jumps_leaves_events_unfolded_and_breaks_nothing(jump_ms: int) -> None:
    world = World()
    world.birth()
    world.now_ms += jump_ms
    world.hear(WEB_NSID, address(12, "10.0.0.8"))
    die = world.docker("die")
    world.settle()
    assert beneath(world, die)[0] == [die - 1]


def test_what_the_ring_dropped_is_forgotten() -> None:
    world = World(limit=1)
    _, _, start = world.birth()
    world.settle()
    assert world.session.bursts.heads
    fill(world, 20_000)
    world.settle()
    assert (world.session.bursts.heads, world.session.bursts.of(start)) == ({}, None)


def test_a_storm_in_the_container_is_not_searched_through() -> None:
    world = World()
    world.docker("create")
    world.session.feed(b"".join(message(route(at), WEB_NSID, START_NS) for at in range(6_000)))
    start = world.docker("start")
    world.settle()
    assert world.session.bursts.of(start) is None


def fill(world: World, count: int) -> None:
    world.session.feed(b"".join(message(route(at), BLUE_NSID, START_NS) for at in range(count)))


def test_of_many_acts_the_newest_are_looked_at_first_and_one_that_is_wanted_before_all() -> None:
    world = World()
    starts = []
    for _ in range(30):
        world.now_ms += 60_000
        starts.append(world.birth(numbered=False)[2])
        world.docker("die")
    bursts = world.session.bursts
    world.settle(10**10)
    assert bursts.of(starts[-1]) is not None
    assert bursts.of(starts[0]) is None
    bursts.settle(START_NS + world.now_ms * MS + 10**10, starts[0])
    assert bursts.of(starts[0]) is not None
    for _ in range(30):
        world.settle(10**10)
    assert all(bursts.of(start) for start in starts)
