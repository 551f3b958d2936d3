"""Each fault shows the symptom that is told of it, and counts as repaired only when it is."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from ovltui.errors import OvltuiError, UsageError
from ovltui.kernel import inside
from ovltui.kernel.echo import Echo, answered
from ovltui.kernel.namespace import opened, visit
from ovltui.lab import trouble
from ovltui.lab.description import Description
from ovltui.lab.faults import FAULTS, Fault, Symptom, fault
from ovltui.lab.place import Place
from ovltui.lab.plan import Plan
from ovltui.lab.trouble import LARGE, SMALL, Lost
from ovltui.lab.victims import Victims
from tests.lab.world import lab

pytestmark = pytest.mark.needs_root
NAMES = [one.name for one in FAULTS]
SIZES: dict[Symptom, set[int]] = {
    Symptom.SILENCE: {SMALL, LARGE},
    Symptom.LARGE: {LARGE},
    Symptom.NEAR: set(),
    Symptom.ROWS: set(),
}
"""Sizes of pings that are lost between docker1n and docker2n."""


def is_symptom(symptom: Symptom, lost: Sequence[Lost]) -> bool:
    """Whether the pings that were lost are those that a symptom tells of."""
    sizes = {one.bytes for one in lost if {one.source, one.target} == {"docker1n", "docker2n"}}
    near = ("docker1n", "lb-mynet01", SMALL) in [(one.source, one.target, one.bytes) for one in lost]
    return sizes == SIZES[symptom] and (near or symptom is not Symptom.NEAR)


@pytest.fixture(scope="module")
def built() -> Iterator[tuple[Place, Plan]]:
    with tempfile.TemporaryDirectory(prefix="ovltui-lab-test-") as directory, lab(Path(directory)) as made:
        yield made


@pytest.fixture
def place(built: tuple[Place, Plan]) -> Iterator[Place]:
    """The lab, mended again whatever the test did."""
    place, plan = built
    yield place
    described, _ = trouble.running(place)
    if known := fault(described.fault):
        trouble.run_all(known.mends(Victims(plan)), described, plan)
        assert trouble.check(place).right


def mend(place: Place, known: Fault, only: slice = slice(None)) -> None:
    described, plan = trouble.running(place)
    trouble.run_all(known.mends(Victims(plan))[only], described, plan)


def known(name: str) -> Fault:
    found = fault(name)
    assert found is not None
    return found


def usable(name: str) -> Fault:
    if name == "filtered" and not inside.is_installed("iptables"):
        pytest.skip("needs iptables, which is not installed")
    return known(name)


def ping(place: Place, source: int, target: int, size: int = trouble.SMALL) -> bool:
    _, plan = trouble.running(place)
    echo = Echo(plan.containers[target].address, size)
    with opened(plan.path(plan.containers[source].space)) as namespace:
        return echo in visit(namespace.fd, lambda: answered((echo,), 0.4))


@pytest.mark.parametrize("name", NAMES)
def test_a_fault_has_its_symptom_until_it_is_mended(place: Place, name: str) -> None:
    chosen = usable(name)
    assert ping(place, 0, 1)
    assert trouble.put_in(place, chosen) == chosen.symptom
    assert ping(place, 0, 1) == (SMALL not in SIZES[chosen.symptom])
    assert ping(place, 0, 1, trouble.LARGE) == (LARGE not in SIZES[chosen.symptom])
    verdict = trouble.check(place)
    assert not verdict.right
    assert is_symptom(chosen.symptom, verdict.lost)
    assert verdict.hidden
    mend(place, chosen)
    verdict = trouble.check(place)
    assert verdict.right, verdict
    assert verdict.fault == name
    assert ping(place, 0, 1, trouble.LARGE)
    assert trouble.running(place)[0].fault == ""


@pytest.mark.parametrize(
    "name",
    ["source-address", "stray-vxlan", "underlay-down", "vxlan-down", "fdb-stale"],
    ids=lambda name: f"{name}-half-mended",
)
def test_half_a_repair_is_none(place: Place, name: str) -> None:
    chosen = known(name)
    trouble.put_in(place, chosen)
    mend(place, chosen, slice(-1))
    assert not trouble.check(place).right
    assert trouble.running(place)[0].fault == name
    mend(place, chosen, slice(-1, None))
    assert trouble.check(place).right


def test_a_row_that_traffic_taught_does_not_count_as_a_repair(place: Place) -> None:
    trouble.put_in(place, known("fdb-lost"))
    assert not ping(place, 0, 1)
    assert ping(place, 1, 0)  # what comes in teaches vxlan0
    assert ping(place, 0, 1)
    verdict = trouble.check(place)
    assert not verdict.right
    assert verdict.lost == ()
    assert not verdict.hidden
    assert ["fdb 02:42:0a:0d:11:0c" in fact.text for fact in verdict.missing] == [True]


def test_what_a_container_still_remembers_is_told_once_the_tables_are_right(place: Place) -> None:
    chosen = known("neigh-stale")
    trouble.put_in(place, chosen)
    assert not ping(place, 0, 1)  # now docker1n believes in the wrong address
    mend(place, chosen, slice(-1))
    verdict = trouble.check(place)
    assert not verdict.right
    assert not verdict.hidden
    assert [fact.text for fact in verdict.beyond] == ["neigh 10.13.17.12 dev eth0 lladdr 02:42:0a:0d:11:fa"]


def test_a_vni_that_a_stray_link_holds_is_refused_to_another_link(place: Place) -> None:
    trouble.put_in(place, known("stray-vxlan"))
    described, plan = trouble.running(place)
    words = "ip link add again type vxlan id 4097 dstport 4789 proxy l2miss l3miss"
    with pytest.raises(OvltuiError, match=r"File exists|already exists"):
        trouble.run_all((Victims(plan).on_node(words),), described, plan)


def test_one_fault_at_a_time(place: Place) -> None:
    trouble.put_in(place, known("port-down"))
    with pytest.raises(OvltuiError, match="a fault is in already"):
        trouble.put_in(place, known("mtu"))


def test_no_fault_is_put_into_a_lab_that_is_not_as_it_was_built(place: Place) -> None:
    described, plan = trouble.running(place)
    at = Victims(plan)
    trouble.run_all((at.on_node("ip link set eth0 mtu 1499"),), described, plan)
    try:
        with pytest.raises(OvltuiError, match="not as it was built"):
            trouble.put_in(place, known("port-down"))
        assert trouble.running(place)[0].fault == ""
    finally:
        trouble.run_all((at.on_node("ip link set eth0 mtu 1500"),), described, plan)


def test_hints_come_one_by_one_and_the_last_is_the_remedy(place: Place) -> None:
    chosen = known("mtu")
    trouble.put_in(place, chosen)
    assert [trouble.hint(place) for _ in chosen.hints] == list(chosen.hints)
    remedy = trouble.hint(place)
    assert remedy == trouble.hint(place)
    assert remedy.endswith("/lab/netns/node1 -- ip link set eth0 mtu 1500")


def test_there_are_no_hints_without_a_fault(place: Place) -> None:
    with pytest.raises(OvltuiError, match="no fault is in"):
        trouble.hint(place)


def test_a_fault_whose_command_is_missing_is_said_and_never_chosen(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inside, "is_installed", lambda command: command != "iptables")
    with pytest.raises(OvltuiError, match="iptables, which is not installed"):
        trouble.put_in(place, known("filtered"))
    assert all(trouble.choose(None).name != "filtered" for _ in range(100))


def test_a_fault_that_could_not_be_put_in_leaves_none(place: Place) -> None:
    failing = Fault("port-down", Symptom.SILENCE, (), lambda at: (at.on_node("ip link set nobody up"),), lambda _: ())
    with pytest.raises(OvltuiError, match="nobody"):
        trouble.put_in(place, failing)
    assert trouble.running(place)[0].fault == ""
    assert trouble.check(place).right


def test_names_of_faults_differ_and_unknown_ones_are_refused() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert all(1 <= len(one.hints) <= 3 for one in FAULTS)
    with pytest.raises(UsageError, match="--list"):
        trouble.choose("nothing")


def test_no_hint_names_its_fault() -> None:
    plan = Description("", "0" * 12, 2, 1).plan("/d")
    for one in FAULTS:
        said = " ".join(one.hints)
        assert one.name not in said
        assert not any(" ".join(command.words) in said for command in one.mends(Victims(plan)))


def test_a_lab_of_three_nodes_can_be_broken_and_mended(ground: Path) -> None:
    with lab(ground, nodes=3, containers=2) as (place, _):
        for name in ("wrong-vtep", "vxlan-down"):
            trouble.put_in(place, known(name))
            assert not trouble.check(place).right
            mend(place, known(name))
            assert trouble.check(place).right
