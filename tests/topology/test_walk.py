"""Ways through routers and past what is not visible, in namespaces of our own."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from ovltui.netns.model import NetnsKey
from ovltui.state.tables import Contents
from ovltui.topology.builder import build
from ovltui.topology.hops import Path, Verdict, Way
from ovltui.topology.model import Topology
from ovltui.topology.path import path
from tests.bed.netns import NamedNetns
from tests.topology.seen import seen

pytestmark = pytest.mark.needs_root
ONE, TWO = "10.1.0.1", "10.2.0.1"
Chain = tuple[Topology, dict[str, NetnsKey], dict[str, NamedNetns]]


@pytest.fixture
def routed(new_netns: Callable[[str], NamedNetns]) -> dict[str, NamedNetns]:
    """Two namespaces with a router between them."""
    made = {name: new_netns(f"walk-{name}") for name in ("one", "router", "two")}
    for number, name in ((1, "one"), (2, "two")):
        router = made["router"]
        router.ip(*f"link add v{number} type veth peer name eth0 netns {made[name].name}".split())
        router.ip("link", "set", f"v{number}", "up")
        router.ip("addr", "add", f"10.{number}.0.254/24", "dev", f"v{number}")
        made[name].ip("link", "set", "eth0", "up")
        made[name].ip("addr", "add", f"10.{number}.0.1/24", "dev", "eth0")
        made[name].ip("route", "add", "default", "via", f"10.{number}.0.254")
    return made


def walked(made: dict[str, NamedNetns], to: str = "two") -> Path:
    topology, keys = seen()
    return path(topology, keys[made["one"].inode], keys[made[to].inode])


def test_a_way_through_a_router_is_walked_to_its_end_and_is_not_called_ok(routed: dict[str, NamedNetns]) -> None:
    found = walked(routed)
    assert found.verdict is Verdict.UNKNOWN
    assert found.says == (f"unknown: {routed['router'].name}/v2: forwarded only where ip_forward and filters let it")
    ends = [(hop.way, hop.by.split()[1]) for hop in found.hops if hop.by.startswith("local ")]
    assert ends == [(Way.THERE, TWO), (Way.BACK, ONE)]


@pytest.mark.parametrize(
    ("where", "command", "verdict", "by"),
    [
        ("router", "addr del 10.2.0.254/24 dev v2", Verdict.MISSING, f"no route to {TWO}"),
        ("router", "link set v2 down", Verdict.DOWN, "v2 is DOWN"),
        ("two", "route del default", Verdict.MISSING, f"no route to {ONE}"),
        ("two", "addr del 10.2.0.1/24 dev eth0", Verdict.MISSING, "has no address"),
        ("router", "route add blackhole 10.2.0.1/32", Verdict.WRONG, "blackhole 10.2.0.1"),
    ],
)
def test_what_the_router_or_the_end_lacks_is_named(
    routed: dict[str, NamedNetns], where: str, command: str, verdict: Verdict, by: str
) -> None:
    routed[where].ip(*command.split())
    culprit = walked(routed).culprit
    assert culprit
    assert culprit.verdict is verdict, culprit
    assert by in culprit.by


def test_a_neighbour_with_the_mac_of_somebody_else_is_wrong(routed: dict[str, NamedNetns]) -> None:
    routed["router"].ip(*f"neigh replace {TWO} lladdr 02:00:00:00:00:99 dev v2 nud permanent".split())
    culprit = walked(routed).culprit
    assert culprit
    assert (culprit.verdict, culprit.netns, culprit.ifname) == (Verdict.WRONG, routed["router"].name, "v2")


def test_a_namespace_that_could_not_be_read_is_unknown_and_never_blamed(routed: dict[str, NamedNetns]) -> None:
    topology, keys = seen()
    key = keys[routed["router"].inode]
    unread = replace(topology.nodes[key].place, contents=Contents(gaps=("it may not be entered",)))
    places = [unread if node.key == key else node.place for node in topology.nodes.values()]
    found = path(build(places), keys[routed["one"].inode], keys[routed["two"].inode])
    assert found.verdict is Verdict.UNKNOWN
    assert all(hop.verdict in (Verdict.OK, Verdict.UNKNOWN) for hop in found.hops)


def test_an_end_that_could_not_be_read_is_unknown_and_no_address_of_it_is_missed(
    routed: dict[str, NamedNetns],
) -> None:
    topology, keys = seen()
    key = keys[routed["two"].inode]
    unread = replace(topology.nodes[key].place, contents=Contents(gaps=("it may not be entered",)))
    places = [unread if node.key == key else node.place for node in topology.nodes.values()]
    found = path(build(places), keys[routed["one"].inode], key)
    assert (found.verdict, found.says) == (
        Verdict.UNKNOWN,
        f"unknown: {routed['two'].name}: it may not be entered",
    )


def test_the_way_to_oneself_is_ok(routed: dict[str, NamedNetns]) -> None:
    assert walked(routed, "one").verdict is Verdict.OK
