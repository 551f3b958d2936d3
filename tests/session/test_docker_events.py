"""Docker's events among the kernel's: their place in the ring, their namespace, and where they show."""

import sys
import threading
from collections.abc import Iterator

import pytest

from ovltui.events.decode_docker import pack_docker
from ovltui.events.line import line
from ovltui.events.record import OWN_NSID, Kind
from ovltui.events.tojson import as_json
from ovltui.events.vocabulary import Pane
from ovltui.identity.model import Container, EngineView, Network
from ovltui.netns.model import Mount, Netns, NetnsKey
from ovltui.session.session import Session
from tests.session.made import HOST, OWN, message, own, route

URL, ENGINE = "unix:///run/docker.sock", "AAAA:BBBB"
WEB, NEW, NET = "c8feedfb8e89" + "0" * 52, "d" * 64, "okfzomfbkzgr41l0xjscn7e11"
SANDBOX, LATER = "2f4fc677a4cb" + "0" * 52, "3f4fc677a4cb" + "0" * 52
A, B, OVERLAY = NetnsKey(HOST, 11), NetnsKey(HOST, 12), NetnsKey(HOST, 13)
WEB_HERE = Container(WEB, "web", 0, SANDBOX, "mynet01", ("mynet01",))


def mounted(key: NetnsKey, name: str) -> Netns:
    return Netns(key, 4026532000 + key.id, None, False, (Mount(1, 1, f"/run/docker/netns/{name}"),), ())


def view(
    *containers: Container, netns: NetnsKey = OWN, url: str = URL, engine: str = ENGINE, mntns: int = 1
) -> EngineView:
    networks = (Network(NET, "mynet01", "overlay", "swarm", False, 4097, ("10.13.17.0/24",)),)
    return EngineView(url, True, True, "", engine, "vm", "28", 7, mntns, netns, containers, networks)


def payload(kind: str, action: str, subject: str = WEB, name: str = "web", engine: str = ENGINE, **more: str) -> bytes:
    return pack_docker(engine, kind, action, subject=subject, name=name, attributes=more)


def session(*views: EngineView) -> Session:
    made = Session(HOST, OWN)
    made.publish([own(), mounted(A, SANDBOX[:12]), mounted(OVERLAY, "1-okfzomfbkz")])
    made.engines_changed(views or (view(WEB_HERE),))
    return made


def netnses(of: Session) -> list[str]:
    return [line(of.ring[seq], of.names).netns for seq in range(of.ring.first, of.ring.end)]


def test_an_event_stands_where_it_arrived_in_every_pane_with_its_own_time() -> None:
    made = session()
    told: list[int] = []
    made.on_change(lambda: told.append(made.ring.end))
    made.feed(message(route(2)))
    made.docker_event(42, payload("container", "start"))
    made.feed(message(route(3)))
    record = made.ring[1]
    assert (record.kind, record.time_ns, record.nsid) == (Kind.DOCKER, 42, OWN_NSID)
    assert [list(made.ring.seqs(pane, 0, 9)) for pane in Pane] == [[1], [0, 1, 2], [1]]
    assert told == [1, 2, 3]


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads that take turns after every few instructions."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("restless")
def test_events_of_many_threads_and_frames_cut_anywhere_stay_whole() -> None:
    made = session()
    frames = message(route(2)) * 3000
    raw = payload("container", "kill", signal="9")

    def feed() -> None:
        for at in range(0, len(frames), 77):
            made.feed(frames[at : at + 77])

    def tell() -> None:
        for _ in range(2000):
            made.docker_event(1, raw)

    threads = [threading.Thread(target=work) for work in (feed, tell, tell)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    records = [made.ring[seq] for seq in range(made.ring.end)]
    found = [(record.kind, record.raw) for record in records]
    assert len(found) == 7000
    assert found.count((Kind.DOCKER, raw)) == 4000
    assert found.count((Kind.MESSAGE, route(2))) == 3000
    rows = [made.ring.seqs(pane, 0, 7000) for pane in Pane]
    assert [sum(map(made.ring.count, seqs)) for seqs in rows] == [4000, 7000, 4000]


def test_a_listener_that_brings_an_event_itself_or_binds_does_not_stop_the_stream() -> None:
    made = session()
    once = iter((True,))

    def listen() -> None:
        if next(once, False):
            made.stream.bind(5, B, made.ring.end)
            made.docker_event(1, payload("container", "stop"))

    made.on_change(listen)
    feeding = threading.Thread(target=made.feed, args=(message(route(2)),), daemon=True)
    feeding.start()
    feeding.join(5)
    assert not feeding.is_alive()
    assert made.ring.end == 2


def test_it_is_of_its_container_else_of_its_network_else_of_its_engine() -> None:
    made = session()
    made.docker_event(1, payload("container", "die"))
    made.docker_event(1, payload("network", "connect", NET, "mynet01", container=WEB))
    made.docker_event(1, payload("network", "connect", NET, "mynet01", container=NEW))
    made.docker_event(1, payload("container", "create", NEW, "new"))
    made.docker_event(1, payload("container", "die", engine=URL))
    made.docker_event(1, payload("service", "create", "s" * 25, "shop", engine=URL))
    made.docker_event(1, payload("container", "die", NEW, "new", engine="elsewhere"))
    assert netnses(made) == ["web", "web", "mynet01", "host", "web", "host", "docker"]
    assert as_json(made.ring[6], made.names)["netns"] is None
    keys = [made.netns_of(made.ring[seq]) for seq in range(7)]
    assert keys == [A, A, OVERLAY, OWN, A, OWN, None]


def test_the_name_comes_as_late_as_the_namespace_and_outlives_it() -> None:
    made = session()
    made.docker_event(1, payload("container", "start", NEW, "new"))
    assert netnses(made) == ["host"]
    fields = {"engine": ENGINE, "type": "container", "event": "start", "id": NEW, "attributes": {}}
    assert not made.names.places.settled(fields)
    made.stream.bind(5, B, made.ring.end)
    made.publish([own(), mounted(B, LATER[:12])])
    made.engines_changed((view(WEB_HERE, Container(NEW, "new", 0, LATER, "mynet01", ("mynet01",))),))
    assert netnses(made) == ["new"]
    assert made.names.places.settled(fields)
    made.publish([own()])
    made.engines_changed((view(),))
    assert netnses(made) == ["new"]


def test_a_container_that_shares_a_namespace_is_not_waited_for() -> None:
    made = session(view(Container(NEW, "new", 0, "", "host", ("host",))))
    fields = {"engine": ENGINE, "type": "container", "event": "start", "id": NEW, "attributes": {}}
    assert made.names.places.settled(fields)
    assert made.names.places.settled({**fields, "id": WEB, "event": "create"})
    assert not made.names.places.settled({**fields, "id": WEB})


def test_a_network_that_two_engines_know_is_that_of_the_engine_that_told() -> None:
    away = view(netns=B, url="unix:///run/two.sock", engine="CCCC", mntns=2)
    made = session(view(WEB_HERE), away)
    made.docker_event(1, payload("network", "connect", NET, "mynet01", container=NEW))
    made.docker_event(1, payload("network", "connect", NET, "mynet01", engine="CCCC", container=NEW))
    assert [made.netns_of(made.ring[seq]) for seq in range(2)] == [OVERLAY, B]


def test_narrowed_panes_show_it_for_the_container_and_for_the_network() -> None:
    made = session()
    made.docker_event(1, payload("network", "connect", NET, "mynet01", container=WEB))
    made.docker_event(1, payload("container", "die"))
    made.docker_event(1, payload("service", "create", "s" * 25, "shop"))
    made.docker_event(1, b"{")
    made.feed(message(route(2)))

    def shown(key: NetnsKey) -> list[int]:
        return [seq for seq in range(made.ring.end) if made.is_in(made.ring[seq], frozenset((key,)))]

    assert shown(A) == [0, 1]
    assert shown(OVERLAY) == [0]
    assert shown(OWN) == [2, 4]
    assert shown(B) == []
