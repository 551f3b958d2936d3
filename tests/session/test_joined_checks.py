"""What is wrong on two machines is found from one place, as if both were one; and the way leads over both."""

import struct
from dataclasses import replace
from pathlib import Path

import pytest

from ovltui.checks.cases import Case, Standing
from ovltui.checks.finding import Evidence, Finding, Remedy, Severity
from ovltui.checks.table import find_all
from ovltui.kernel.wire import Rtm, Table, attribute, message
from ovltui.netns.model import NetnsKey
from ovltui.session.hosts import HostState
from ovltui.session.joined import JoinedSession
from ovltui.session.joined_findings import OWN_CHECKS, JoinedFindings
from ovltui.session.judged import Judged
from ovltui.session.translate_checks import mark_of, under_marks
from ovltui.topology.builder import build
from ovltui.topology.endpoints import Endpoints
from ovltui.topology.hops import Verdict, Way
from ovltui.topology.path import path
from tests.checks.faults import FAULTS, Fault
from tests.checks.town import DOCKER1N, DOCKER2N, ETH0, GUESTS, NETWORK, Town, host, overlay, row, town, vtep
from tests.session.joining import PATIENCE_S, await_true
from tests.session.twotowns import joined_town, machines

OF_ONE_MACHINE = {
    "stray-vxlan of a network that its engine does not know": "it stands in a namespace of its own",
    "leftover": "it is a namespace of its own",
    "vni-clash of networks": "the URLs of engines differ",
    "underlay-down": "each of two machines has an end of its own of the wire between them",
}
"""Faults that two machines tell otherwise than one, and why."""
PUBLISHED = ("nats://127.0.0.1:4222/node1", "nats://127.0.0.1:4222/node2")
TOLD_ALIKE = [fault for fault in FAULTS if fault.check not in OWN_CHECKS and fault.name not in OF_ONE_MACHINE]


def found(session: JoinedSession) -> list[tuple[str, str]]:
    """Return what is wrong, as the checks on the whole find it."""
    findings = JoinedFindings(session, session.wiring)
    findings._look()
    return sorted((case.finding.check, case.finding.subject) for case in findings.cases())


def _local(address: str, ifindex: int) -> bytes:
    body = struct.pack("=BBBBBBBBI", 2, 32, 0, 0, 255, 2, 254, 2, 0)
    packed = bytes(map(int, address.split(".")))
    return message(Rtm.NEWROUTE, 0, 0, body + attribute(1, packed) + attribute(4, struct.pack("=I", ifindex)))


def with_routes(made: Town) -> Town:
    """Return a town whose namespaces take what is sent to them."""
    for node in (1, 2):
        made = made.beside(host(node), Table.ROUTES4, _local(vtep(node), ETH0))
    for guest in GUESTS:
        made = made.beside(guest.number, Table.ROUTES4, _local(guest.address, guest.ifindex))
    return made


@pytest.mark.parametrize("fault", TOLD_ALIKE, ids=[fault.name for fault in TOLD_ALIKE])
def test_a_fault_of_two_machines_is_the_one_that_one_machine_would_tell(fault: Fault, tmp_path: Path) -> None:
    changed = fault.change(town())
    session = joined_town(changed, tmp_path)
    try:
        assert found(session) == sorted((one.check, one.subject) for one in find_all(changed.scene()))
    finally:
        session.close()


def test_nothing_is_wrong_with_two_machines_that_are_as_they_should_be(tmp_path: Path) -> None:
    session = joined_town(town(), tmp_path)
    try:
        session.start_checks()
        findings = session.findings
        assert findings
        await_true(lambda: findings.looked.when_ns)
        assert findings.cases() == ()
        assert findings.gaps() == ()
        assert findings.told()[NETWORK, DOCKER2N.address] == "docker2n"
    finally:
        session.close()


def test_a_lost_forwarding_entry_of_the_other_machine_is_found_and_mended_by_a_command_that_goes_there(
    tmp_path: Path,
) -> None:
    session = joined_town(town().without(overlay(2), Table.FDB, row(DOCKER1N)), tmp_path)
    try:
        session.start_checks()
        findings = session.findings
        assert findings
        await_true(findings.cases)
        (case,) = findings.cases()
        assert case.finding.check == "fdb-lost"
        assert case.finding.netns == NetnsKey("node2", 2)
        assert findings.of(NetnsKey("node2", 2)) == (case,)
        (command,) = case.finding.remedies[0].commands
        assert command.startswith("ssh -t node2 sudo nsenter --net=/proc/1/root/run/docker/netns/n2 bridge fdb")
    finally:
        session.close()


def own_finding(commands: tuple[str, ...]) -> Judged:
    """Return what only the machine itself can find."""
    finding = Finding(
        *("filtered", Severity.ERROR, NetnsKey("node2", 1), None, "port 4789", "A rule drops VXLAN.", "Nothing comes."),
        (Evidence("iptables -S", "-A INPUT -p udp --dport 4789 -j DROP"),),
        remedies=(Remedy(commands, "None."),),
    )
    return Judged((Case(finding, Standing.OPEN, 5, None, seen_ns=5),))


def test_what_only_a_machine_itself_can_find_is_told_once_with_the_way_there(tmp_path: Path) -> None:
    rule = "iptables -D INPUT -p udp --dport 4789 -m comment --comment 'it's' -j DROP"
    session = joined_town(town(), tmp_path, {2: own_finding(("ip link", rule))})
    try:
        session.start_checks()
        findings = session.findings
        assert findings
        await_true(findings.cases)
        (case,) = findings.cases()
        assert (case.finding.check, case.finding.netns) == ("filtered", NetnsKey("node2", 1))
        plain, quoted = case.finding.remedies[0].commands
        assert plain == "ssh -t node2 sudo ip link"
        assert quoted.startswith("ssh -t node2 sudo sh -c ")
    finally:
        session.close()


def test_what_is_wrong_on_a_machine_that_is_lost_stays_wrong_as_of_then(tmp_path: Path) -> None:
    told = machines(town().without(overlay(2), Table.FDB, row(DOCKER1N)), tmp_path)
    session = JoinedSession(told)
    session.start()
    session.wait_for_hosts(PATIENCE_S)
    try:
        session.start_checks()
        findings = session.findings
        assert findings
        await_true(findings.cases)
        when = findings.looked.when_ns
        told[1].connections[0].cut("the cable was cut.")
        await_true(lambda: session.hosts[1].state is HostState.LOST)
        findings.ask()
        await_true(lambda: (findings.looked.when_ns or 0) > (when or 0))
        assert [case.finding.check for case in findings.cases()] == ["fdb-lost"]
        assert [change.case.standing for change in findings.log()] == [Standing.SETTLING]
        assert "node2 is lost: what is wrong in its own namespaces is as of then" in findings.gaps()
    finally:
        session.close()


def test_what_a_machine_had_found_before_it_was_lost_is_told_to_whoever_comes_later(tmp_path: Path) -> None:
    judged = own_finding(("ip link",))
    (case,) = judged.cases
    other = replace(case, finding=replace(case.finding, check="leftover"))
    told = machines(town(), tmp_path, {2: Judged((case, other))})
    session = JoinedSession(told)
    session.start()
    session.wait_for_hosts(PATIENCE_S)
    try:
        assert [check for check, _ in found(session)] == ["filtered"]
        told[1].connections[0].cut("its recorder ended.")
        await_true(lambda: session.hosts[1].state is HostState.LOST)
        assert [check for check, _ in found(session)] == ["filtered", "leftover"]
    finally:
        session.close()


def test_commands_for_a_machine_that_is_only_heard_stand_under_its_name(tmp_path: Path) -> None:
    lost = town().without(overlay(2), Table.FDB, row(DOCKER1N))
    session = joined_town(lost, tmp_path, {2: own_finding(("ip link", "iptables -S"))}, PUBLISHED)
    try:
        session.start_checks()
        findings = session.findings
        assert findings
        await_true(lambda: len(findings.cases()) == 2)
        remedies = {case.finding.check: case.finding.remedies[0].commands for case in findings.cases()}
        assert remedies["filtered"] == ("# on node2", "ip link", "iptables -S")
        where, command = remedies["fdb-lost"]
        assert where == "# on node2"
        assert command.startswith("nsenter --net=/proc/1/root/run/docker/netns/n2 bridge fdb")
    finally:
        session.close()


def test_commands_for_two_machines_that_are_only_heard_stand_each_under_its_name() -> None:
    marks = [mark_of(name) for name in ("web", "web: 2")]
    commands = (f"{marks[0]}ip link", f"{marks[0]}ip route", f"{marks[1]}ip neigh", "ip rule")
    finding = own_finding(commands).cases[0].finding
    (remedy,) = under_marks(finding, marks).remedies
    assert remedy.commands == ("# on web", "ip link", "ip route", "# on web: 2", "ip neigh", "# here", "ip rule")
    assert under_marks(finding, ()) is finding


def test_the_way_between_two_machines_leads_over_both_and_back(tmp_path: Path) -> None:
    session = joined_town(with_routes(town()), tmp_path)
    try:
        (one,), (other,) = session.find("docker1n"), session.find("docker2n")
        way = path(session.wiring.look(), one.netns.key, other.netns.key)
        crossed = [(hop.way, hop.netns, hop.by) for hop in way.hops if "what lies between" in hop.by]
        assert crossed == [
            (Way.THERE, "node1", "leaves by eth0: node2/eth0 has 192.168.56.102, what lies between is not visible"),
            (Way.BACK, "node2", "leaves by eth0: node1/eth0 has 192.168.56.101, what lies between is not visible"),
        ]
        assert [hop.netns for hop in way.hops if hop.way is Way.THERE][-1] == "node2:docker2n"
        assert [hop.netns for hop in way.hops if hop.way is Way.BACK][-1] == "node1:docker1n"
        assert {hop.verdict for hop in way.hops} == {Verdict.OK}
    finally:
        session.close()


def test_an_address_that_two_other_machines_have_leads_to_none(tmp_path: Path) -> None:
    session = joined_town(with_routes(town()), tmp_path)
    try:
        topology = session.wiring.look()
        (one,), (other,) = session.find("docker1n"), session.find("docker2n")
        nodes = dict(topology.nodes)
        twin = NetnsKey("node3", 1)
        there = nodes[NetnsKey("node2", 1)]
        moved = type(there.place)(twin, there.place.identity, there.place.contents)
        both = build([*(node.place for node in nodes.values()), moved])
        way = path(both, one.netns.key, other.netns.key)
        last = [hop for hop in way.hops if hop.way is Way.THERE][-1]
        assert last.netns == "node1"
        assert last.verdict is Verdict.UNKNOWN
    finally:
        session.close()


def test_behind_a_tunnel_stand_the_containers_of_the_other_machine(tmp_path: Path) -> None:
    session = joined_town(with_routes(town()), tmp_path)
    try:
        topology = session.wiring.look()
        node = topology.nodes[NetnsKey("node1", 2)]
        vxlan = node.named("vxlan0")
        assert vxlan
        (behind,) = Endpoints(topology, {}).behind(vxlan)
        assert (behind.name, behind.vtep.address) == ("node2", vtep(2))
        assert {one.name for one in behind.endpoints} == {"node2:docker2n", "node2:lb2"}
    finally:
        session.close()
