"""Who answers for an address, where more than its owner does."""

import pytest

from ovltui.kernel.wire import Table
from ovltui.topology.hops import Hop, Verdict
from ovltui.topology.path import path
from tests.checks.town import DOCKER1N, LB1, VXLAN, Town, overlay, town
from tests.topology import made

STRANGER = "02:42:0a:0d:11:63"


def question(place: Town) -> Hop:
    """Return the hop at which docker1n asks for the address of the load balancer beside it."""
    found = path(place.scene().topology, made.key(DOCKER1N.number), made.key(LB1.number))
    return next(hop for hop in found.hops if hop.by.startswith(f"asks for {LB1.address}:"))


def test_a_vxlan_device_that_answers_for_a_neighbour_beside_it_is_named_with_the_mac_that_it_tells() -> None:
    asked = question(town().beside(overlay(1), Table.NEIGHBOURS, made.neigh(LB1.address, STRANGER, VXLAN)))
    assert asked.verdict is Verdict.WRONG
    assert asked.by.endswith(f"answers, but mynet01@node1/vxlan0 too, with {STRANGER}")


@pytest.mark.parametrize("mac", ["", LB1.mac])
def test_one_that_is_silent_or_tells_the_same_is_not_in_the_way(mac: str) -> None:
    place = town()
    if mac:
        place = place.beside(overlay(1), Table.NEIGHBOURS, made.neigh(LB1.address, mac, VXLAN))
    asked = question(place)
    assert (asked.verdict, asked.by.endswith("/eth0 answers")) == (Verdict.OK, True)
