from dataclasses import replace
from pathlib import Path

import pytest

from ovltui.identity.model import Identity, Kind
from ovltui.identity.naming import identify
from ovltui.lab.description import Description
from ovltui.lab.place import Place, boot_id
from ovltui.netns.model import Mount, Netns, NetnsKey
from ovltui.session.lab_names import LabNames

IDS = {"node1": 11, "node1-mynet01": 12, "node1-lb": 13, "docker1n": 14, "node2-mynet01": 22, "docker2n": 24}
MADE = Description(boot_id(), "0123456789ab", 2, 1, whole=True, ids=IDS)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path)
    made.make()
    return made


def looked(place: Place) -> LabNames:
    names = LabNames("vm", place)
    names.look()
    return names


def netns(number: int, *, own: bool = False) -> Netns:
    mounts = (Mount(1, 50, f"/run/ovltui/lab/netns/{number}"),)
    return Netns(NetnsKey("vm", number), 4026532000 + number, number, own, mounts, ())


def test_each_namespace_is_what_docker_would_make_of_it(place: Place) -> None:
    place.write(MADE)
    given = looked(place).given
    assert {key.id: (one.name, one.kind, one.engine, one.network, one.vni) for key, one in given.items()} == {
        11: ("node1", Kind.NAMED, "lab1", None, None),
        12: ("mynet01", Kind.OVERLAY, "lab1", "mynet01", 4097),
        13: ("lb-mynet01", Kind.LOADBALANCER, "lab1", "mynet01", None),
        14: ("docker1n", Kind.CONTAINER, "lab1", "mynet01", None),
        22: ("mynet01", Kind.OVERLAY, "lab2", "mynet01", 4097),
        24: ("docker2n", Kind.CONTAINER, "lab2", "mynet01", None),
    }
    assert len({one.network_id for one in given.values() if one.network}) == 1


def test_names_that_nodes_share_are_told_apart_by_the_labels_of_the_lab(place: Place) -> None:
    place.write(MADE)
    named = identify([netns(number) for number in IDS.values()], (), {}, given=looked(place).given)
    assert {key.id: one.name for key, one in named.items()} == {
        11: "node1",
        12: "mynet01@lab1",
        13: "lb-mynet01",
        14: "docker1n",
        22: "mynet01@lab2",
        24: "docker2n",
    }


def test_a_container_of_an_engine_and_one_of_the_lab_of_the_same_name_are_told_apart(place: Place) -> None:
    place.write(MADE)
    real = Identity("docker1n", Kind.CONTAINER, "an engine says so", engine="node1")
    given = {**looked(place).given, NetnsKey("vm", 99): real}
    named = identify([netns(14), netns(99)], (), {}, given=given)
    assert {key.id: one.name for key, one in named.items()} == {14: "docker1n@lab1", 99: "docker1n@node1"}


def test_our_own_namespace_stays_host_also_inside_the_lab(place: Place) -> None:
    place.write(MADE)
    named = identify([netns(14, own=True)], (), {}, given=looked(place).given)
    assert named[NetnsKey("vm", 14)].kind is Kind.HOST


def test_an_id_that_the_lab_does_not_have_is_not_given_a_name(place: Place) -> None:
    place.write(MADE)
    named = identify([netns(99)], (), {}, given=looked(place).given)
    assert named[NetnsKey("vm", 99)].kind is Kind.OTHER


def test_a_lab_that_comes_changes_and_goes_is_noticed(place: Place) -> None:
    names = looked(place)
    assert not names.given
    place.write(replace(MADE, ids={}))
    names.look()
    assert not names.given
    place.write(MADE)
    names.look()
    assert len(names.given) == len(IDS)
    place.clear()
    names.look()
    assert (dict(names.given), names.gaps) == ({}, ())


def test_a_description_of_another_boot_names_nothing(place: Place) -> None:
    place.write(replace(MADE, boot="another"))
    assert not looked(place).given


def test_a_description_that_nobody_understands_is_a_gap_once(place: Place, tmp_path: Path) -> None:
    (tmp_path / "lab/description.json").write_text("\x1b[31m")
    names = looked(place)
    assert not names.given
    (gap,) = names.gaps
    assert "\x1b" not in gap
    assert "no description of a lab" in gap
    place.write(MADE)
    names.look()
    assert names.gaps == ()
