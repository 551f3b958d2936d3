"""Each fault that people report, made on two real engines: found within a second by its name, and mended by its remedy.

The faults and how they are made are those of the engines' issue trackers; the commands run in the namespaces of the
first node.
"""

import itertools
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ovltui.checks.cases import Case, Standing
from ovltui.checks.finding import Finding
from ovltui.events.decode import decode
from ovltui.events.vocabulary import Action, Object
from ovltui.netns.model import NetnsKey
from ovltui.session.live import LiveSession, Options
from ovltui.session.whereabouts import where
from tests.bed.engines import TwoEngines
from tests.bed.swarm import NETWORK

FOUND_S = 1.0
"""What is promised; other patience is for a busy machine."""
PATIENCE_S = 40.0
TIMES = 5
CALM_S = 90.0
REJOINED_S = 90.0
"""Seconds within which nodes that lost each other's gossip find each other again."""
_POLL_S = 0.02
NOBODY = "10.13.17.99"
NOBODYS_MAC = "02:42:0a:0d:11:63"
LOCAL_MAC = "02:42:0a:0d:11:07"


@dataclass(frozen=True)
class Bed:
    """The engines, the session that watches them, and what the faults are made of."""

    engines: TwoEngines
    session: LiveSession
    into: str
    """Runs a command in the network's namespace on the first node."""
    mac: str
    """Of docker2n, which is on the other node."""

    @property
    def vtep(self) -> str:
        return self.engines.nodes[1].address

    def words(self) -> dict[str, str]:
        first, second = self.engines.nodes
        return {
            "in_overlay": self.into,
            "on_node": f"nsenter --net=/run/netns/{first.netns}",
            "on_other": f"nsenter --net=/run/netns/{second.netns}",
            "mac": self.mac,
            "vtep": self.vtep,
            "net": first.address.rpartition(".")[0],
            "node": first.netns,
            "other": second.netns,
        }


@dataclass(frozen=True)
class Fault:
    """One row."""

    check: str
    made: tuple[str, ...]
    where: str
    subject: str
    """What the evidence must name."""
    event: tuple[Object, Action] | None
    """What the causing event must be; None where the kernel tells of none."""
    also: tuple[str, ...] = field(default=())
    """What is truly wrong beside it."""
    undone: tuple[str, ...] = field(default=())
    """What its remedy leaves to be removed."""


FAULTS = (
    Fault(
        "fdb-lost",
        ("{in_overlay} bridge fdb del {mac} dev vxlan0 dst {vtep} self",),
        f"{NETWORK}/vxlan0",
        "{mac}",
        (Object.FDB, Action.DEL),
    ),
    Fault(
        "fdb-stale",
        (
            f"{{in_overlay}} bridge fdb add {NOBODYS_MAC} dev vxlan0 dst {{vtep}} self permanent",
            f"{{in_overlay}} ip neigh add {NOBODY} lladdr {NOBODYS_MAC} dev vxlan0 nud permanent",
        ),
        f"{NETWORK}/vxlan0",
        NOBODYS_MAC,
        (Object.FDB, Action.NEW),
    ),
    Fault(
        "fdb-wrong-vtep",
        ("{in_overlay} bridge fdb replace {mac} dev vxlan0 dst {net}.250 self permanent",),
        f"{NETWORK}/vxlan0",
        "{mac}",
        (Object.FDB, Action.NEW),
    ),
    Fault(
        "local-mac-on-vxlan",
        (f"{{in_overlay}} bridge fdb replace {LOCAL_MAC} dev vxlan0 master dynamic",),
        f"{NETWORK}/vxlan0",
        LOCAL_MAC,
        (Object.FDB, Action.NEW),
    ),
    Fault(
        "local-address-proxied",
        (f"{{in_overlay}} ip neigh add 10.13.17.7 lladdr {NOBODYS_MAC} dev vxlan0 nud permanent",),
        f"{NETWORK}/vxlan0",
        "10.13.17.7",
        (Object.NEIGH, Action.NEW),
    ),
    Fault(
        "stray-vxlan",
        ("{on_node} ip link add vx-001001-abcde type vxlan id 4097 dstport 4790",),
        "{node}/vx-001001-abcde",
        "vx-001001-abcde",
        (Object.LINK, Action.NEW),
    ),
    Fault("mtu-path", ("{on_node} ip link set eth0 mtu 1400",), "{node}/eth0", "1400", (Object.LINK, Action.CHANGE)),
    Fault("filtered", ("{on_node} iptables -I INPUT -p udp --dport 4789 -j DROP",), "{node}", "4789", None),
    Fault(
        "source-address",
        (
            "{on_other} ip address add {net}.202/24 dev eth0",
            "{on_other} ip route replace {net}.0/24 dev eth0 proto kernel scope link src {net}.202",
        ),
        "{other}/eth0",
        "{net}.202",
        (Object.ROUTE, Action.CHANGE),
        undone=("{on_other} ip address del {net}.202/24 dev eth0",),
    ),
)


def netns_path(engines: TwoEngines, start: str) -> str:
    """Return the path of a sandbox of the first engine whose name begins so."""
    node = engines.nodes[0]
    network = node.docker("network", "inspect", "-f", "{{.Id}}", NETWORK)
    return f"/proc/{node.pid}/root/run/docker/netns/{start}{network[:10]}"


@pytest.fixture(scope="module")
def bed(two_engines: TwoEngines) -> Iterator[Bed]:
    session = LiveSession(Options(docker=tuple(node.url for node in two_engines.nodes)))
    mac = two_engines.nodes[1].docker(
        "inspect", "-f", "{{range .NetworkSettings.Networks}}{{.MacAddress}}{{end}}", "docker2n"
    )
    try:
        session.start()
        session.start_engines()
        session.start_checks()
        made = Bed(two_engines, session, f"nsenter --net={netns_path(two_engines, '1-')}", mac)
        await_calm(made)
        yield made
    finally:
        session.close()


def ours(bed: Bed) -> set[NetnsKey]:
    """Return the namespaces of the two nodes, of all that there may be on this machine."""
    files = [Path("/run/netns", node.netns) for node in bed.engines.nodes]
    for node in bed.engines.nodes:
        files += Path(f"/proc/{node.pid}/root/run/docker/netns").iterdir()
    inodes = {file.stat().st_ino for file in files}
    return {netns.key for netns in bed.session.netnses if netns.inode in inodes}


def is_ours(finding: Finding, keys: set[NetnsKey]) -> bool:
    return not {finding.netns, finding.link.netns if finding.link else None}.isdisjoint(keys)


def cases(bed: Bed) -> tuple[Case, ...]:
    """Return what is wrong on the two nodes."""
    assert bed.session.findings is not None
    keys = ours(bed)
    return tuple(case for case in bed.session.findings.cases() if is_ours(case.finding, keys))


def place_of(bed: Bed, finding: Finding) -> str:
    """Return its place, without the engine that tells networks of one name apart."""
    name, slash, link = where(finding, bed.session.wiring.look(), bed.session).partition("/")
    return name.partition("@")[0] + slash + link


def await_calm(bed: Bed) -> None:
    """Wait until engines have told what they intend, all tables are read, and nothing is wrong."""
    findings = bed.session.findings
    assert findings is not None
    deadline = time.monotonic() + CALM_S
    while len(findings.intents.answers()) < len(bed.engines.nodes) or findings.looked.when_ns is None or cases(bed):
        assert time.monotonic() < deadline, cases(bed)
        time.sleep(_POLL_S)


def run(command: str) -> None:
    subprocess.run(["sh", "-ec", command], check=True, capture_output=True, text=True)


def await_case(bed: Bed, check: str) -> Case:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        found = [case for case in cases(bed) if case.finding.check == check]
        if found:
            return found[0]
        assert time.monotonic() < deadline, [case.finding.check for case in cases(bed)]
        time.sleep(_POLL_S)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.check)
def test_a_fault_is_found_by_its_name_and_mended_by_its_remedy(bed: Bed, fault: Fault) -> None:
    await_calm(bed)
    words = bed.words()
    first = bed.session.ring.end
    for command in fault.made:
        run(command.format(**words))
    case = await_case(bed, fault.check)
    finding = case.finding
    assert place_of(bed, finding) == fault.where.format(**words)
    assert any(fault.subject.format(**words) in row.text for row in finding.evidence), finding.evidence
    if fault.event:
        assert case.cause is not None
        assert case.cause >= first
        event = decode(bed.session.ring[case.cause])
        assert (event.object, event.action) == fault.event
    assert {other.finding.check for other in cases(bed)} <= {fault.check, *fault.also}
    for line in finding.remedies[0].commands:
        run(line)
    await_mended(bed, fault.check)
    for command in fault.undone:
        run(command.format(**words))


def await_mended(bed: Bed, check: str) -> None:
    """Wait until nothing is wrong; the log says last that this was mended."""
    findings, keys = bed.session.findings, ours(bed)
    assert findings is not None
    deadline = time.monotonic() + PATIENCE_S
    while cases(bed):
        assert time.monotonic() < deadline, cases(bed)
        time.sleep(_POLL_S)
    last = [change.case for change in findings.log() if is_ours(change.case.finding, keys)][-1]
    assert (last.standing, last.finding.check) == (Standing.MENDED, check)


def test_a_fault_is_found_within_a_second(bed: Bed) -> None:
    took, fault = [], FAULTS[0]
    for _ in range(TIMES):
        await_calm(bed)
        begun = time.monotonic()
        run(fault.made[0].format(**bed.words()))
        case = await_case(bed, fault.check)
        took.append(time.monotonic() - begun)
        run(case.finding.remedies[0].commands[0])
        await_mended(bed, fault.check)
    assert min(took) <= FOUND_S, took


def test_gossip_that_is_cut_is_found_when_it_lags_and_clears_by_the_remedy_of_the_filter(bed: Bed) -> None:
    await_calm(bed)
    for table, protocol in itertools.product(("INPUT", "OUTPUT"), ("udp", "tcp")):
        run(f"{bed.words()['on_other']} iptables -I {table} -p {protocol} --dport 7946 -j DROP")
    filtered = await_case(bed, "filtered")
    assert place_of(bed, filtered.finding) == bed.engines.nodes[1].netns
    deadline = time.monotonic() + CALM_S
    while not any(case.finding.check == "gossip-lagging" for case in cases(bed)):
        assert time.monotonic() < deadline, cases(bed)
        time.sleep(_POLL_S)
    filtered = await_case(bed, "filtered")
    for line in filtered.finding.remedies[0].commands:
        run(line)
    deadline = time.monotonic() + REJOINED_S
    while cases(bed):
        assert time.monotonic() < deadline, cases(bed)
        time.sleep(_POLL_S)
