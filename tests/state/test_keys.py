"""A message finds its table and its key by its bytes, and two messages about one thing find the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovltui.kernel.wire import Rtm, Table, attribute, message
from ovltui.state.keys import attributes, place, prefix_of
from tests.events.samples import SAMPLES

TABLES = {
    "veth-new": Table.LINKS,
    "vxlan-new": Table.LINKS,
    "veth-moves": Table.LINKS,
    "port-forwards": Table.PORTS,
    "port-leaves": Table.PORTS,
    "addr-peer": Table.ADDRESSES,
    "addr-tentative": Table.ADDRESSES,
    "route-link": Table.ROUTES4,
    "route-default": Table.ROUTES4,
    "route-multipath": Table.ROUTES4,
    "route-nhid": Table.ROUTES4,
    "route6-expires": Table.ROUTES6,
    "route6-deleted": Table.ROUTES6,
    "rule-from-to": Table.RULES,
    "rule-not": Table.RULES,
    "nexthop-gateway": Table.NEXTHOPS,
    "nexthop-group": Table.NEXTHOPS,
    "neigh-permanent": Table.NEIGHBOURS,
    "neigh-failed": Table.NEIGHBOURS,
    "neigh6": Table.NEIGHBOURS,
    "fdb-vtep": Table.FDB,
    "fdb-bridge-static": Table.FDB,
    "fdb-nexthop": Table.FDB,
}
NOWHERE = ("miss-l3-inet", "miss-l2", "miss-solicit", "nsid-new", "netconf-registered", "mdb-new", "stats-switched")


@pytest.mark.parametrize(("name", "table"), TABLES.items())
def test_a_message_belongs_to_the_table_of_its_thing(name: str, table: Table) -> None:
    found = place(SAMPLES[name].raw)
    assert found is not None
    assert found[0] is table


@pytest.mark.parametrize("name", NOWHERE)
def test_what_changes_no_table_has_no_place(name: str) -> None:
    assert place(SAMPLES[name].raw) is None


def test_different_things_have_different_keys() -> None:
    found = {place(SAMPLES[name].raw) for name in TABLES}
    # The port comes and goes, and so does one link.
    assert len(found) >= len(TABLES) - 3


def test_a_port_that_leaves_is_the_port_that_was_there() -> None:
    assert place(SAMPLES["port-forwards"].raw) == place(SAMPLES["port-leaves"].raw)


def test_a_link_is_not_its_port() -> None:
    assert place(SAMPLES["veth-new"].raw) != place(SAMPLES["port-forwards"].raw)


@given(st.sampled_from(sorted(SAMPLES)), st.integers(0, 200), st.binary(max_size=8))
def test_a_broken_message_has_a_place_or_none_but_never_raises(name: str, length: int, tail: bytes) -> None:
    raw = SAMPLES[name].raw
    found = place(raw[: min(length, len(raw))] + tail)
    assert found is None or isinstance(found[0], Table)


ROUTE_ATTRIBUTES = st.lists(
    st.tuples(st.sampled_from([1, 2, 4, 6, 7, 15, 15 | 0x8000]), st.binary(min_size=4, max_size=4)), max_size=4
)


@given(
    st.tuples(st.just(15), st.binary(min_size=4, max_size=4)),
    ROUTE_ATTRIBUTES,
    st.sampled_from([2, 10]),
    st.sampled_from([0, 0x200, 1]),
    st.sampled_from([Rtm.NEWROUTE, Rtm.DELROUTE]),
)
def test_a_route_has_the_key_that_its_attributes_make_in_whatever_order_and_each_time(
    first: tuple[int, bytes], others: list[tuple[int, bytes]], family: int, flags: int, kind: Rtm
) -> None:
    body = bytes((family, 24, 0, 0, 254, 3, 0, 1)) + flags.to_bytes(4, "little")
    raw = message(kind, 0, 0, body + b"".join(attribute(*each) for each in (first, *others)))
    table = Table.ROUTES4 if family == 2 else Table.ROUTES6
    expected = None if flags & 0x200 else (table, prefix_of(raw, attributes(raw, 28)))
    assert [place(raw), place(bytes(bytearray(raw)))] == [expected, expected]


@given(st.lists(st.sampled_from(sorted(TABLES)), min_size=1, max_size=30), st.integers(0, 3))
def test_what_was_found_before_is_found_again(names: list[str], cut: int) -> None:
    for name in names:
        raw = SAMPLES[name].raw
        found = place(raw)
        assert found is not None
        assert found[0] is TABLES[name]
        assert place(raw) == found
        place(raw[: len(raw) - 4 * cut])
        assert place(raw) == found
