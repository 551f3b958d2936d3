"""After a change of one part, each check says what it would say at a first look: nothing stands that rests on it."""

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest

import pytest

from ovltui.checks import index as indexes
from ovltui.checks.index import Indexer
from ovltui.checks.scene import Scene
from ovltui.checks.table import CHECKS
from ovltui.kernel.wire import Table
from tests.checks.faults import FAULTS, N1, N2, O1, O2
from tests.checks.test_upon import upon
from tests.checks.town import (
    BR0,
    DOCKER1N,
    DOCKER2N,
    ETH0,
    LB1,
    VNI,
    VXLAN,
    Town,
    addr,
    learned,
    town,
    vtep,
    vxlan0,
)
from tests.topology import made

Said = dict[str, list[str]]
Row = tuple[int, Table]
PAIRS, STEPS = 80, 100
BASES = {"": town(), " on one node": town().alone(), " without engines": town().silent()}


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> "Looks":
    return Looks(monkeypatch)


class Looks:
    """Looks upon each other."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch

    def anew(self) -> None:
        """Let the next look be the first one."""
        self._patch.setattr(indexes, "_INDEXER", Indexer())

    def compare(self, *towns: Town) -> None:
        """Look at towns, each upon the one before; each look must find what a first look at the same finds."""
        self.compare_scenes(*(one.scene() for one in towns))

    def compare_scenes(self, *scenes: Scene) -> None:
        """Do the same with scenes."""
        self.anew()
        scene, found = None, []
        for one in scenes:
            scene = upon(one, scene) if scene else one
            found.append((scene, said(scene)))
        for scene, told in found[1:]:
            self.anew()
            assert told == said(scene)


def said(scene: Scene) -> Said:
    return {check.name: sorted(map(repr, check.find(scene))) for check in CHECKS}


def rows(one: Town) -> Iterator[Row]:
    return ((number, table) for number, tables in one.tables.items() for table in tables)


def table_of(one: Town, row: Row) -> tuple[bytes, ...] | None:
    return one.tables.get(row[0], {}).get(row[1])


def differing(one: Town, other: Town) -> list[Row]:
    found = sorted({*rows(one), *rows(other)}, key=str)
    return [row for row in found if table_of(one, row) != table_of(other, row) and row[0] in one.tables]


def with_table_of(one: Town, other: Town, row: Row) -> Town:
    return one.put(*row, table_of(other, row) or ())


@pytest.mark.parametrize("base", BASES)
def test_a_row_that_goes_and_comes_back(base: str, looks: Looks) -> None:
    laid = BASES[base]
    for number, table in rows(laid):
        held = laid.tables[number][table]
        for less in (held[1:], held[:-1]):
            looks.compare(laid, laid.put(number, table, less), laid)


@pytest.mark.parametrize("base", BASES)
def test_each_table_of_each_fault_by_itself(base: str, looks: Looks) -> None:
    laid = BASES[base]
    for fault in FAULTS:
        faulty = fault.change(town())
        for row in differing(laid, faulty):
            if not base or row in differing(town(), faulty):
                looks.compare(laid, with_table_of(laid, faulty, row), laid)


def test_each_table_of_one_fault_beside_another_one(looks: Looks) -> None:
    chance = random.Random(5)
    for _ in range(PAIRS):
        one, other = (fault.change(town()) for fault in chance.sample(FAULTS, 2))
        for row in differing(one, other):
            looks.compare(one, with_table_of(one, other, row), one)


def test_all_but_tables_part_by_part(looks: Looks) -> None:
    parts = ("identities", "sights", "mounts", "engines", "intents", "seats", "underfoot", "gaps")
    for fault, following in zip_longest(FAULTS, FAULTS[1:], fillvalue=FAULTS[0]):
        one, other = fault.change(town()), following.change(town())
        for part in parts:
            if getattr(one, part) != getattr(other, part) and one.tables.keys() == other.tables.keys():
                looks.compare(one, replace(one, **{part: getattr(other, part)}), one)


def test_a_namespace_that_goes_out_of_sight_and_comes_back(looks: Looks) -> None:
    for fault in FAULTS:
        faulty = fault.change(town())
        for number in (N1, O2, DOCKER2N.number):
            looks.compare(faulty, faulty.hidden(number), faulty)


def test_numbers_that_mean_other_namespaces(looks: Looks) -> None:
    laid = town()
    for there in (LB1.number, N1, N2, O2):
        for number in (0, DOCKER1N.port):
            sights = {**laid.sights, O1: {**laid.sights[O1], number: there}}
            looks.compare(laid, replace(laid, sights=sights), laid)


@pytest.mark.parametrize("base", BASES)
def test_a_node_that_gets_another_address(base: str, looks: Looks) -> None:
    laid = BASES[base]
    moved = laid.instead(N1, Table.ADDRESSES, addr(vtep(1), 24, ETH0), addr("192.168.56.77", 24, ETH0))
    looks.compare(laid, moved, laid)


def test_a_vxlan_device_that_gets_another_vni(looks: Looks) -> None:
    fault = next(fault for fault in FAULTS if fault.check == "vni-clash" and fault.netns is not None)
    clash = fault.change(town())
    looks.compare(clash, clash.instead(O1, Table.LINKS, vxlan0(1), vxlan0(1, data=made.vxlan(VNI + 1))), clash)


def test_what_only_a_far_end_learned(looks: Looks) -> None:
    mac = "02:42:0a:0d:11:63"
    told = town().beside(O2, Table.FDB, made.fdb(mac, VXLAN, vtep(1)))
    looks.compare(told, told.beside(O1, Table.FDB, learned(mac, DOCKER1N.port, BR0)), told)


def test_a_way_into_a_node_that_is_another_one(looks: Looks) -> None:
    fault = next(fault for fault in FAULTS if fault.check == "filtered" and fault.remedy)
    scene = fault.change(town()).scene()
    looks.compare_scenes(scene, replace(scene, ways={**scene.ways, made.key(N1): "nsenter --net=/other"}), scene)


def test_a_namespace_that_was_not_read_as_a_whole(looks: Looks) -> None:
    for fault in FAULTS:
        faulty = fault.change(town())
        for number in (O1, DOCKER1N.number, N1):
            looks.compare(faulty, replace(faulty, gaps={number: ("its tables are being read again",)}), faulty)


def test_a_long_walk_from_fault_to_fault(looks: Looks) -> None:
    chance, towns = random.Random(7), [town()]
    choices = [fault.change(town()) for fault in FAULTS]
    for _ in range(STEPS):
        there = differing(towns[-1], other := chance.choice(choices))
        towns.extend([with_table_of(towns[-1], other, chance.choice(there))] if there else [])
    looks.compare(*towns)
