"""Docker's events in what ``watch`` prints: the name of a container that starts is waited for, and nothing else."""

import io
import json
import time

import pytest

from ovltui.cli.follow import PATIENCE_S, Follower, Wake
from ovltui.cli.output import Output
from ovltui.cli.printer import Printer
from ovltui.cli.watch import OBJECTS
from ovltui.events.decode_docker import pack_docker
from ovltui.events.filter import parse
from ovltui.events.vocabulary import Object
from ovltui.identity.model import Container, EngineView
from ovltui.netns.model import Mount, Netns, NetnsKey
from ovltui.session.session import Session

HOST, BLUE = NetnsKey("vm", 1), NetnsKey("vm", 2)
WEB, SANDBOX = "c8feedfb8e89" + "0" * 52, "2f4fc677a4cb" + "0" * 52
OWN_NETNS = Netns(HOST, 4026531833, None, True, (), ())
BLUE_NETNS = Netns(BLUE, 4026532000, 7, False, (Mount(1, 1, f"/run/docker/netns/{SANDBOX[:12]}"),), ())


def view(*containers: Container) -> EngineView:
    return EngineView("unix:///x", True, True, "", "AAAA", "vm", "28", 7, 1, HOST, containers, ())


def found(session: Session, mode: str = "bridge") -> None:
    """Let the engine and a sweep know the container."""
    session.publish([OWN_NETNS, BLUE_NETNS])
    session.engines_changed([view(Container(WEB, "web", 0, SANDBOX if mode == "bridge" else "", mode, ()))])


class Comes(Wake):
    """A wake at whose first sleep something becomes known."""

    def __init__(self, session: Session, mode: str) -> None:
        super().__init__()
        self._known = (session, mode)
        self.sleeps = 0

    def wait(self, seconds: float | None) -> None:
        self.sleeps += 1
        if self.sleeps == 1:
            found(*self._known)
        super().wait(seconds)


def new_session() -> Session:
    session = Session("vm", HOST)
    session.publish([OWN_NETNS])
    session.engines_changed([view()])
    return session


def happen(session: Session, action: str) -> None:
    session.docker_event(1, pack_docker("AAAA", "container", action, subject=WEB, name="web", attributes={}))


def follow(session: Session, wake: Wake, most: int, *keys: NetnsKey, objects: tuple[Object, ...] = ()) -> list[str]:
    """Print until ``most`` events were printed or a minute is over; return action and namespace of each."""
    data = io.StringIO()
    out = Output(data, None)
    printer = Printer(out, session.names, frozenset(objects), parse(""), json=True)
    follower = Follower(session, printer, out, frozenset(keys), set())
    follower.follow(wake, deadline=time.monotonic() + 60, most=most)
    rows = [json.loads(row) for row in data.getvalue().splitlines()]
    return [f"{row['event']} {row['netns']}" for row in rows]


def test_a_container_that_starts_is_called_by_the_name_that_comes_a_little_later() -> None:
    session = new_session()
    for action in ("create", "start", "kill"):
        happen(session, action)
    wake = Comes(session, "bridge")
    assert follow(session, wake, 3) == ["create host", "start web", "kill web"]
    assert wake.sleeps == 1


@pytest.mark.alone
def test_one_that_has_no_namespace_of_its_own_is_not_waited_for_once_that_is_known() -> None:
    session = new_session()
    happen(session, "start")
    wake = Comes(session, "host")
    began = time.monotonic()
    assert follow(session, wake, 1) == ["start host"]
    assert time.monotonic() - began < 0.5


@pytest.mark.alone
def test_a_name_that_never_comes_is_waited_for_once() -> None:
    session = new_session()
    for action in ("start", "die", "start", "die"):
        happen(session, action)
    began = time.monotonic()
    assert follow(session, Wake(), 4) == ["start host", "die host"] * 2
    assert PATIENCE_S <= time.monotonic() - began < 1.9 * PATIENCE_S


def test_only_those_of_the_namespace_that_is_wanted() -> None:
    session = new_session()
    found(session)
    session.docker_event(1, pack_docker("AAAA", "node", "update", subject="n", name="vm", attributes={}))
    happen(session, "die")
    assert follow(session, Wake(), 1, BLUE) == ["die web"]


def test_they_are_an_object_of_the_command_line() -> None:
    assert "docker" in OBJECTS
    session = new_session()
    happen(session, "die")
    assert follow(session, Wake(), 1, objects=(Object.DOCKER,)) == ["die host"]
