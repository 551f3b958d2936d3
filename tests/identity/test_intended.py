"""What an engine intends is taken whole or not at all, whatever it answers."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovltui.identity.answer import MalformedAnswerError
from ovltui.identity.intended import intent, seat
from ovltui.identity.intent import Intent, Member, Peer
from ovltui.text import clean

URL = "unix:///run/docker.sock"
NETWORK: dict[str, Any] = {
    "Id": "r9o3h1gmtveuhblwoipz6zgdo",
    "Name": "mynet01",
    "Driver": "overlay",
    "IPAM": {"Config": [{"Subnet": "10.13.17.0/24", "Gateway": "10.13.17.1"}]},
    "Options": {"com.docker.network.driver.overlay.vxlanid_list": "4097,4098", "com.docker.network.driver.mtu": "1400"},
    "Containers": {
        "7417719d": {
            "Name": "docker1n",
            "EndpointID": "d2118c6c",
            "MacAddress": "02:42:0A:0D:11:07",
            "IPv4Address": "10.13.17.7/24",
        },
        "lb-mynet01": {
            "Name": "mynet01-endpoint",
            "EndpointID": "a76bad01",
            "MacAddress": "02:42:0a:0d:11:02",
            "IPv4Address": "10.13.17.2/24",
        },
    },
    "Peers": [{"Name": "2d5f882e026f", "IP": "192.168.56.101"}],
    "Services": {
        "": {
            "Tasks": [
                {
                    "Name": "docker2n",
                    "EndpointID": "3fa0bd85",
                    "EndpointIP": "10.13.17.3",
                    "Info": {"Host IP": "192.168.56.102"},
                },
                {
                    "Name": "docker1n",
                    "EndpointID": "d2118c6c",
                    "EndpointIP": "10.13.17.7",
                    "Info": {"Host IP": "192.168.56.101"},
                },
            ]
        }
    },
}
INFO = {"Swarm": {"NodeID": "p0yv", "NodeAddr": "192.168.56.101", "LocalNodeState": "active", "ControlAvailable": True}}
NODES = [
    {"ID": "p0yv", "Status": {"State": "ready", "Addr": "0.0.0.0"}, "ManagerStatus": {"Addr": "192.168.56.101:2377"}},
    {"ID": "g50b", "Status": {"State": "down", "Addr": "192.168.56.102"}},
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def changed(path: tuple[Any, ...], value: object) -> dict[str, Any]:
    """Return the answer with one value of it replaced."""
    answer = copy.deepcopy(NETWORK)
    at: Any = answer
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return answer


def paths(value: object, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for key, one in inner for path in ((*before, key), *paths(one, (*before, key)))]


def test_a_network_tells_peers_and_members_of_all_nodes() -> None:
    assert intent(URL, NETWORK, 7) == Intent(
        url=URL,
        network="r9o3h1gmtveuhblwoipz6zgdo",
        name="mynet01",
        driver="overlay",
        vni=4097,
        encrypted=False,
        subnets=("10.13.17.0/24",),
        gateways=("10.13.17.1",),
        mtu=1400,
        peers=(Peer("2d5f882e026f", "192.168.56.101"),),
        members=(
            Member("docker1n", "d2118c6c", "10.13.17.7", "192.168.56.101", "02:42:0a:0d:11:07", True, "7417719d"),
            Member("mynet01-endpoint", "a76bad01", "10.13.17.2", "", "02:42:0a:0d:11:02", True, "lb-mynet01"),
            Member("docker2n", "3fa0bd85", "10.13.17.3", "192.168.56.102", "", False),
        ),
        asked_ns=7,
    )


@pytest.mark.parametrize(("option", "encrypted"), [("", True), ("true", True), ("false", False)])
def test_the_option_says_whether_a_network_is_encrypted(option: str, encrypted: bool) -> None:
    assert intent(URL, changed(("Options", "encrypted"), option), 0).encrypted is encrypted


def test_a_manager_tells_the_nodes_and_a_leader_its_address() -> None:
    told = seat(URL, INFO, NODES)
    assert (told.state, told.node, told.address, told.manager) == ("active", "p0yv", "192.168.56.101", True)
    assert told.nodes == (("p0yv", "192.168.56.101", "ready"), ("g50b", "192.168.56.102", "down"))


def test_an_engine_outside_of_a_swarm_has_an_empty_seat() -> None:
    told = seat(URL, {"Swarm": {"NodeID": "", "LocalNodeState": "inactive"}}, None)
    assert (told.state, told.node, told.address, told.manager, told.nodes) == ("inactive", "", "", False, ())


def test_what_is_null_is_empty() -> None:
    empty = {**NETWORK, "Containers": None, "Services": None, "Peers": None, "Options": None, "IPAM": None}
    told = intent(URL, empty, 0)
    assert (told.members, told.peers, told.subnets, told.vni, told.mtu) == ((), (), (), None, None)


def test_names_are_cleaned() -> None:
    told = intent(URL, changed(("Services", "", "Tasks", 0, "Name"), "a\x1b[31m"), 0)
    assert "a\\x1b[31m" in [member.name for member in told.members]


@given(path=st.sampled_from(paths(NETWORK)), value=JSON)
def test_an_answer_that_is_changed_anywhere_is_read_whole_or_refused(path: tuple[Any, ...], value: object) -> None:
    try:
        told = intent(URL, changed(path, value), 0)
    except MalformedAnswerError:
        return
    texts = (told.name, told.network, *(text for one in told.members for text in (one.name, one.address, one.mac)))
    assert all(clean(text) == text for text in texts)


@given(info=JSON, nodes=JSON)
def test_any_seat_is_read_or_refused(info: object, nodes: object) -> None:
    try:
        seat(URL, {"Swarm": info}, nodes)
    except MalformedAnswerError:
        return
