"""A link has its name of the moment, and a dump never overrules an event that came after it."""

from typing import Any

from ovltui.state.addresses import Address, Addresses, address_from
from ovltui.state.links import Link, Links, link_from


def link(ifindex: int, ifname: str, *, up: bool = True) -> Link:
    return Link(ifindex, ifname, "", up=up, master=None, peer=None, peer_nsid=None, vni=None)


def names(links: Links) -> dict[int, str]:
    return {one.ifindex: one.ifname for one in links.now}


def test_a_link_is_called_what_it_was_called_then() -> None:
    links = Links()
    links.learn(10, link(7, "veth0"))
    links.learn(20, link(7, "eth0"))
    assert [links.name_at(7, seq) for seq in (10, 19, 20, 99)] == ["veth0", "veth0", "eth0", "eth0"]
    assert links.name_at(8, 10) is None


def test_before_its_first_known_name_a_link_has_that_name() -> None:
    links = Links()
    links.learn(10, link(7, "veth0"))
    assert links.name_at(7, 3) == "veth0"


def test_a_link_that_is_gone_keeps_its_name_for_its_records() -> None:
    links = Links()
    links.learn(10, link(7, "veth0"))
    links.forget(20, 7)
    assert (links.now, links.name_at(7, 15), links.name_at(7, 25)) == ((), "veth0", "veth0")


def test_an_ifindex_used_again_has_each_name_in_its_time() -> None:
    links = Links()
    links.learn(10, link(7, "old"))
    links.forget(20, 7)
    links.learn(30, link(7, "new"))
    assert [links.name_at(7, seq) for seq in (10, 29, 30)] == ["old", "old", "new"]


def test_links_stand_by_ifindex() -> None:
    links = Links()
    for ifindex in (5, 1, 3):
        links.learn(ifindex, link(ifindex, f"l{ifindex}"))
    assert [one.ifindex for one in links.now] == [1, 3, 5]


def test_the_oldest_names_of_one_that_is_renamed_all_the_time_are_forgotten() -> None:
    links = Links()
    for seq in range(1000):
        links.learn(seq, link(7, f"n{seq}"))
    assert [links.name_at(7, seq) for seq in (999, 936, 0)] == ["n999", "n936", "n936"]


def test_a_dump_brings_what_is_there_and_takes_away_what_is_not() -> None:
    links = Links()
    links.learn(5, link(7, "gone"))
    links.learn(5, link(8, "old"))
    links.load(10, [link(8, "new"), link(9, "fresh")])
    assert names(links) == {8: "new", 9: "fresh"}
    assert [links.name_at(8, seq) for seq in (9, 10)] == ["old", "new"]


def test_events_since_the_dump_began_win_over_it() -> None:
    links = Links()
    links.learn(10, link(7, "born-meanwhile"))
    links.learn(11, link(8, "renamed-meanwhile"))
    links.learn(5, link(9, "died-meanwhile"))
    links.forget(12, 9)
    links.load(10, [link(8, "before"), link(9, "died-meanwhile"), link(10, "quiet")])
    assert names(links) == {7: "born-meanwhile", 8: "renamed-meanwhile", 10: "quiet"}


def test_fields_of_a_message_become_a_link() -> None:
    fields: dict[str, Any] = {
        "ifindex": 7,
        "ifname": "vx0",
        "flags": ["BROADCAST", "UP"],
        "master": 3,
        "link_index": 12,
        "link_netnsid": 4,
        "linkinfo": {"info_kind": "vxlan", "info_data": {"id": 4097}},
    }
    assert link_from(fields) == Link(7, "vx0", "vxlan", up=True, master=3, peer=12, peer_nsid=4, vni=4097)
    vlan = {
        "ifindex": 8,
        "ifname": "v8",
        "flags": [],
        "link": 7,
        "linkinfo": {"info_kind": "vlan", "info_data": {"id": 9}},
    }
    assert link_from(vlan) == Link(8, "v8", "vlan", up=False, master=None, peer=7, peer_nsid=None, vni=None)


def test_a_link_whose_message_has_no_name_is_called_by_its_number() -> None:
    assert link_from({"ifindex": 7, "ifname": ""}).ifname == "if7"
    assert link_from({"ifindex": 7}).ifname == "if7"


ADDRESS = Address(7, "10.0.0.1", 24)


def test_addresses_come_and_go() -> None:
    addresses = Addresses()
    addresses.learn(1, ADDRESS)
    addresses.learn(2, ADDRESS)
    assert list(addresses.now) == [ADDRESS]
    addresses.forget(3, ADDRESS)
    assert list(addresses.now) == []
    addresses.learn(4, ADDRESS)
    assert list(addresses.now) == [ADDRESS]


def test_a_dump_of_addresses_gives_way_to_events_since_it_began() -> None:
    born, died, old, quiet = (Address(7, f"10.0.0.{n}", 24) for n in (2, 3, 4, 5))
    addresses = Addresses()
    addresses.learn(5, old)
    addresses.learn(5, died)
    addresses.learn(10, born)
    addresses.forget(11, died)
    addresses.load(10, [died, quiet])
    assert set(addresses.now) == {born, quiet}
    addresses.load(20, [died])
    assert addresses.now == (died,)


def test_a_removal_from_before_the_dump_does_not_outlive_it() -> None:
    addresses = Addresses()
    addresses.learn(5, ADDRESS)
    addresses.forget(6, ADDRESS)
    addresses.load(10, [ADDRESS])
    assert addresses.now == (ADDRESS,)


def test_addresses_that_tell_where_a_namespace_is_stand_ipv4_first() -> None:
    addresses = Addresses()
    for local, length in (("127.0.0.1", 8), ("fd00::7", 64), ("::1", 128), ("fe80::1", 64), ("169.254.1.1", 16)):
        addresses.learn(1, Address(1, local, length))
    addresses.learn(2, ADDRESS)
    assert addresses.telling == ("10.0.0.1/24", "fd00::7/64")


def test_an_address_that_is_none_is_not_told() -> None:
    addresses = Addresses()
    addresses.learn(1, Address(1, "0a:00:01", 24))
    addresses.learn(1, Address(1, "", 0))
    assert addresses.telling == ()


def test_the_local_address_counts_not_that_of_the_peer() -> None:
    both = {"ifindex": 7, "local": "10.0.0.1", "address": "10.0.0.2", "prefixlen": 32}
    assert address_from(both) == Address(7, "10.0.0.1", 32)
    assert address_from({"ifindex": 7, "local": None, "prefixlen": 0}) == Address(7, "", 0)
