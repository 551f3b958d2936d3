import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovltui.errors import UsageError
from ovltui.lab.facts import About, facts
from ovltui.lab.layout import batches, birth_name
from ovltui.lab.plan import MOST_CONTAINERS, MOST_NODES, Plan, Role, plan

TOKEN = "0123456789ab"
SIZES = given(st.integers(2, MOST_NODES), st.integers(1, MOST_CONTAINERS))


def planned(nodes: int = 2, containers: int = 1) -> Plan:
    return plan(nodes, containers, "/d", TOKEN)


def test_two_nodes_are_those_of_the_walk_through() -> None:
    spaces = {space.file: (space.name, space.role, space.node) for space in planned().spaces}
    assert spaces == {
        "node1": ("node1", Role.NODE, 1),
        "node1-mynet01": ("mynet01", Role.OVERLAY, 1),
        "node1-lb": ("lb-mynet01", Role.LOADBALANCER, 1),
        "docker1n": ("docker1n", Role.CONTAINER, 1),
        "node2": ("node2", Role.NODE, 2),
        "node2-mynet01": ("mynet01", Role.OVERLAY, 2),
        "node2-lb": ("lb-mynet01", Role.LOADBALANCER, 2),
        "docker2n": ("docker2n", Role.CONTAINER, 2),
    }
    assert [node.vtep for node in planned().nodes] == ["192.168.56.101", "192.168.56.102"]


def test_containers_are_numbered_over_the_nodes_in_turn() -> None:
    names = [[one.space.name for one in node.endpoints[1:]] for node in planned(3, 2).nodes]
    assert names == [["docker1n", "docker4n"], ["docker2n", "docker5n"], ["docker3n", "docker6n"]]
    assert planned(3, 2).containers[0].address == "10.13.17.11"
    assert planned(3, 2).containers[0].mac == "02:42:0a:0d:11:0b"


@SIZES
def test_no_two_things_share_a_name_or_an_address(nodes: int, containers: int) -> None:
    made = planned(nodes, containers)
    endpoints = [endpoint for node in made.nodes for endpoint in node.endpoints]
    assert len(endpoints) == nodes * (containers + 1)
    assert len({endpoint.address for endpoint in endpoints}) == len(endpoints)
    assert len({endpoint.mac for endpoint in endpoints}) == len(endpoints)
    assert len({space.file for space in made.spaces}) == len(made.spaces) == len(endpoints) + 2 * nodes + (nodes > 2)
    assert all(2 <= endpoint.number < 250 for endpoint in endpoints)


@SIZES
def test_each_overlay_has_a_row_for_every_endpoint_elsewhere_and_for_none_of_its_own(
    nodes: int, containers: int
) -> None:
    made = planned(nodes, containers)
    found = facts(made)
    for node in made.nodes:
        rows = [fact.text for fact in found if fact.file == node.overlay.file and fact.about is About.FDB]
        assert len(rows) == (nodes - 1) * (containers + 1)
        assert not any(endpoint.mac in row for endpoint in node.endpoints for row in rows)
        assert not any(node.vtep in row for row in rows)


@SIZES
def test_no_link_has_a_longer_name_than_the_kernel_takes(nodes: int, containers: int) -> None:
    made = planned(nodes, containers)
    lines = [line for batch in batches(made) for line in batch.lines]
    named = [found[1] for line in lines if (found := re.search(r"(?:link add|name|dev|set) (\S+)", line))]
    assert named
    assert max(map(len, named)) <= 15
    assert len(birth_name(made)) <= 15


@pytest.mark.parametrize(("nodes", "containers"), [(1, 1), (0, 1), (MOST_NODES + 1, 1), (2, 0), (2, 21)])
def test_a_lab_without_room_is_refused(nodes: int, containers: int) -> None:
    with pytest.raises(UsageError, match=r"a lab has 2 to 9 nodes|1 to 20 containers"):
        planned(nodes, containers)


def test_the_id_of_the_network_is_as_long_as_docker_makes_it() -> None:
    assert len(planned().network_id) == 25
