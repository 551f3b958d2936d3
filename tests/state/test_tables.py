"""Tables hold the last message of each thing, and say when that may not be what the kernel has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovltui.events.vocabulary import Object
from ovltui.kernel.wire import Rtm, Table
from ovltui.state.tables import Contents, Tables
from tests.state.rows import (
    APPEND,
    EXCL,
    LINKDOWN,
    NO_CARRIER,
    OFF,
    REPLACE,
    RUNNING,
    addr,
    fdb,
    link,
    neigh,
    nexthop,
    route,
)

BESIDE_LINKS = {Table.ROUTES4, Table.ROUTES6, Table.NEXTHOPS}
DEL = Rtm.DELROUTE
CLONED = 0x200
CHANGES = ((Rtm.NEWROUTE, EXCL), (Rtm.NEWROUTE, REPLACE), (Rtm.NEWROUTE, APPEND), (DEL, 0))


def after(*messages: bytes) -> Tables:
    """Return tables that were read when they were empty, and then heard messages."""
    tables = Tables()
    for table in Table:
        tables.load(table, ())
    for raw in messages:
        tables.apply(raw)
    return tables


def held(tables: Tables) -> set[bytes]:
    return {raw for messages in tables.messages().values() for raw in messages}


def test_the_last_message_of_each_thing_is_held() -> None:
    one, other = neigh("10.0.0.1", "02:00:00:00:00:01"), neigh("10.0.0.2", "02:00:00:00:00:02")
    changed = neigh("10.0.0.1", "02:00:00:00:00:09")
    tables = after(one, other, changed)
    assert held(tables) == {changed, other}
    tables.apply(neigh("10.0.0.1", "", kind=Rtm.DELNEIGH))
    assert held(tables) == {other}
    assert not tables.dirty


def test_a_mac_that_moves_to_another_port_or_remote_is_one_entry() -> None:
    at_port, moved = fdb("02:00:00:00:00:01", 2, master=9), fdb("02:00:00:00:00:01", 3, master=9)
    there, elsewhere = fdb("02:00:00:00:00:01", 5, dst="192.0.2.1"), fdb("02:00:00:00:00:01", 5, dst="192.0.2.2")
    assert held(after(at_port, there, moved, elsewhere)) == {moved, elsewhere}


def test_frames_to_any_mac_go_to_several_remotes() -> None:
    remotes = [fdb("00:00:00:00:00:00", 5, dst=f"192.0.2.{n}") for n in (1, 2)]
    tables = after(*remotes)
    assert held(tables) == set(remotes)
    tables.apply(fdb("00:00:00:00:00:00", 5, dst="192.0.2.1", kind=Rtm.DELNEIGH))
    assert held(tables) == {remotes[1]}


def test_a_replaced_route_takes_the_place_of_the_only_one() -> None:
    replaced = route("10.1.0.0", 3, flags=REPLACE)
    tables = after(route("10.1.0.0", 2), route("10.1.0.0", 2, metric=5), replaced)
    assert held(tables) == {route("10.1.0.0", 2, metric=5), replaced}
    assert not tables.dirty


def test_which_of_several_routes_was_replaced_is_doubtful() -> None:
    several = (route("10.1.0.0", 2), route("10.1.0.0", 3, flags=APPEND))
    tables = after(*several)
    assert (held(tables), tables.dirty) == (set(several), set())
    tables.apply(route("10.1.0.0", 4, flags=REPLACE))
    assert tables.dirty == {Table.ROUTES4}
    # It is said of one that is there already: nothing is in doubt.
    again = after(*several)
    again.apply(route("10.1.0.0", 3, flags=REPLACE))
    assert not again.dirty


def test_a_deleted_route_is_the_one_that_says_the_same() -> None:
    tables = after(route("10.1.0.0", 2), route("10.1.0.0", 3, flags=APPEND), route("10.1.0.0", 2, DEL, 0))
    assert held(tables) == {route("10.1.0.0", 3, flags=APPEND)}
    assert not tables.dirty


def test_a_state_or_a_lifetime_does_not_make_another_route() -> None:
    tables = after(route("fd00::", 2, expires=50), route("fd00::", 2, state=0x10, expires=9, flags=APPEND))
    assert held(tables) == {route("fd00::", 2, state=0x10, expires=9, flags=APPEND)}
    tables.apply(route("fd00::", 2, DEL, 0, expires=3))
    assert (held(tables), tables.dirty) == (set(), set())


def test_a_route_that_is_not_the_one_that_is_held_is_doubtful() -> None:
    assert after(route("10.1.0.0", 2), route("10.1.0.0", 3, DEL, 0)).dirty == {Table.ROUTES4}
    # There was none, says the kernel: ours went silently.
    assert after(route("10.1.0.0", 2), route("10.1.0.0", 3, flags=EXCL)).dirty == {Table.ROUTES4}
    assert not after(route("10.1.0.0", 3, DEL, 0)).dirty


def test_ipv6_routes_with_gateways_may_have_become_one() -> None:
    joined = route("fd00::", 2, via="fe80::2", flags=0)
    assert after(route("fd00::", 2, via="fe80::1"), joined).dirty == {Table.ROUTES6}
    assert not after(route("fe80::", 2), route("fe80::", 3, flags=0)).dirty


@pytest.mark.parametrize(
    ("messages", "doubtful"),
    [
        ((link(2, "eth0", change=0xFFFFFFFF, flags=OFF),), set()),
        ((link(2, "eth0"), link(2, "eth0")), set()),
        ((link(2, "eth0"), link(2, "eth0", OFF)), BESIDE_LINKS),
        ((link(2, "eth0"), link(2, "eth0", NO_CARRIER)), BESIDE_LINKS),
        ((link(2, "eth0", change=0xFFFFFFFF, flags=OFF), link(2, "eth0")), BESIDE_LINKS),
        ((link(2, "eth0"), link(2, "eth0", kind=Rtm.DELLINK)), {Table.ROUTES4, Table.NEXTHOPS}),
        ((addr(2, "10.0.0.1"), addr(2, "10.0.0.1", Rtm.DELADDR)), {Table.ROUTES4}),
        ((nexthop(1),), set()),
        ((nexthop(1), nexthop(1, via="10.0.0.8")), BESIDE_LINKS),
        ((nexthop(1), nexthop(1, Rtm.DELNEXTHOP)), BESIDE_LINKS),
    ],
)
def test_what_silent_changes_go_with_puts_tables_in_doubt(messages: tuple[bytes, ...], doubtful: set[Table]) -> None:
    assert after(*messages).dirty == doubtful


def test_a_dump_takes_the_place_of_what_was_held_and_ends_the_doubt() -> None:
    tables = after(link(2, "eth0"), route("10.1.0.0"), link(2, "eth0", OFF))
    fresh = Tables((Table.ROUTES4,))
    fresh.load(Table.ROUTES4, [route("10.2.0.0"), route("10.2.0.0")])
    tables.dirty.clear()
    tables.adopt(fresh)
    assert tables.messages()[Table.ROUTES4] == (route("10.2.0.0"),)
    assert tables.messages()[Table.LINKS] == (link(2, "eth0", OFF),)
    assert not tables.dirty


def test_some_tables_take_in_only_what_is_theirs() -> None:
    some = Tables((Table.ROUTES4,))
    for raw in (link(2, "eth0", OFF), neigh("10.0.0.1", "02:00:00:00:00:01"), route("10.1.0.0")):
        some.apply(raw)
    assert some.messages() == {Table.ROUTES4: (route("10.1.0.0"),)}
    assert some.dirty == {Table.ROUTES4}


def test_contents_are_asked_by_what_they_are_about() -> None:
    tables = after(link(2, "eth0"), route("10.1.0.0"), route("fd00::"), fdb("02:00:00:00:00:01", 2, master=9))
    contents = Contents(tables.messages(), read_ns=1)
    assert contents.complete
    assert contents.rows(Object.ROUTE) == (route("10.1.0.0"), route("fd00::"))
    assert contents.rows(Object.LINK) == (link(2, "eth0"),)
    assert contents.rows(Object.NEIGH) == ()
    assert not Contents().complete
    assert not Contents(read_ns=1, gaps=("being read again",)).complete


SOME = (
    *(route(dst, oif, kind, flags) for dst in ("10.1.0.0", "10.2.0.0") for oif in (2, 3) for kind, flags in CHANGES),
    *(route("10.1.0.0", 2, kind, flags, state=state) for kind, flags in CHANGES for state in (LINKDOWN, CLONED)),
    *(route("10.1.0.0", 2, kind, flags, metric=5) for kind, flags in CHANGES),
    *(route("fd00::", 2, kind, flags) for kind, flags in CHANGES),
    *(link(ifindex, "v0", flags) for ifindex in (2, 3) for flags in (RUNNING, OFF)),
    link(2, "v0", kind=Rtm.DELLINK),
    neigh("10.0.0.1", "02:00:00:00:00:01"),
    route("10.1.0.0")[:40],
    b"",
)


@given(st.lists(st.sampled_from(SOME), max_size=30), st.integers(0, 30))
def test_many_messages_at_once_come_to_the_same_as_one_by_one(messages: list[bytes], before: int) -> None:
    singly, together = after(*messages), after()
    together.apply_all(messages[:before])
    together.apply_all(messages[before:])
    assert together.messages() == singly.messages()
    assert together.dirty == singly.dirty
