"""What the NETNS argument of a command may mean."""

import pytest

from ovltui.identity.match import match
from ovltui.identity.model import Container, EngineView, Network
from ovltui.identity.naming import identify
from ovltui.netns.model import Mount, Netns, NetnsKey

MYNET = "okfzomfbkzgr41l0xjscn7e11"
INGRESS = "yqn0c2xlyymtcpm8mzb8npylz"
SANDBOX = "2f4fc677a4cb" + "0" * 52


def view(node: int, *containers: Container) -> EngineView:
    return EngineView(
        url=f"unix:///n{node}/docker.sock",
        asked=False,
        answers=True,
        says="",
        id=f"ID{node}",
        name=f"node{node}",
        version="",
        pid=node,
        mntns=100 + node,
        netns=NetnsKey("vm", 1),
        containers=containers,
        networks=(
            Network(MYNET, "mynet01", "overlay", "swarm", ingress=False, vni=4097, subnets=()),
            Network(INGRESS, "ingress", "overlay", "swarm", ingress=True, vni=4096, subnets=()),
        ),
    )


def netns(number: int, path: str = "", mntns: int = 1, pids: tuple[int, ...] = ()) -> Netns:
    mounts = (Mount(mntns, 50, path),) if path else ()
    return Netns(NetnsKey("vm", number), 4026532000 + number, 1000 + number, number == 1, mounts, pids)


NETNSES = (
    netns(1, pids=(1,)),
    netns(2, "/run/netns/blue"),
    netns(3, "/run/docker/netns/1-okfzomfbkz", 101),
    netns(4, "/run/docker/netns/1-okfzomfbkz", 102),
    netns(5, "/run/docker/netns/2f4fc677a4cb", 101, pids=(700, 701)),
    netns(6, "/run/docker/netns/1-yqn0c2xlyy", 101),
    netns(7, "/run/docker/netns/ingress_sbox", 101),
    netns(8, "/run/docker/netns/lb_okfzomfbk", 101),
    netns(9, "/run/netns/701"),
)
WEB = Container("c8feedfb8e89" + "0" * 52, "web", 700, SANDBOX, "mynet01", ("mynet01",))
SIDECAR = Container("abcabc" + "0" * 58, "sidecar", 701, "", f"container:{WEB.id}", ())
ON_HOST = Container("defdef" + "0" * 58, "exporter", 1, "", "host", ())
VIEWS = (view(1, WEB, SIDECAR, ON_HOST), view(2))
IDENTITIES = identify(NETNSES, VIEWS, {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("host", [1]),
        ("web", [5]),
        ("mynet01@node1", [3]),
        ("mynet01", [3, 4]),
        ("sidecar", [5]),
        ("exporter", [1]),
        ("blue", [2]),
        ("lb-mynet01", [8]),
        ("/run/netns/blue", [2]),
        ("/var/run/netns/blue", [2]),
        ("/run/docker/netns/1-okfzomfbkz", [3, 4]),
        ("/proc/700/ns/net", [5]),
        ("700", [5]),
        ("701", [9]),
        ("net:[4026532004]", [4]),
        ("nsid:1004", [4]),
        ("nsid 1004", [4]),
        ("c8fee", [5]),
        ("abcabc", [5]),
        ("okf", [3, 4]),
        ("yqn0c2", [6]),
        ("ok", []),
        ("", []),
        ("@", []),
        ("nobody", []),
        ("9" * 5000, []),
        ("net:[]", []),
    ],
)
def test_a_text_means_what_the_first_rule_finds(text: str, expected: list[int]) -> None:
    assert [key.id for key in match(text, NETNSES, IDENTITIES, VIEWS)] == expected


def test_an_engine_that_is_reached_in_two_ways_gives_no_candidate_twice() -> None:
    assert len(match("c8fee", NETNSES, IDENTITIES, (*VIEWS, *VIEWS))) == 1


def test_a_path_means_what_it_leads_to_for_us_before_what_it_leads_to_elsewhere() -> None:
    here, elsewhere = netns(11, "/run/x", mntns=1), netns(12, "/run/x", mntns=2)
    both = [here, elsewhere]
    identities = identify(both, (), {})
    assert match("/run/x", both, identities, (), mntns=1) == (here.key,)
    assert match("/run/x", both, identities, (), mntns=2) == (elsewhere.key,)
    assert match("/run/x", both, identities, (), mntns=3) == (here.key, elsewhere.key)
