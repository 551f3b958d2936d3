"""What is normal, what cannot be known, and what follows from something else is not told."""

from dataclasses import replace

import pytest

from ovltui.checks.finding import Finding
from ovltui.checks.scene import Drop, Listening, Underfoot
from ovltui.checks.table import CHECKS, find_all
from ovltui.identity.intent import Member
from ovltui.identity.model import Identity, Kind
from ovltui.kernel.wire import Table
from ovltui.netns.model import Mount
from tests.checks.faults import DOWN, FAULTS, NO_CARRIER, NOBODY, NOBODYS, Fault, gatewayed
from tests.checks.town import (
    BR0,
    DOCKER1N,
    DOCKER2N,
    ETH0,
    GUESTS,
    LB2,
    MANAGER,
    VXLAN,
    Town,
    addr,
    answer,
    cable,
    eth0,
    host,
    learned,
    link,
    overlay,
    route,
    row,
    taught,
    town,
    vtep,
)
from tests.topology import made

DEAF = (Listening("tcp", "::", 22),)
O1, O2, N1, N2 = overlay(1), overlay(2), host(1), host(2)


def named(name: str) -> Fault:
    return next(one for one in FAULTS if one.name == name)


def found(changed: Town) -> tuple[Finding, ...]:
    return find_all(changed.scene())


def names(changed: Town) -> list[str]:
    return [finding.check for finding in found(changed)]


@pytest.mark.parametrize("name", ["fdb-lost", "neigh-lost", "neigh-wrong"])
@pytest.mark.parametrize("view", [Town.alone, lambda it: it.alone().silent()], ids=["its engine", "no engine"])
def test_rows_that_contradict_each_other_are_found_on_one_machine(name: str, view: object) -> None:
    fault = named(name)
    (finding,) = found(view(fault.change(town())))  # type: ignore[operator]
    assert (finding.check, finding.subject) == (fault.check, fault.subject)
    assert finding.remedies[0].commands[0].endswith(fault.remedy)


def test_what_the_gossip_tells_is_enough_where_both_rows_are_gone() -> None:
    gone = town().without(O1, Table.FDB, row(DOCKER2N)).without(O1, Table.NEIGHBOURS, answer(DOCKER2N))
    (finding,) = found(gone.alone())
    assert (finding.check, finding.subject) == ("fdb-lost", DOCKER2N.mac)
    assert len(finding.remedies[0].commands) == len(("fdb", "neigh"))
    assert found(gone.alone().silent()) == ()


def test_the_wrong_node_is_seen_by_its_own_engine_alone() -> None:
    (finding,) = found(named("fdb-wrong-vtep").change(town()).alone())
    assert finding.check == "fdb-wrong-vtep"
    assert found(named("fdb-wrong-vtep").change(town()).alone().silent()) == ()


def test_one_row_that_the_gossip_does_not_explain_may_be_a_load_balancer_and_two_are_not() -> None:
    assert found(town().alone()) == ()
    more = town().beside(O1, Table.FDB, made.fdb(NOBODYS, VXLAN, vtep(2))).alone()
    assert {(finding.check, finding.subject) for finding in found(more)} == {
        ("fdb-stale", NOBODYS),
        ("fdb-stale", LB2.mac),
    }


def test_a_row_to_where_no_node_is_is_left_over() -> None:
    astray = town().beside(O1, Table.FDB, made.fdb(NOBODYS, VXLAN, "192.168.56.250"))
    (finding,) = found(astray.alone())
    assert finding.check == "fdb-stale"
    assert "no node of the network has the address 192.168.56.250" in finding.says
    assert names(astray.alone().silent()) == ["neigh-lost"]  # nobody tells more than that it has no neighbour


def test_a_container_with_a_default_route_misses_none() -> None:
    assert found(gatewayed(town(), route("default", 20, via="172.18.0.1"))) == ()


def test_sockets_are_missed_where_the_engine_of_the_network_runs_and_nowhere_else() -> None:
    deaf = replace(town(), underfoot={host(1): Underfoot(DEAF, (), 0), host(2): Underfoot(DEAF, (), 0)})
    assert set(names(deaf)) == {"gossip-silent"}
    # Networks of somebody else, of the same addresses, whose namespaces are mounted beside those of an engine.
    elsewhere = tuple(replace(one, netns=made.key(99)) for one in deaf.engines)
    mounts = {number: Mount(1001, 50, f"/run/lab/netns/{number}") for number in (O1, O2)}
    assert found(replace(deaf, engines=elsewhere, mounts=mounts)) == ()


def test_a_container_that_was_given_a_mac_by_hand_is_no_fault() -> None:
    mac = "aa:bb:cc:00:00:01"
    given = (
        town()
        .instead(DOCKER2N.number, Table.LINKS, eth0(DOCKER2N), link(mac, 8, "eth0", "veth", tied=7, nsid=0, mtu=1450))
        .instead(O1, Table.FDB, row(DOCKER2N), made.fdb(mac, VXLAN, vtep(2)))
        .instead(O1, Table.NEIGHBOURS, answer(DOCKER2N), made.neigh(DOCKER2N.address, mac, VXLAN))
    )
    told = [replace(one, mac=mac) if one.name == "docker2n" else one for one in given.intents[1].members]
    given = replace(given, intents=(given.intents[0], replace(given.intents[1], members=tuple(told))))
    assert found(given) == ()
    assert found(given.alone()) == ()
    assert found(given.silent()) == ()
    assert found(given.alone().silent()) == ()


@pytest.mark.parametrize("number", [O1, O2, N1, DOCKER1N.number])
def test_a_namespace_whose_tables_are_not_whole_is_not_judged(number: int) -> None:
    sane = town()
    for table in (Table.FDB, Table.NEIGHBOURS, Table.ADDRESSES, Table.ROUTES4):
        if table in sane.tables[number]:
            sane = sane.put(number, table, ())
    assert found(replace(sane, gaps={number: ("its tables are being read again",)})) == ()


def test_a_link_that_docker_still_makes_is_not_judged() -> None:
    born = link("02:42:0a:0d:11:09", 12, "veth1234567", "veth", tied=11, nsid=0, flags=DOWN)
    other = link("ce:4c:07:f6:76:11", 11, "veth2", "veth", tied=12, nsid=0, mtu=1450)
    assert found(town().beside(N1, Table.LINKS, born).beside(O1, Table.LINKS, other)) == ()


def test_a_vxlan_device_that_was_made_and_not_moved_makes_no_overlay_of_the_node() -> None:
    bridge = link("02:42:00:00:00:01", 4, "docker0", "bridge")
    born = link(NOBODYS, 9, "vx-001002-zzzzz", "vxlan", flags=DOWN, data=made.vxlan(4098) + b"\5\0\13\0\1\0\0\0")
    assert names(town().beside(N1, Table.LINKS, bridge, born)) == ["stray-vxlan"]


def test_other_vxlan_devices_are_nobodys_business() -> None:
    mine = link(NOBODYS, 9, "mine", "vxlan", data=made.vxlan(42))
    assert found(town().beside(N1, Table.LINKS, mine)) == ()


def test_members_behind_a_bridge_of_their_own_are_known_by_what_the_far_bridge_learned() -> None:
    nested = town().beside(O1, Table.FDB, made.fdb(NOBODYS, VXLAN, vtep(2)))
    assert names(nested) == ["fdb-stale"]
    assert found(nested.beside(O2, Table.FDB, learned(NOBODYS, DOCKER2N.port, BR0))) == ()


def test_entries_that_traffic_taught_are_never_left_over() -> None:
    assert found(town().beside(O1, Table.FDB, taught(NOBODYS, VXLAN, vtep(2)))) == ()


def test_a_load_balancer_whose_rows_are_lost_is_known_by_its_own_node() -> None:
    gone = town().without(O1, Table.FDB, row(LB2)).without(O1, Table.NEIGHBOURS, answer(LB2))
    (finding,) = found(gone)
    assert (finding.check, finding.subject) == ("fdb-lost", LB2.mac)
    assert found(gone.alone()) == ()


def test_more_than_three_lost_members_are_one_finding() -> None:
    crowd = _crowd(6)
    (finding,) = found(crowd.put(O1, Table.FDB, ()).put(O1, Table.NEIGHBOURS, ()))
    assert (finding.check, finding.subject) == ("fdb-lost", "many members")
    assert "7 members" in finding.says
    assert finding.evidence[-1].text == "and 1 more"
    assert len(finding.remedies[0].commands) == 2 * 7


def test_more_than_three_rows_left_over_are_one_finding() -> None:
    rows = [made.fdb(f"02:42:0a:0d:11:8{n}", VXLAN, vtep(2)) for n in range(5)]
    (finding,) = found(town().beside(O1, Table.FDB, *rows))
    assert (finding.check, finding.subject) == ("fdb-stale", "many rows")
    assert len(finding.remedies[0].commands) == len(rows)


def _crowd(more: int) -> Town:
    """Return a town with more members on node2, which only the gossip of node1 tells of."""
    crowd = town().alone()
    told = [Member(f"m{n}", f"m{n}", f"10.13.17.{50 + n}", vtep(2), "", local=False) for n in range(more)]
    first = crowd.intents[0]
    return replace(crowd, intents=(replace(first, members=(*first.members, *told)),))


def test_a_link_that_is_down_beneath_explains_what_follows_from_it() -> None:
    down = (
        named("gossip cut")
        .change(town())
        .instead(N1, Table.LINKS, cable(1), cable(1, flags=DOWN))
        .put(N1, Table.ROUTES4, ())
        .instead(N2, Table.LINKS, cable(2), cable(2, flags=NO_CARRIER))
        .put(N2, Table.NEIGHBOURS, (made.neigh(vtep(1), NOBODYS, ETH0),))
    )
    assert names(down) == ["underlay-down"]


def test_a_filter_of_the_gossip_and_what_is_lost_by_it_are_told_and_not_that_a_node_is_down() -> None:
    foot = Underfoot(MANAGER, (Drop("-A INPUT -p udp -m udp --dport 7946 -j DROP", 7946),), 0)
    cut = named("gossip cut").change(town())
    assert names(cut) == ["gossip-lagging"]
    for node in (N1, N2):
        filtered = replace(cut, underfoot={**cut.underfoot, node: foot})
        assert names(filtered) == ["filtered", "gossip-lagging"]
        assert names(named("peer-missing").change(filtered)) == ["filtered", "gossip-lagging"]


def test_a_device_that_is_down_explains_its_rows_and_only_its_own() -> None:
    both = named("vxlan-down").change(town()).without(O2, Table.FDB, row(DOCKER1N))
    assert sorted(names(both)) == ["fdb-lost", "vxlan-down"]


def test_dockers_own_rule_of_encrypted_networks_is_no_filter() -> None:
    rule = "-A INPUT -p udp -m udp --dport 4789 -m u32 --u32 0x0 -m policy --dir in --pol none -j DROP"
    foot = Underfoot(MANAGER, (Drop(rule, 4789),), 2)
    assert found(replace(town(), underfoot={N1: foot})) == ()


def test_sockets_that_could_not_be_read_are_not_missed() -> None:
    assert found(replace(town(), underfoot={N1: Underfoot(gaps=("its sockets cannot be read",))})) == ()


def test_a_sandbox_of_an_engine_that_does_not_answer_is_not_left_over() -> None:
    left = named("leftover").change(town())
    assert names(left) == ["leftover"]
    assert found(left.silent()) == ()


def test_a_namespace_that_only_a_descriptor_holds_is_told_where_it_has_a_vni() -> None:
    number = 79
    empty = replace(
        town(),
        tables=town().tables | {number: {Table.LINKS: ()}},
        identities=town().identities | {number: Identity("net:[79]", Kind.OTHER, "made")},
        mounts={number: Mount(1, 50, "/elsewhere")},
    )
    assert found(empty) == ()


def test_a_second_address_that_nothing_prefers_is_no_fault() -> None:
    assert found(town().beside(N2, Table.ADDRESSES, addr("192.168.56.202", 24, ETH0))) == ()


def test_a_virtual_address_of_a_service_on_two_nodes_is_no_duplicate() -> None:
    shared = town()
    for one in GUESTS:
        if one.kind is Kind.LOADBALANCER:
            shared = shared.beside(one.number, Table.ADDRESSES, addr("10.13.17.5", 32, one.ifindex))
    assert found(shared) == ()


def test_misses_are_told_from_the_tenth_on_and_not_beside_the_lost_row() -> None:
    missed = {(made.key(O1), VXLAN, DOCKER2N.mac): 30}
    assert names(replace(town(), misses={(made.key(O1), VXLAN, NOBODY): 9})) == []
    assert names(replace(named("fdb-lost").change(town()), misses=missed)) == ["fdb-lost"]


def test_an_answer_given_again_makes_nothing_anew_and_a_new_one_does() -> None:
    sane = town()
    before = sane.scene()
    assert find_all(before) == ()
    again = replace(before, intents=tuple(replace(one, asked_ns=2) for one in before.intents))
    assert find_all(again) == ()
    first = before.intents[0]
    told = replace(first, members=tuple(one for one in first.members if one.name != "docker2n"))
    assert [one.check for one in find_all(replace(before, intents=(told, before.intents[1])))] == ["gossip-lagging"]
    assert find_all(before) == ()


def test_what_a_check_explains_are_checks() -> None:
    known = {check.name for check in CHECKS}
    assert {name for check in CHECKS for name in check.explains} <= known


def test_a_port_that_is_seen_from_one_end_only_is_not_taken_for_missing() -> None:
    assert found(town().hidden(DOCKER2N.number).silent()) == ()


def test_a_member_that_its_own_engine_does_not_have_any_more_is_told() -> None:
    stale = replace(
        town(),
        intents=(
            replace(
                town().intents[0],
                members=(*town().intents[0].members, Member("old", "old", NOBODY, vtep(2), "", local=False)),
            ),
            town().intents[1],
        ),
    )
    lags = [one.says for one in found(stale) if one.check == "gossip-lagging"]
    assert len(lags) == 1
    assert "still lists old on node2" in lags[0]


def test_an_overlay_of_which_nobody_tells_the_network_is_judged_by_its_own_rows() -> None:
    nameless = town().silent()
    identities = {
        **nameless.identities,
        O1: Identity("net:[1]", Kind.OTHER, "made"),
        O2: Identity("net:[2]", Kind.OTHER, "made"),
    }
    nameless = replace(nameless, identities=identities)
    assert found(nameless) == ()
    assert names(nameless.without(O1, Table.FDB, row(DOCKER2N))) == ["fdb-lost"]
