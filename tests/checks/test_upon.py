"""A look that takes over what the one before found finds what a first look finds."""

from collections.abc import Iterable
from dataclasses import replace

from ovltui.checks.finding import Finding
from ovltui.checks.scene import Scene
from ovltui.checks.table import find_all
from ovltui.topology.builder import build
from tests.checks.faults import FAULTS
from tests.checks.town import town

_PARTS = ("netnses", "engines", "intents", "seats", "underfoot", "ways")


def upon(scene: Scene, before: Scene) -> Scene:
    """Return a scene as a session makes it after another: what is equal is the very same."""
    old = before.topology.nodes
    places = [node.place for node in scene.topology.nodes.values()]
    places = [old[place.key].place if place.key in old and old[place.key].place == place else place for place in places]
    shared = {part: getattr(before, part) for part in _PARTS if getattr(before, part) == getattr(scene, part)}
    return replace(scene, topology=build(places, before.topology), **shared)


def told(found: Iterable[Finding]) -> list[object]:
    """Return what findings say; which of two namespaces that suffer of one link is named does not matter."""
    return [(one.key, one.severity, one.says, one.evidence, one.traces, one.remedies) for one in found]


def test_each_fault_upon_the_one_before_is_found_as_at_a_first_look() -> None:
    expected = [find_all(fault.change(town()).scene()) for fault in FAULTS]
    scene = town().scene()
    assert find_all(scene) == ()
    for fault, found in zip(FAULTS, expected, strict=True):
        scene = upon(fault.change(town()).scene(), scene)
        assert told(find_all(scene)) == told(found), fault.name


def test_each_fault_that_came_and_went_leaves_nothing() -> None:
    scene = town().scene()
    assert find_all(scene) == ()
    for fault in FAULTS:
        scene = upon(fault.change(town()).scene(), scene)
        assert find_all(scene), fault.name
        scene = upon(town().scene(), scene)
        assert find_all(scene) == (), fault.name


def test_a_namespace_to_which_a_process_comes_is_judged_anew() -> None:
    fault = next(fault for fault in FAULTS if fault.name == "stray-vxlan of a network that its engine does not know")
    dead = fault.change(town()).scene()
    living = replace(dead, netnses={key: replace(netns, pids=(7,)) for key, netns in dead.netnses.items()})
    for scene, checks in ((dead, ["stray-vxlan"]), (living, []), (dead, ["stray-vxlan"])):
        assert [finding.check for finding in find_all(scene)] == checks
