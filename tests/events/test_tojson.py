"""The JSON of real messages, with links named."""

from typing import Any

from ovltui.events.decode import decode
from ovltui.events.gap import pack_gap
from ovltui.events.tojson import as_json
from tests.events.samples import NAMES, SAMPLES, gap


def _json(name: str) -> dict[str, Any]:
    return as_json(SAMPLES[name].record, NAMES)


def test_an_object_begins_with_place_and_time() -> None:
    found = _json("fdb-vtep")
    assert list(found)[:6] == ["seq", "time", "netns", "nsid", "object", "action"]
    assert (found["seq"], found["time"]) == (7, "2023-11-14T22:13:20.123456789Z")
    assert (found["netns"], found["nsid"], found["object"], found["action"]) == ("host", None, "fdb", "new")
    assert (_json("veth-arrives")["netns"], _json("veth-arrives")["nsid"]) == ("nsid 0", 0)


def test_links_are_named_under_the_keys_of_iproute2() -> None:
    assert (_json("route-link")["dev"], _json("route-link")["ifindex"]) == ("br0", 4)
    assert _json("neigh-permanent")["dev"] == "vxlan0"
    assert (_json("fdb-via")["ifname"], _json("fdb-via")["viaIf"]) == ("vxlan0", "br0")
    assert _json("fdb-bridge-static")["master"] == "br0"
    assert _json("veth-new")["link"] == "veth1"
    assert _json("netconf-written")["interface"] == "br0"
    assert _json("addr-tentative")["ifname"] == "br0"
    assert [hop["dev"] for hop in _json("route-multipath")["nexthops"]] == ["br0", "br0"]
    assert _json("mdb-new")["mdb"][0]["port"] == "veth0"


def test_the_index_of_a_link_elsewhere_stays_a_number() -> None:
    found = _json("veth-arrives")
    assert (found["link_index"], found["link_netnsid"], found["link_netns"]) == (3, 0, "blue")
    assert "link" not in found


def test_a_move_names_its_target() -> None:
    found = _json("veth-moves")
    assert (found["action"], found["new_netns"], found["new_ifindex"]) == ("move", "blue", 2)


def test_the_id_that_an_nsid_event_is_about_does_not_replace_the_place() -> None:
    found = _json("nsid-new")
    assert (found["nsid"], found["peer_nsid"], found["peer"]) == (None, 0, "blue")


def test_a_gap_has_count_and_classes_and_no_namespace() -> None:
    found = as_json(gap(pack_gap(56, 5)), NAMES)
    assert (found["object"], found["action"], found["netns"]) == ("gap", "lost", None)
    assert (found["lost"], found["classes"]) == (56, ["link", "route", "neigh"])


def test_naming_leaves_the_decoded_event_alone() -> None:
    assert _json("vxlan-new") == _json("vxlan-new")


def test_no_field_of_any_event_replaces_what_every_object_begins_with() -> None:
    for sample in SAMPLES.values():
        found, event = as_json(sample.record, NAMES), decode(sample.record)
        assert (found["object"], found["action"]) == (str(event.object), str(event.action)), sample.name
        assert found["nsid"] == (None if sample.nsid == -1 else sample.nsid)


def test_a_rule_keeps_the_names_of_its_links_and_its_own_action() -> None:
    assert _json("rule-from-to")["iif"] == "br0"
    assert (_json("rule-not")["action"], _json("rule-not")["rule_action"]) == ("new", "unreachable")
