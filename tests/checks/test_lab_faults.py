"""Each fault of a lab is found by its check, out of the kernel's tables alone, and its remedy mends it."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ovltui.checks.finding import Finding
from ovltui.checks.table import find_all
from ovltui.kernel import inside
from ovltui.lab import trouble
from ovltui.lab.faults import FAULTS, fault
from ovltui.lab.place import Place
from ovltui.lab.plan import Plan
from ovltui.lab.victims import Victims
from tests.checks.labscene import LabScene, lab_scene
from tests.lab.world import lab

pytestmark = pytest.mark.needs_root
NAMES = {"neigh-stale": "neigh-wrong", "wrong-vtep": "fdb-wrong-vtep", "mtu": "mtu-path"}
"""Checks that are not called as the fault, since they find more than it."""
PLACES = {
    "address-lost": ("docker1n", "eth0"),
    "fdb-lost": ("mynet01", "vxlan0"),
    "fdb-stale": ("mynet01", "vxlan0"),
    "filtered": ("node1", ""),
    "local-address-proxied": ("mynet01", "vxlan0"),
    "local-mac-on-vxlan": ("mynet01", "vxlan0"),
    "mtu": ("node1", "eth0"),
    "neigh-lost": ("mynet01", "vxlan0"),
    "neigh-stale": ("mynet01", "vxlan0"),
    "port-down": ("mynet01", "veth1"),
    "port-out": ("mynet01", "veth1"),
    "route-lost": ("docker1n", "eth0"),
    "source-address": ("node2", "eth0"),
    "stray-vxlan": ("node1", "vx-001001-"),
    "underlay-down": ("node1", "eth0"),
    "vxlan-down": ("mynet01", "vxlan0"),
    "wrong-vtep": ("mynet01", "vxlan0"),
}
CARRIER_S = 30.0
"""The kernel tells that a link has its carrier back a second after it has, and later where it is busy."""


@pytest.fixture(scope="module")
def built() -> Iterator[tuple[Place, Plan, LabScene]]:
    directory = tempfile.TemporaryDirectory(prefix="ovltui-checks-test-")
    with directory as path, lab(Path(path)) as (place, plan), lab_scene(place, plan) as scene:
        yield place, plan, scene


@pytest.fixture
def scene(built: tuple[Place, Plan, LabScene]) -> Iterator[LabScene]:
    """The lab, mended again whatever the test did."""
    place, plan, scene = built
    yield scene
    described, _ = trouble.running(place)
    known = fault(described.fault)
    if known and not trouble.examine(described, plan).right:
        trouble.run_all(known.mends(Victims(plan)), described, plan)
    assert trouble.check(place).right


def _names(found: tuple[Finding, ...]) -> set[str]:
    return {one.check for one in found}


def await_found(scene: LabScene, names: set[str]) -> tuple[Finding, ...]:
    """Look until what is found has these names."""
    deadline = time.monotonic() + CARRIER_S
    while _names(found := find_all(scene.look())) != names:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found


def place_of(scene: LabScene, finding: Finding) -> tuple[str, str]:
    topology = scene.look().topology
    node = topology.node(finding.netns)
    link = topology.link(finding.link) if finding.link else None
    return node.name if node else "", link.ifname if link else ""


@pytest.mark.parametrize("name", [one.name for one in FAULTS])
def test_a_fault_is_found_alone_by_its_name_and_mended_by_its_remedy(
    built: tuple[Place, Plan, LabScene], scene: LabScene, name: str
) -> None:
    if name == "filtered" and not inside.is_installed("iptables"):
        pytest.skip("needs iptables, which is not installed")
    known = fault(name)
    assert known is not None
    await_found(scene, set())
    trouble.put_in(built[0], known)
    (finding,) = await_found(scene, {NAMES.get(name, name)})
    netns, ifname = place_of(scene, finding)
    assert netns == PLACES[name][0]
    assert ifname.startswith(PLACES[name][1])
    assert finding.evidence
    for command in finding.remedies[0].commands:
        subprocess.run(["sh", "-ec", command], check=True, capture_output=True, text=True)
    await_found(scene, set())


def test_every_fault_of_the_lab_has_a_place_here() -> None:
    assert PLACES.keys() == {one.name for one in FAULTS}
