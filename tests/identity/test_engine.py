"""An engine that is followed: answers, events, silence, nonsense, death and return."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ovltui.identity.endpoints import Endpoint
from ovltui.identity.engine import Engine
from ovltui.identity.engines import Engines
from ovltui.identity.labels import distinct
from ovltui.identity.model import Container, EngineView, Network
from ovltui.identity.whereabouts import Whereabouts
from ovltui.netns.model import NetnsKey
from tests.identity.fake import MYNET, SANDBOX, WEB, FakeEngine, inspected, network

HERE = Whereabouts(4711, 101, NetnsKey("vm", 5), same_pids=True)
PATIENCE_S = 5.0
"""How long an engine may be silent, where its silence is not the matter: a busy machine is slow to answer."""


class Followed:
    """An engine that is followed, and a way to wait for its view."""

    def __init__(self, endpoint: Endpoint, place: Whereabouts, timeout: float) -> None:
        self.changed = threading.Condition()
        self.changes = 0
        self.engine = Engine(endpoint, self._on_change, timeout=timeout, pauses=(0.05, 0.2), locate=lambda _: place)
        self.engine.start()

    def _on_change(self) -> None:
        with self.changed:
            self.changes += 1
            self.changed.notify_all()

    def until(self, good: Callable[[EngineView], bool], seconds: float = 30) -> EngineView:
        with self.changed:
            assert self.changed.wait_for(lambda: good(self.engine.view), seconds), self.engine.view
            return self.engine.view


Follow = Callable[..., Followed]


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeEngine]:
    engine = FakeEngine(tmp_path / "e.sock")
    yield engine
    engine.close()


@pytest.fixture
def follow() -> Iterator[Follow]:
    followed: list[Followed] = []

    def make(url: str, place: Whereabouts = HERE, timeout: float = PATIENCE_S) -> Followed:
        followed.append(Followed(Endpoint(url, asked=True), place, timeout))
        return followed[-1]

    yield make
    for one in followed:
        one.engine.close()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and any("ovltui-" in one.name for one in threading.enumerate()):
        time.sleep(0.01)


def answers(view: EngineView) -> bool:
    return view.answers


def names(view: EngineView) -> list[str]:
    return [container.name for container in view.containers]


def test_before_it_answers_the_view_says_nothing() -> None:
    view = Engine(Endpoint("unix:///x\x1b", asked=True), lambda: None).view
    assert (view.answers, view.asked, view.id, view.url) == (False, True, "", "unix:///x\\x1b")
    assert view.says == ""


def test_the_first_load_tells_everything(fake: FakeEngine, follow: Follow) -> None:
    view = follow(fake.url).until(answers)
    assert view == EngineView(
        url=fake.url,
        asked=True,
        answers=True,
        says="",
        id="AAAA:BBBB@4711",
        name="vm",
        version="20.10.24",
        pid=4711,
        mntns=101,
        netns=NetnsKey("vm", 5),
        containers=(Container(WEB, "web", 700, SANDBOX, "mynet01", ("mynet01",)),),
        networks=(Network(MYNET, "mynet01", "overlay", "swarm", False, 4097, ("10.13.17.0/24",)),),
    )


def test_pids_of_another_pid_namespace_are_not_told(fake: FakeEngine, follow: Follow) -> None:
    view = follow(fake.url, Whereabouts(4711, 101, None, same_pids=False)).until(answers)
    assert [container.pid for container in view.containers] == [0]


def test_a_container_that_starts_is_named_by_one_question(fake: FakeEngine, follow: Follow) -> None:
    followed = follow(fake.url)
    followed.until(answers)
    fake.containers["d" * 64] = inspected("d" * 64, "new", 900)
    asked = len(fake.asked)
    fake.happen("container", "start", "d" * 64)
    assert names(followed.until(lambda view: len(view.containers) == 2)) == ["new", "web"]
    assert fake.asked[asked:] == [f"/containers/{'d' * 64}/json"]


def test_a_container_that_is_renamed_or_gone_changes_the_view(fake: FakeEngine, follow: Follow) -> None:
    followed = follow(fake.url)
    followed.until(answers)
    fake.containers[WEB]["Name"] = "/shop"
    fake.happen("container", "rename", WEB)
    followed.until(lambda view: names(view) == ["shop"])
    fake.happen("container", "die", WEB)
    view = followed.until(lambda view: view.containers[0].pid == 0)
    assert view.containers[0].sandbox == SANDBOX
    fake.happen("container", "destroy", WEB)
    followed.until(lambda view: view.containers == ())


def test_a_container_that_is_gone_before_we_ask_is_no_fault(fake: FakeEngine, follow: Follow) -> None:
    followed = follow(fake.url)
    followed.until(answers)
    fake.happen("container", "start", "e" * 64)
    fake.containers[WEB]["Name"] = "/shop"
    fake.happen("container", "rename", WEB)
    assert followed.until(lambda view: names(view) == ["shop"]).answers


def test_network_events_are_gathered_into_one_question(fake: FakeEngine, follow: Follow) -> None:
    followed = follow(fake.url)
    followed.until(answers)
    fake.networks = [network(), network("b" * 25, "other")]
    asked = len(fake.asked)
    for _ in range(8):
        fake.happen("network", "create", "b" * 25)
    followed.until(lambda view: [one.name for one in view.networks] == ["mynet01", "other"])
    time.sleep(0.2)  # for questions that came too many
    assert 1 <= sum(path.startswith("/networks") for path in fake.asked[asked:]) <= 4


def test_what_an_engine_says_is_clean(fake: FakeEngine, follow: Follow) -> None:
    fake.id = "I\x1b"
    fake.containers[WEB]["Name"] = "/w\x9b\u202eb"
    fake.networks = [network(name="n\x1b]0;x\x07")]
    assert follow(fake.url).until(answers).id == "I\\x1b@4711"
    assert "\x1b" not in repr(follow(fake.url).until(answers)).replace("\\\\x1b", "")
    assert names(follow(fake.url).until(answers)) == ["w\\x9b\\u202eb"]


def test_an_engine_that_accepts_and_never_answers_is_said_so(fake: FakeEngine, follow: Follow) -> None:
    fake.silent.add("/")
    view = follow(fake.url, timeout=0.4).until(lambda view: view.answers or view.says != "")
    assert not view.answers
    assert view.says == "does not answer (it accepts, but says nothing)"


def test_an_engine_without_an_event_stream_does_not_pile_up_threads(fake: FakeEngine, follow: Follow) -> None:
    fake.silent.add("/events")
    followed = follow(fake.url, timeout=0.4)
    followed.until(lambda view: "no event stream" in view.says)
    deadline = time.monotonic() + 30
    while fake.asked.count("/version") < 6 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert fake.asked.count("/version") >= 6
    assert sum(one.name == "ovltui-listen" for one in threading.enumerate()) == 1
    fake.die()


def test_an_engine_that_is_not_there_is_said_so(tmp_path: Path, follow: Follow) -> None:
    view = follow(f"unix://{tmp_path}/none").until(lambda view: view.answers or view.says != "")
    assert view.says == "does not answer (no such file or directory)"


@pytest.mark.parametrize("url", ["unix:///" + "x" * 200, "nonsense", "ssh://nobody@127.0.0.1:1", "tcp://127.0.0.1:1"])
def test_an_endpoint_that_cannot_work_is_said_in_one_line(url: str, follow: Follow) -> None:
    view = follow(url).until(lambda view: view.answers or view.says != "")
    assert not view.answers
    assert re.fullmatch(r"does not answer \(.+\)", view.says)


@pytest.mark.parametrize(
    "start", ["/version", "/info", "/networks", "/containers/json", f"/containers/{WEB}", "/events"]
)
@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[", b"7", b'"x"', b"[7]", b"{}", b"null", b"[[]]", b"\xff\xfe", b'{"ID": 7}', b"[" * 9999],
)
def test_garbage_is_either_no_harm_or_said(fake: FakeEngine, follow: Follow, start: str, body: bytes) -> None:
    fake.raw[start] = body
    followed = follow(fake.url)
    view = followed.until(lambda view: view.answers or view.says != "")
    harmless = start == "/events" or (body == b"null" and start in ("/networks", "/containers/json"))
    assert view.answers <= harmless
    assert view.answers or view.says.startswith("does not answer")
    fake.raw.clear()
    if not view.answers:
        followed.until(lambda view: view.answers and names(view) == ["web"])


def test_an_answer_of_another_kind_of_server_is_said(fake: FakeEngine, follow: Follow) -> None:
    fake.raw["/networks"] = b'[{"Name": "a"}]'
    view = follow(fake.url).until(lambda view: view.answers or view.says != "")
    assert view.says == "does not answer like a Docker Engine (no text Id)"


def test_a_container_about_which_the_engine_is_silent_does_not_hide_the_others(
    fake: FakeEngine, follow: Follow
) -> None:
    fake.containers["d" * 64] = inspected("d" * 64, "stuck", 900)
    fake.silent.add(f"/containers/{'d' * 64}")
    view = follow(fake.url, timeout=1.0).until(answers)
    assert [(one.name, one.pid) for one in view.containers] == [("stuck", 0), ("web", 700)]
    assert view.says == "says nothing about 1 of its containers"


@pytest.mark.alone
def test_an_engine_that_dies_keeps_its_names_and_comes_back(fake: FakeEngine, follow: Follow) -> None:
    followed = follow(fake.url)
    followed.until(answers)
    began = time.monotonic()
    fake.die()
    view = followed.until(lambda view: not view.answers)
    assert time.monotonic() - began < 1
    assert view.says == "does not answer (it closed its event stream)"
    assert names(view) == ["web"]
    fake.containers = {"d" * 64: inspected("d" * 64, "new")}
    fake.live_again()
    assert names(followed.until(answers)) == ["new"]


@pytest.mark.parametrize("tail", [b'{"Type": "contai', b"\xff\xfe{", b"[]\n", b'{"Actor": 7}\n'])
def test_nonsense_in_mid_stream_ends_in_a_new_start(fake: FakeEngine, follow: Follow, tail: bytes) -> None:
    followed = follow(fake.url)
    followed.until(answers)
    fake.say(tail)
    fake.hang_up()
    followed.until(lambda view: not view.answers)
    followed.until(answers)


@pytest.mark.alone
def test_closing_returns_at_once_and_the_threads_end(fake: FakeEngine, follow: Follow) -> None:
    followed = follow(fake.url)
    followed.until(answers)
    began = time.monotonic()
    followed.engine.close()
    assert time.monotonic() - began < 0.1
    deadline = time.monotonic() + 3
    while (left := [t for t in threading.enumerate() if "ovltui-" in t.name]) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert left == []
    assert followed.engine.view.answers


class Endpoints:
    """Engines over a list of endpoints that the test changes."""

    def __init__(self) -> None:
        self.found: tuple[Endpoint, ...] = ()
        self.engines = Engines(lambda: self.found, lambda: None, make=self._make)

    def _make(self, endpoint: Endpoint, on_change: Callable[[], None]) -> Engine:
        return Engine(endpoint, on_change, timeout=PATIENCE_S, pauses=(0.05, 0.2), locate=lambda _: HERE)

    def until(self, good: Callable[[tuple[EngineView, ...]], bool]) -> tuple[EngineView, ...]:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            self.engines.refresh()
            views = self.engines.views()
            if good(views):
                return views
            time.sleep(0.02)
        raise AssertionError(self.engines.views())


@pytest.fixture
def endpoints() -> Iterator[Endpoints]:
    made = Endpoints()
    yield made
    made.engines.close()


def all_answer(views: tuple[EngineView, ...]) -> bool:
    return bool(views) and all(view.answers for view in views)


def test_an_engine_under_two_addresses_is_followed_once(fake: FakeEngine, endpoints: Endpoints, tmp_path: Path) -> None:
    (tmp_path / "link.sock").symlink_to(fake.path)
    other = f"unix://{tmp_path}/link.sock"
    endpoints.found = (Endpoint(fake.url, asked=False), Endpoint(other, asked=False))
    endpoints.engines.refresh()
    assert len(endpoints.engines.views()) == 2
    assert [view.url for view in endpoints.until(lambda views: len(views) == 1)] == [fake.url]
    endpoints.engines.refresh()
    assert len(endpoints.engines.views()) == 1


def test_addresses_that_the_user_named_stay_and_come_first(
    fake: FakeEngine, endpoints: Endpoints, tmp_path: Path
) -> None:
    (tmp_path / "z.sock").symlink_to(fake.path)
    named = f"unix://{tmp_path}/z.sock"
    endpoints.found = (Endpoint(fake.url, asked=False), Endpoint(named, asked=True))
    views = endpoints.until(lambda views: all_answer(views) and len(views) == 1)
    assert [(view.url, view.asked) for view in views] == [(named, True)]


def test_one_engine_stays_under_every_address_that_the_user_named(
    fake: FakeEngine, endpoints: Endpoints, tmp_path: Path
) -> None:
    (tmp_path / "z.sock").symlink_to(fake.path)
    endpoints.found = (Endpoint(fake.url, asked=True), Endpoint(f"unix://{tmp_path}/z.sock", asked=True))
    endpoints.until(all_answer)
    for _ in range(3):
        endpoints.engines.refresh()
    assert len(endpoints.engines.views()) == 2


def test_a_double_takes_over_when_the_address_in_use_dies(
    fake: FakeEngine, endpoints: Endpoints, tmp_path: Path
) -> None:
    other = FakeEngine(tmp_path / "other.sock")
    try:
        endpoints.found = (Endpoint(fake.url, asked=False), Endpoint(other.url, asked=False))
        endpoints.engines.refresh()
        first = endpoints.until(lambda views: all_answer(views) and len(views) == 1)[0].url
        (fake if first == fake.url else other).die()
        rest = endpoints.until(lambda views: all_answer(views) and views[0].url != first)
        assert len(rest) == 1
    finally:
        other.close()


def test_an_address_that_vanishes_before_it_answered_is_forgotten(endpoints: Endpoints, tmp_path: Path) -> None:
    endpoints.found = (Endpoint(f"unix://{tmp_path}/none", asked=False),)
    endpoints.engines.refresh()
    assert len(endpoints.engines.views()) == 1
    endpoints.found = ()
    endpoints.engines.refresh()
    assert endpoints.engines.views() == ()


def test_an_engine_that_vanishes_after_it_answered_keeps_its_names(fake: FakeEngine, endpoints: Endpoints) -> None:
    endpoints.found = (Endpoint(fake.url, asked=False),)
    endpoints.until(all_answer)
    fake.die()
    endpoints.found = ()
    (view,) = endpoints.until(lambda views: not views[0].answers)
    assert names(view) == ["web"]


def test_two_engines_that_share_the_machine_s_docker_id_are_two(fake: FakeEngine, follow: Follow) -> None:
    """Docker 20 keeps its id in /etc/docker: a second dockerd on the same machine has it too."""
    views = [follow(fake.url, Whereabouts(pid)).until(answers) for pid in (11, 12)]
    assert len(distinct(views)) == 2
    assert len(distinct([views[0], views[0]])) == 1
