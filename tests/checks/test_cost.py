"""A look after one change asks only what the change touches; figures stand in ``tests/bench/checks.py``."""

import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from ovltui.checks.index import index
from ovltui.checks.table import find_all
from ovltui.kernel.wire import Table
from ovltui.state.tables import Contents
from tests.checks.city import FIRST_GUEST, GUESTS, NETWORKS, changed, places, scene
from tests.checks.town import ETH0, failed, host

TIMES = 5
"""How often a look after a change goes into the first one, at least; on a quiet machine about 30."""


def cost(look: Callable[[], object]) -> float:
    begun = time.thread_time()
    look()
    return time.thread_time() - begun


def test_a_look_after_one_change_makes_again_only_the_ends_of_one_network() -> None:
    found = places()
    first = scene(found)
    assert len(first.topology.nodes) == 2 * NETWORKS * (GUESTS + 1) + 2
    assert find_all(first) == ()
    before = {id(overlay) for overlay in index(first).overlays}
    lost = scene(changed(found), first)
    assert [finding.check for finding in find_all(lost)] == ["fdb-lost"]
    fresh = [overlay for overlay in index(lost).overlays if id(overlay) not in before]
    assert [overlay.network for overlay in fresh] == ["net0", "net0"]
    assert find_all(scene(found, lost)) == ()


@pytest.mark.parametrize("number", [host(1), FIRST_GUEST])
def test_what_a_node_or_a_container_remembers_of_its_neighbours_makes_nothing_anew(number: int) -> None:
    found = places()
    first = scene(found)
    assert find_all(first) == ()
    before = [id(overlay) for overlay in index(first).overlays]
    at = next(at for at, place in enumerate(found) if place.key.id == number)
    tables = {**found[at].contents.messages, Table.NEIGHBOURS: (failed("192.168.56.77", ETH0),)}
    later = scene([*found[:at], replace(found[at], contents=Contents(tables, 0, 1)), *found[at + 1 :]], first)
    assert find_all(later) == ()
    assert [id(overlay) for overlay in index(later).overlays] == before


def test_a_look_after_one_change_costs_a_part_of_the_first_one() -> None:
    found = places()
    looks = [scene(found)]
    for number in range(6):
        looks.append(scene(found if number % 2 else changed(found), looks[-1]))
    figures = [cost(lambda one=one: find_all(one)) for one in looks]  # type: ignore[misc]
    assert min(figures[1:]) * TIMES < figures[0]
