"""What each namespace is called: the rules in order, suffixes, and that no two names are equal."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovltui.identity.cgroups import Inside, inside
from ovltui.identity.model import Container, EngineView, Identity, Kind, Network
from ovltui.identity.naming import identify
from ovltui.netns.model import Mount, Netns, NetnsKey

MYNET = "okfzomfbkzgr41l0xjscn7e11"
INGRESS = "yqn0c2xlyymtcpm8mzb8npylz"
OUR_MNTNS, MNTNS1, MNTNS2 = 1, 101, 102
NETWORKS = (
    Network(INGRESS, "ingress", "overlay", "swarm", ingress=True, vni=4096, subnets=("10.0.0.0/24",)),
    Network(MYNET, "mynet01", "overlay", "swarm", ingress=False, vni=4097, subnets=("10.13.17.0/24",)),
)


def key(number: int) -> NetnsKey:
    return NetnsKey("vm", number)


def netns(number: int, *paths: str, mntns: int = MNTNS1, pids: tuple[int, ...] = (), own: bool = False) -> Netns:
    mounts = tuple(Mount(mntns, 50, path) for path in paths)
    return Netns(key(number), 4026532000 + number, number, own, mounts, pids)


def container(number: int, name: str, pid: int = 0, mode: str = "mynet01", sandbox: str = "") -> Container:
    return Container(f"{number:064x}", name, pid, sandbox, mode, ("mynet01",) if mode == "mynet01" else ())


def engine(number: int, *containers: Container, **changes: object) -> EngineView:
    view = EngineView(
        url=f"unix:///tmp/n{number}/docker.sock",
        asked=False,
        answers=True,
        says="",
        id=f"ID{number}",
        name="vm",
        version="20.10.24",
        pid=number,
        mntns=100 + number,
        netns=None,
        containers=containers,
        networks=NETWORKS,
    )
    return replace(view, **changes)  # type: ignore[arg-type]


def one(netns_: Netns, *views: EngineView, processes: dict[int, str] | None = None) -> Identity:
    return identify([netns_], views, processes or {})[netns_.key]


SANDBOX = "2f4fc677a4cbf77c93d75d06bd1e25adddc88425d42394638f4ab785152180b9"
WEB = container(7, "web", pid=700, sandbox=SANDBOX)


@pytest.mark.parametrize(
    ("path", "name", "kind", "network"),
    [
        ("/run/docker/netns/1-okfzomfbkz", "mynet01", Kind.OVERLAY, "mynet01"),
        ("/run/docker/netns/12-okfzomfbk", "mynet01", Kind.OVERLAY, "mynet01"),
        ("/run/docker/netns/1-yqn0c2xlyy", "ingress", Kind.INGRESS, "ingress"),
        ("/run/docker/netns/lb_okfzomfbk", "lb-mynet01", Kind.LOADBALANCER, "mynet01"),
        ("/run/docker/netns/ingress_sbox", "ingress-sbox", Kind.INGRESS, "ingress"),
        ("/run/user/1000/docker/netns/1-okfzomfbkz", "mynet01", Kind.OVERLAY, "mynet01"),
        ("/srv/exec-root/netns/1-okfzomfbkz", "mynet01", Kind.OVERLAY, "mynet01"),
        ("/run/docker/netns/2f4fc677a4cb", "web", Kind.CONTAINER, "mynet01"),
    ],
)
def test_a_sandbox_has_the_name_that_its_engine_knows(path: str, name: str, kind: Kind, network: str) -> None:
    identity = one(netns(3, path), engine(1, WEB))
    assert (identity.name, identity.kind, identity.network, identity.engine) == (name, kind, network, "vm")
    vnis = {"mynet01": 4097, "ingress": 4096}
    assert identity.vni == vnis.get(name)  # only where the VXLAN device is
    assert identity.why


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/run/docker/netns/1-okfzomfbkz", Kind.OVERLAY),
        ("/run/docker/netns/12-okfzomfbk", Kind.OVERLAY),
        ("/run/docker/netns/lb_okfzomfbk", Kind.LOADBALANCER),
        ("/run/docker/netns/ingress_sbox", Kind.INGRESS),
        ("/run/docker/netns/2f4fc677a4cb", Kind.CONTAINER),
    ],
)
def test_without_an_engine_a_sandbox_keeps_its_kind_under_the_name_of_its_mount(path: str, kind: Kind) -> None:
    identity = one(netns(3, path))
    assert (identity.name, identity.kind, identity.engine) == (path.rsplit("/", 1)[1], kind, None)
    assert identity.network is None


@pytest.mark.parametrize(
    "path", ["/run/docker/netns/default", "/run/docker/netns/1-short", "/srv/netns/1-okfzomfbkz", "/x", "/"]
)
def test_a_mount_that_says_nothing_gives_the_inode_for_a_name(path: str) -> None:
    identity = one(netns(3, path))
    assert (identity.name, identity.kind) == ("net:[4026532003]", Kind.OTHER)


def test_an_id_prefix_that_two_networks_share_names_neither() -> None:
    twins = tuple(replace(NETWORKS[1], id=MYNET[:12] + tail, name=tail) for tail in "ab")
    identity = one(netns(3, "/run/docker/netns/1-okfzomfbkz"), engine(1, networks=twins))
    assert (identity.name, identity.network) == ("1-okfzomfbkz", None)


def test_our_own_namespace_is_host_whatever_else_it_is() -> None:
    ours = netns(1, "/run/netns/blue", "/run/docker/netns/2f4fc677a4cb", pids=(700,), own=True)
    assert (one(ours, engine(1, WEB)).name, one(ours).kind) == ("host", Kind.HOST)


def test_a_container_is_known_by_its_pid_where_no_sandbox_is_mounted() -> None:
    identity = one(netns(3, pids=(650, 700)), engine(1, WEB))
    assert (identity.name, identity.container, identity.kind) == ("web", "web", Kind.CONTAINER)


@pytest.mark.parametrize(
    "view",
    [
        engine(1, WEB, answers=False),
        engine(1, WEB, pid=None),
        engine(1, replace(WEB, pid=0)),
        engine(1, replace(WEB, network_mode="host")),
        engine(1, WEB, netns=key(3)),
    ],
    ids=["engine is dead", "engine is elsewhere", "does not run", "host network", "engine's own namespace"],
)
def test_a_pid_that_proves_nothing_gives_no_name(view: EngineView) -> None:
    assert one(netns(3, pids=(0, 700)), view, processes={0: "sh"}).kind is Kind.PROCESS


def test_a_sandbox_id_that_is_too_short_gives_no_name() -> None:
    impostor = container(7, "web", sandbox="default1")
    assert one(netns(3, "/run/docker/netns/default1"), engine(1, impostor)).kind is Kind.OTHER


def test_the_sandbox_of_a_dead_engine_keeps_its_name() -> None:
    assert one(netns(3, "/run/docker/netns/2f4fc677a4cb"), engine(1, WEB, answers=False)).name == "web"


def test_containers_that_share_a_namespace_show_the_owner_of_its_sandbox() -> None:
    aaa = container(1, "aaa", pid=650, mode=f"container:{WEB.id}")
    assert one(netns(3, "/run/docker/netns/2f4fc677a4cb", pids=(650, 700)), engine(1, aaa, WEB)).name == "web"
    assert one(netns(3, pids=(650, 700)), engine(1, aaa, WEB)).name == "web"
    assert one(netns(3, pids=(650,)), engine(1, aaa)).name == "aaa"


def test_a_container_wins_over_a_name_in_run_netns() -> None:
    assert one(netns(3, "/run/netns/blue", pids=(700,)), engine(1, WEB)).name == "web"


@pytest.mark.parametrize("path", ["/run/netns/blue", "/var/run/netns/blue"])
def test_a_name_in_run_netns_is_the_name(path: str) -> None:
    identity = one(netns(3, path, pids=(9,)), processes={9: "sh"})
    assert (identity.name, identity.kind) == ("blue", Kind.NAMED)


def test_a_name_in_run_netns_that_looks_like_a_sandbox_is_just_a_name() -> None:
    assert one(netns(3, "/run/netns/1-okfzomfbkz"), engine(1)).kind is Kind.NAMED


def test_hostile_mount_names_are_shown_as_visible_escapes() -> None:
    assert one(netns(3, "/run/netns/a\x1b[2J")).name == "a\\x1b[2J"


def test_processes_alone_give_the_lowest_pid_its_name() -> None:
    assert one(netns(3, pids=(9, 12)), processes={9: "sh", 12: "top"}).name == "sh:9"
    assert one(netns(3, pids=(9, 12))).name == "pid:9"


def test_the_overlay_of_two_nodes_on_one_machine_is_told_apart_by_the_engines_labels() -> None:
    nodes = [netns(1, "/run/netns/node1", mntns=OUR_MNTNS), netns(2, "/run/netns/node2", mntns=OUR_MNTNS)]
    overlays = [
        netns(11, "/run/docker/netns/1-okfzomfbkz", mntns=MNTNS1),
        netns(12, "/run/docker/netns/1-okfzomfbkz", mntns=MNTNS2),
    ]
    names = identify(nodes + overlays, [engine(1, netns=key(1)), engine(2, netns=key(2))], {})
    assert [identity.name for identity in names.values()] == [
        "node1",
        "node2",
        "mynet01@node1",
        "mynet01@node2",
    ]
    assert [identity.engine for identity in names.values()] == ["node1", "node2", "node1", "node2"]


def test_a_sandbox_belongs_to_the_engine_in_whose_mount_namespace_it_is() -> None:
    renamed = tuple(replace(network, name=f"other-{network.name}") for network in NETWORKS)
    views = [engine(1, networks=renamed), engine(2)]
    assert one(netns(3, "/run/docker/netns/1-okfzomfbkz", mntns=MNTNS2), *views).name == "mynet01"
    assert one(netns(3, "/run/docker/netns/1-okfzomfbkz", mntns=MNTNS1), *views).name == "other-mynet01"
    assert one(netns(3, "/run/docker/netns/1-okfzomfbkz", mntns=999), *views).name == "1-okfzomfbkz"


def test_an_engine_of_unknown_whereabouts_gives_the_name_but_its_label_only_if_it_is_surely_here() -> None:
    sandbox = netns(3, "/run/docker/netns/1-okfzomfbkz")
    local = engine(1, mntns=None, pid=None)
    far = replace(local, url="tcp://far:2375")
    assert (one(sandbox, local).name, one(sandbox, local).engine) == ("mynet01", "vm")
    assert (one(sandbox, far).name, one(sandbox, far).engine) == ("mynet01", None)


def test_one_engine_reached_in_two_ways_counts_once() -> None:
    twice = [engine(1, WEB, asked=True), engine(1, WEB, url="tcp://127.0.0.1:2375", mntns=None, pid=None)]
    identity = one(netns(3, "/run/docker/netns/1-okfzomfbkz"), *twice)
    assert (identity.name, identity.engine) == ("mynet01", "vm")


def test_a_container_cannot_take_the_name_host() -> None:
    impostor = netns(3, pids=(700,))
    names = identify([netns(1, own=True), impostor], [engine(1, replace(WEB, name="host"))], {})
    assert [identity.name for identity in names.values()] == ["host", "host@vm"]
    assert one(impostor, engine(1, replace(WEB, name="host"))).name == "host@vm"


def test_a_container_cannot_take_the_name_of_a_namespace_silently() -> None:
    netnses = [netns(2, "/run/netns/blue"), netns(3, pids=(700,))]
    names = identify(netnses, [engine(1, replace(WEB, name="blue"))], {})
    assert [identity.name for identity in names.values()] == ["blue@named", "blue@vm"]


def test_network_and_container_of_one_name_on_two_engines_are_all_told_apart_in_the_same_way() -> None:
    netnses = [
        netns(11, "/run/docker/netns/1-okfzomfbkz", mntns=MNTNS1),
        netns(12, "/run/docker/netns/1-okfzomfbkz", mntns=MNTNS2),
        netns(13, pids=(700,)),
    ]
    views = [engine(1, replace(WEB, name="mynet01"), name="a"), engine(2, name="b")]
    names = [identity.name for identity in identify(netnses, views, {}).values()]
    assert names == ["mynet01@a/overlay", "mynet01@b/overlay", "mynet01@a/container"]


def test_an_old_epoch_of_an_overlay_is_told_from_the_new_one_by_its_mount() -> None:
    netnses = [netns(11, "/run/docker/netns/1-okfzomfbkz"), netns(12, "/run/docker/netns/2-okfzomfbkz")]
    names = [identity.name for identity in identify(netnses, [engine(1)], {}).values()]
    assert names == ["mynet01@1-okfzomfbkz", "mynet01@2-okfzomfbkz"]


def test_a_suffix_that_somebody_has_for_a_name_is_not_given_out() -> None:
    netnses = [
        netns(2, "/run/netns/blue"),
        netns(3, pids=(700,)),
        netns(4, "/run/netns/blue@vm"),
        netns(5, "/run/netns/blue@named"),
    ]
    names = [i.name for i in identify(netnses, [engine(1, replace(WEB, name="blue"))], {}).values()]
    assert len(set(names)) == 4
    assert names[2:] == ["blue@vm", "blue@named"]


def test_a_container_is_filed_under_its_overlay_before_ingress_and_bridges() -> None:
    many = replace(WEB, networks=("a-bridge", "ingress", "mynet01"))
    bridge = Network("b" * 64, "a-bridge", "bridge", "local", ingress=False, vni=None, subnets=())
    identity = one(netns(3, pids=(700,)), engine(1, many, networks=(bridge, *NETWORKS)))
    assert (identity.network, identity.network_id) == ("mynet01", MYNET)


A, B = "a1" * 32, "b2" * 32
SHELL = "0::/user.slice/session-3.scope"


def told(table: str, starter: str = SHELL, command: str = "sleep 60") -> dict[NetnsKey, Inside]:
    return {key(3): inside(700, command, f"0::{table}", starter)}


@pytest.mark.parametrize(
    ("paths", "table", "name", "kind"),
    [
        ((), f"/docker/{A}", A[:12], Kind.CONTAINER),
        (("/run/docker/netns/2f4fc677a4cb",), f"/docker/{A}", A[:12], Kind.CONTAINER),
        (("/run/netns/cni-8c24f3a1-0000-1111-2222-0123456789ab",), f"/k8s.io/{A}", A[:12], Kind.CONTAINER),
        (("/run/netns/blue",), f"/k8s.io/{A}", "blue", Kind.NAMED),
        (
            ("/run/netns/cni-8c24f3a1-0000-1111-2222-0123456789ab",),
            "/",
            "cni-8c24f3a1-0000-1111-2222-0123456789ab",
            Kind.NAMED,
        ),
        ((), f"/docker/{A}/docker/{B}", f"{A[:12]}/{B[:12]}", Kind.CONTAINER),
        ((), "/lxc/web", "web", Kind.CONTAINER),
        ((), "/system.slice/nginx.service", "nginx.service", Kind.PROCESS),
        (("/run/netns/blue",), "/system.slice/nginx.service", "blue", Kind.NAMED),
        ((), "/user.slice/session-3.scope", "sh:700", Kind.PROCESS),
    ],
)
def test_without_an_engine_the_control_group_tells(paths: tuple[str, ...], table: str, name: str, kind: Kind) -> None:
    made = netns(3, *paths, pids=(700,))
    identity = identify([made], [], {700: "sh"}, told(table))[made.key]
    assert (identity.name, identity.kind) == (name, kind)
    assert identity.why


def test_a_namespace_made_inside_a_container_is_not_called_after_it() -> None:
    made = netns(3, pids=(700,))
    identity = identify([made], [], {700: "sh"}, told(f"/docker/{A}", starter=f"0::/docker/{A}"))[made.key]
    assert (identity.name, identity.kind) == ("sh:700", Kind.PROCESS)
    assert identity.why == "known by its processes only; process 700 is sleep 60"


def test_what_an_engine_says_counts_more_than_the_control_group() -> None:
    made = netns(3, pids=(700,))
    assert identify([made], [engine(1, WEB)], {}, told(f"/docker/{B}"))[made.key].name == "web"


TASKS = ("k7dx1aaaaaaaaaaaaaaaaaaaa", "k7dx2bbbbbbbbbbbbbbbbbbbb")


def task(number: int, pid: int) -> Container:
    made = container(number, f"svc.3.{TASKS[number]}", pid=pid)
    return replace(made, task=TASKS[number], service="svc", project="shop")


def test_a_task_is_called_as_docker_service_ps_calls_it() -> None:
    identity = one(netns(3, pids=(700,)), engine(1, task(0, 700)))
    assert (identity.name, identity.container, identity.service, identity.project) == (
        "svc.3",
        f"svc.3.{TASKS[0]}",
        "svc",
        "shop",
    )


def test_two_tasks_of_one_slot_are_told_apart_by_engine_else_by_the_shortest_part_of_their_ids() -> None:
    netnses = [netns(3, pids=(700,)), netns(4, pids=(800,))]
    here = identify(netnses, [engine(1, task(0, 700), task(1, 800))], {})
    assert [identity.name for identity in here.values()] == ["svc.3@k7dx1", "svc.3@k7dx2"]
    apart = identify(netnses, [engine(1, task(0, 700), name="a"), engine(2, task(1, 800), name="b")], {})
    assert [identity.name for identity in apart.values()] == ["svc.3@a", "svc.3@b"]


def test_containers_without_a_namespace_of_their_own_stand_with_the_one_that_they_live_in() -> None:
    sidecar = container(8, "sidecar", mode=f"container:{WEB.id}")
    exporter = container(9, "exporter", mode="host")
    netnses = [netns(1, own=True), netns(3, pids=(700,))]
    names = identify(netnses, [engine(1, WEB, sidecar, exporter, netns=key(1))], {})
    assert [(one.name, one.sharers) for one in names.values()] == [("host", ("exporter",)), ("web", ("sidecar",))]


_words = st.sampled_from(["host", "blue", "vm", "mynet01", "blue@vm", "blue@named", "host@vm", "a"])
_paths = st.one_of(
    _words.map("/run/netns/{}".format),
    st.sampled_from(["1-okfzomfbkz", "2-okfzomfbkz", "lb_okfzomfbk", "ingress_sbox", "2f4fc677a4cb"]).map(
        "/run/docker/netns/{}".format
    ),
)


@st.composite
def _machines(draw: st.DrawFn) -> tuple[list[Netns], list[EngineView]]:
    count = draw(st.integers(1, 8))
    own = draw(st.integers(0, count))
    netnses = [
        Netns(
            key(number),
            4026532000 + draw(st.integers(0, 2)),
            None,
            number == own,
            tuple(Mount(draw(st.sampled_from([1, 101, 102])), 50, path) for path in draw(st.lists(_paths, max_size=2))),
            draw(st.sampled_from([(), (number + 10,)])),
        )
        for number in range(count)
    ]
    views = [
        engine(
            number,
            *(
                container(n, draw(_words), pid=n + 10, sandbox=draw(st.sampled_from(["", SANDBOX])))
                for n in range(draw(st.integers(0, 4)))
            ),
            name=draw(_words),
            mntns=draw(st.sampled_from([None, 101, 102])),
        )
        for number in range(draw(st.integers(0, 3)))
    ]
    return netnses, views


@given(_machines())
def test_all_names_differ_and_host_is_our_own_alone(machine: tuple[list[Netns], list[EngineView]]) -> None:
    netnses, views = machine
    identities = identify(netnses, views, {})
    assert list(identities) == [one_.key for one_ in netnses]
    assert len({identity.name for identity in identities.values()}) == len(netnses)
    for one_ in netnses:
        assert (identities[one_.key].name == "host") == one_.own
        assert identities[one_.key].name
