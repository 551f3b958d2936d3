"""What a check reads of an overlay network is noted; what it said stands exactly as long as that is the same."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ovltui import checks
from ovltui.checks import index as indexes
from ovltui.checks.change import is_alike, upon_all
from ovltui.checks.index import Indexer, index
from ovltui.checks.overlays import Overlay, Underlay
from ovltui.checks.reading import Asked, collected, remembered
from ovltui.checks.scene import Scene
from ovltui.checks.side import REMEMBERED
from ovltui.kernel.wire import Table
from ovltui.netns.model import NetnsKey
from tests.checks.faults import N1, O1, O2
from tests.checks.test_upon import upon
from tests.checks.town import DOCKER1N, DOCKER2N, ETH0, LB1, VETH1, Town, addr, failed, learned, route, town, vtep
from tests.topology import made

OTHER = "10.200.0.0/16"
PROBES: dict[str, Callable[[Overlay], object]] = {
    "rows": lambda of: of.side.rows,
    "tables": lambda of: of.side.node,
    "inside": lambda of: [one.node for one in of.side.attached],
    "far": lambda of: [side.key for side in of.far],
    "far rows": lambda of: [side.rows for side in of.far],
    "far tables": lambda of: [side.node for side in of.far],
    "far inside": lambda of: [one.node for side in of.far for one in side.attached],
    "others": lambda of: of.others,
    "rest": lambda of: (of.network, of.intent, of.ways, of.side.vteps, [one.addresses for one in of.side.attached]),
}
ALL = set(PROBES)
FAR = {"far", "far rows", "far tables", "far inside"}


def lost(number: int) -> Callable[[Town], Town]:
    return lambda town: town.put(number, Table.FDB, town.tables[number][Table.FDB][1:])


def with_route(number: int) -> Callable[[Town], Town]:
    return lambda town: town.beside(number, Table.ROUTES4, route(OTHER, VETH1))


def other_intent(town: Town) -> Town:
    mine, theirs = town.intents
    return replace(town, intents=(mine, replace(theirs, members=theirs.members[1:])))


CHANGES: dict[str, tuple[Callable[[Town], Town], set[str]]] = {
    "a row": (lost(O1), {"rows", "tables"}),
    "a route of its namespace": (with_route(O1), {"rows", "tables"}),
    "a route of a container": (with_route(DOCKER1N.number), {"inside"}),
    "a neighbour of a container": (
        lambda t: t.beside(DOCKER1N.number, Table.NEIGHBOURS, failed("10.13.17.99", 3)),
        set(),
    ),
    "a row of the far end": (lost(O2), {"far rows", "far tables"}),
    "a route of a container there": (with_route(DOCKER2N.number), {"far inside"}),
    "an address of a container there": (
        lambda t: t.beside(DOCKER2N.number, Table.ADDRESSES, addr("10.13.17.98", 24, DOCKER2N.ifindex)),
        FAR,
    ),
    "no far end": (lambda t: t.hidden(O2), FAR),
    "what another engine intends": (other_intent, {"others"}),
    "an address of a container": (
        lambda t: t.beside(DOCKER1N.number, Table.ADDRESSES, addr("10.13.17.98", 24, DOCKER1N.ifindex)),
        ALL,
    ),
    "what its engine intends": (lambda t: replace(t, intents=t.intents[1:]), ALL),
    "its underlay's address": (
        lambda t: t.instead(N1, Table.ADDRESSES, addr(vtep(1), 24, ETH0), addr("192.168.56.77", 24, ETH0)),
        ALL,
    ),
}


@collected
def keys(of: Underlay) -> Iterator[NetnsKey]:
    return (one.key for one in of.overlays)


def overlay_of(scene: Scene, number: int = O1) -> Overlay:
    return next(one for one in index(scene).overlays if one.key == made.key(number))


def asked(probes: dict[str, Asked[Any, Any]], before: Any, now: Any) -> set[str]:
    """Return which probes are asked of what came in the place of another, after they were asked of that."""
    if now is before:
        return set()
    for probe in probes.values():
        probe(before)
    return {name for name, probe in probes.items() if probe(now) is not probe(before)}


def fresh_object_of(read: Callable[[Any], object]) -> Asked[Any, Any]:
    def find(of: Any) -> object:
        read(of)
        return [object()]  # tells when it was asked

    return remembered(find)


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_asked_again_after_a_change_is_what_read_of_it(name: str) -> None:
    change, expected = CHANGES[name]
    probes = {what: fresh_object_of(read) for what, read in PROBES.items()}
    scene = town().scene()
    before = overlay_of(scene)
    now = overlay_of(upon(change(town()).scene(), scene))
    assert asked(probes, before, now) == expected


@pytest.mark.parametrize(
    "name", ["a row", "a route of a container", "a row of the far end", "what another engine intends"]
)
def test_an_underlay_is_asked_again_by_what_is_read_of_its_overlays(name: str) -> None:
    change, expected = CHANGES[name]
    probes = {
        what: fresh_object_of(lambda of, read=read: [read(one) for one in of.overlays])  # type: ignore[misc]
        for what, read in PROBES.items()
    }
    scene = town().scene()
    [before, _] = index(scene).underlays
    [now, _] = index(upon(change(town()).scene(), scene)).underlays
    # A row may be of either end there: what read one of them is asked again for both.
    either = {one for read in expected for one in (read, f"far {read}", read.removeprefix("far ")) if one in PROBES}
    assert asked(probes, before, now) == either


def test_what_rests_on_a_value_stands_when_that_was_found_out_anew_and_is_the_same() -> None:
    calls = []

    @remembered
    def count(of: Overlay) -> int:
        calls.append("count")
        return len(of.side.rows.tunnels)

    @collected
    def check(of: Overlay) -> Any:
        calls.append("check")
        yield count(of)

    scene = town().scene()
    more = town().beside(O1, Table.FDB, learned("02:42:0a:0d:11:99", VETH1, 2))
    assert check(overlay_of(scene)) == (2,)
    scene = upon(more.scene(), scene)
    assert check(overlay_of(scene)) == (2,)
    assert calls == ["check", "count", "count"]
    scene = upon(lost(O1)(town()).scene(), scene)
    assert check(overlay_of(scene)) == (1,)
    assert calls == ["check", "count", "count", "count", "check"]


def test_what_an_underlay_rests_on_of_an_overlay_is_compared_by_its_value() -> None:
    @remembered
    def counts(of: Overlay) -> int:
        return len(of.side.rows.tunnels)

    probe = fresh_object_of(lambda of: [counts(one) for one in of.overlays])
    scene = town().scene()
    [before, _] = index(scene).underlays
    kept = probe(before)
    scene = upon(town().beside(O1, Table.FDB, learned("02:42:0a:0d:11:99", VETH1, 2)).scene(), scene)
    [now, _] = index(scene).underlays
    assert now is not before
    assert probe(now) is kept
    [now, _] = index(upon(lost(O1)(town()).scene(), scene)).underlays
    assert probe(now) is not kept


def test_what_fails_is_not_remembered() -> None:
    tries = iter((True, False))

    @remembered
    def find(of: Overlay) -> int:
        if next(tries):
            raise ValueError(of.network)
        return len(of.side.rows.tunnels)

    overlay = overlay_of(town().scene())
    with pytest.raises(ValueError, match="mynet01"):
        find(overlay)
    assert find(overlay) == 2


def test_an_underlay_of_which_an_overlay_went_or_is_another_is_asked_anew() -> None:
    scene = town().scene()
    [before, _] = index(scene).underlays
    assert keys(before) == (made.key(O1),)
    assert upon_all(before, before.overlays).before
    assert not upon_all(before, ()).before
    assert not upon_all(before, [replace(one, group="") for one in before.overlays]).before
    assert not upon_all(before, [*before.overlays, *before.overlays]).before


def test_of_those_attached_nothing_is_read_that_they_remember_of_their_neighbours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(indexes, "_INDEXER", Indexer())  # else who is attached is taken over
    laid = town().beside(DOCKER1N.number, Table.NEIGHBOURS, failed("10.13.17.99", 3))
    for one in overlay_of(laid.scene()).side.attached:
        assert REMEMBERED.isdisjoint(one.node.place.contents.messages)
        assert one.node.place.contents.complete is one.complete is True


def test_a_namespace_that_was_never_read_is_not_like_one_that_was() -> None:
    place = town().scene().topology.nodes[made.key(O1)].place
    assert is_alike(place, replace(place, contents=replace(place.contents, read_ns=7)))
    assert not is_alike(place, replace(place, contents=replace(place.contents, read_ns=None)))
    assert not is_alike(place, replace(place, contents=replace(place.contents, gaps=("old",))))


def test_no_other_memory_stands_between_a_check_and_what_it_reads() -> None:
    noting = {"Overlay", "Underlay", "Side", "Attached"}
    for path in Path(*checks.__path__).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and any("cache" in ast.unparse(one) for one in node.decorator_list):
                takes = {ast.unparse(one.annotation) for one in node.args.args if one.annotation}
                assert noting.isdisjoint(takes), f"{path.name}: {node.name}"


def test_who_was_attached_by_a_number_that_means_another_namespace_is_so_no_more() -> None:
    laid = town()
    scene = laid.scene()
    assert {one.key for one in overlay_of(scene).side.attached} == {made.key(one.number) for one in (LB1, DOCKER1N)}
    sights = {**laid.sights, O1: {**laid.sights[O1], DOCKER1N.port: LB1.number}}
    side = overlay_of(upon(replace(laid, sights=sights).scene(), scene)).side
    assert [one.key for one in side.attached] == [made.key(LB1.number)]
    assert side.blind


def test_what_is_out_of_sight_is_no_far_end_and_no_underlay_of_a_tunnel() -> None:
    scene = town().scene()
    assert overlay_of(scene).far
    for number in (O2, N1):
        less = replace(scene, topology=town().hidden(number).scene().topology)
        found = index(upon(less, scene))
        assert any(one.far for one in found.overlays) is not (number == O2)
        assert {one.underlay for one in found.tunnels if one.netns == made.key(O1)} == {
            None if number == N1 else made.key(N1)
        }
        assert overlay_of(scene).far
