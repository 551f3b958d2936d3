"""What a filter lets through."""

import pytest

from ovltui.events.filter import FilterError, devices, parse
from ovltui.events.gap import pack_gap
from ovltui.events.line import line
from tests.events.samples import NAMES, SAMPLES, gap


def _passing(text: str) -> set[str]:
    found = parse(text)
    return {name for name, sample in SAMPLES.items() if found.matches(line(sample.record, NAMES))}


@pytest.mark.parametrize(
    ("text", "name", "passes"),
    [
        ("", "veth-new", True),
        ("02:42:0a:0d:11:03", "fdb-vtep", True),
        ("fd00:13::3", "neigh6", True),
        ("PERMANENT", "neigh-permanent", True),
        ("PERMANENT", "fdb-vtep", False),
        ("permanent", "neigh-permanent", True),
        ("permanent vxlan0", "neigh-permanent", True),
        ("permanent br0", "neigh-permanent", False),
        ("!permanent", "neigh-permanent", False),
        ("!permanent", "neigh-failed", True),
        ("dev 10.13.17.3", "neigh-permanent", True),
        ('"dev 10.13.17.3"', "neigh-permanent", False),
        ('"10.13.17.3 dev"', "neigh-permanent", True),
        ('!"10.13.17.3 dev"', "neigh-permanent", False),
        ("/^host 10[.]13/", "neigh-permanent", True),
        ("/11:0[45]/", "fdb-vtep", False),
        ("!/11:0[45]/", "fdb-vtep", True),
        ("/via br\\d/", "fdb-via", True),
        ("/PERM\\S+$/", "neigh-permanent", True),
        ("/Perm/", "neigh-permanent", False),
        ("netns:host", "veth-new", True),
        ("netns:host", "veth-arrives", False),
        ("!netns:host", "veth-arrives", True),
        ('netns:"nsid 0"', "veth-arrives", True),
        ("netns:/^h/", "veth-new", True),
        ("dev:br0", "route-link", True),
        ("dev:veth1", "veth-new", False),
        ("dev:veth0", "veth-new", True),
        ("dev:br0", "netconf-written", True),
        ("dev:br0", "port-leaves", True),
        ("object:fdb", "fdb-vtep", True),
        ("kind:route", "route-link", True),
        ("kind:route", "neigh6", False),
        ("action:miss", "miss-l2", True),
        ("action:?", "miss-l2", True),
        ("action:move", "veth-moves", True),
        ("action:→", "veth-moves", True),
        ("/run/netns", "veth-new", False),
        ("1.5", "veth-new", False),
    ],
)
def test_a_filter_passes_what_it_says(text: str, name: str, *, passes: bool) -> None:
    assert (name in _passing(text)) is passes


def test_a_dot_outside_slashes_is_a_dot() -> None:
    assert _passing("10.13.17.3") == {"neigh-permanent", "neigh-failed"}


def test_a_gap_passes_every_filter() -> None:
    assert parse("nothing-has-this netns:nowhere").matches(line(gap(pack_gap(1, 0)), NAMES))


@pytest.mark.parametrize(
    ("text", "says"),
    [("/[/", "invalid"), ('"open', "not closed"), ("object:cow", "no object 'cow'"), ("action:x", "no action")],
)
def test_what_cannot_be_meant_is_said_in_a_sentence(text: str, says: str) -> None:
    with pytest.raises(FilterError, match=says) as raised:
        parse(text)
    assert str(raised.value).endswith(".")
    assert "\n" not in str(raised.value)


def test_devices_are_all_the_links_of_a_line() -> None:
    found = list(devices(line(SAMPLES["route-multipath"].record, NAMES)))
    assert found == ["br0", "br0"]
    assert list(devices(line(SAMPLES["veth-new"].record, NAMES))) == ["veth0"]
    assert list(devices(line(SAMPLES["mdb-new"].record, NAMES))) == ["br0", "veth0"]
