"""Namespaces stand under the network, the kind, or nothing, and each stands once."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovltui.identity.model import Identity, Kind
from ovltui.netns.model import Netns, NetnsKey
from ovltui.session.snapshot import Row
from ovltui.session.tree import Branch, Grouping, grouped


def row(number: int, name: str, kind: Kind, **more: str | int | None) -> Row:
    netns = Netns(NetnsKey("vm", number), number, None, kind is Kind.HOST, (), ())
    return Row(netns, Identity(name, kind, "", **more), (), ())  # type: ignore[arg-type]


ROWS = (
    row(1, "host", Kind.HOST),
    row(2, "mynet01", Kind.OVERLAY, engine="a", network="mynet01", network_id="m", driver="overlay", vni=4097),
    row(3, "lb-mynet01", Kind.LOADBALANCER, engine="a", network="mynet01", network_id="m", driver="overlay"),
    row(4, "docker1n", Kind.CONTAINER, engine="a", network="mynet01", network_id="m", driver="overlay"),
    row(5, "web", Kind.CONTAINER, engine="a", network="shop", network_id="s1", driver="bridge"),
    row(6, "db", Kind.CONTAINER, engine="a", network="shop", network_id="s1", driver="bridge"),
    row(7, "web@b", Kind.CONTAINER, engine="b", network="shop", network_id="s2", driver="bridge"),
    row(8, "lonely", Kind.CONTAINER, engine="a", network="none", network_id="n", driver="null"),
    row(9, "a1b2c3", Kind.CONTAINER),
    row(10, "blue", Kind.NAMED),
)


def shape(branches: tuple[Branch, ...]) -> list[tuple[str, str, list[str]]]:
    return [(one.title, one.kind, [row.identity.name for row in one.rows]) for one in branches]


def test_by_network_local_ones_stand_apart_per_engine() -> None:
    assert shape(grouped(ROWS, Grouping.NETWORK)) == [
        ("", "", ["host"]),
        ("mynet01", "overlay", ["mynet01", "lb-mynet01", "docker1n"]),
        ("shop@a", "bridge", ["db", "web"]),
        ("shop@b", "bridge", ["web@b"]),
        ("containers", "", ["a1b2c3", "lonely"]),
        ("other", "", ["blue"]),
    ]


def test_numbers_in_names_count_as_numbers() -> None:
    rows = [row(number, name, Kind.NAMED) for number, name in enumerate(("web-10", "web-9", "web-100", "web-1"))]
    (branch,) = grouped(rows, Grouping.FLAT)
    assert [one.identity.name for one in branch.rows] == ["web-1", "web-9", "web-10", "web-100"]


def test_by_kind_and_flat() -> None:
    assert [title for title, _, _ in shape(grouped(ROWS, Grouping.KIND))] == [
        *("", "overlay", "loadbalancer", "container", "named"),
    ]
    ((title, _, names),) = shape(grouped(ROWS, Grouping.FLAT))
    assert title == ""
    assert names[:2] == ["host", "mynet01"]


def on(host: str, one: Row) -> Row:
    """The same on one of several hosts, whose names say it, but for that of the host's own namespace."""
    name = host if one.identity.kind is Kind.HOST else f"{host}:{one.identity.name}"
    return replace(
        one,
        netns=replace(one.netns, key=replace(one.netns.key, host=host)),
        identity=replace(one.identity, name=name, engine=host),
    )


def test_several_hosts_stand_one_after_the_other_each_with_its_own_part_of_a_network() -> None:
    rows = [on(host, one) for host in ("node2", "node1") for one in ROWS[:4]]
    branches = grouped(rows, Grouping.NETWORK)
    assert [(one.host, one.title, [one.called(row) for row in one.rows]) for one in branches] == [
        ("node1", "", ["node1"]),
        ("node1", "mynet01", ["mynet01", "lb-mynet01", "docker1n"]),
        ("node2", "", ["node2"]),
        ("node2", "mynet01", ["mynet01", "lb-mynet01", "docker1n"]),
    ]
    assert len({one.id for one in branches}) == len(branches)


@given(st.lists(st.sampled_from(ROWS), unique=True), st.sampled_from(Grouping))
def test_each_namespace_stands_in_exactly_one_place(rows: list[Row], grouping: Grouping) -> None:
    found = [row for branch in grouped(rows, grouping) for row in branch.rows]
    assert sorted(found, key=lambda one: one.netns.key) == sorted(rows, key=lambda one: one.netns.key)


@pytest.mark.parametrize("grouping", Grouping)
def test_nothing_is_grouped_into_nothing(grouping: Grouping) -> None:
    assert grouped((), grouping) == ()
