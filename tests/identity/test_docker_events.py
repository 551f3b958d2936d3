"""What an engine's event stream brings to the timeline: each event once, at once, by Docker's clock."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from ovltui.identity.answer import MalformedAnswerError
from ovltui.identity.endpoints import Endpoint
from ovltui.identity.engine import Engine
from ovltui.identity.engines import Engines
from ovltui.identity.event import ContainerNames, heard, is_told
from ovltui.identity.model import EngineEvent
from ovltui.identity.once import Once
from ovltui.identity.whereabouts import Whereabouts
from ovltui.netns.model import NetnsKey
from tests.identity.fake import MYNET, WEB, FakeEngine, happened

HERE = Whereabouts(4711, 101, NetnsKey("vm", 5), same_pids=True)
S = 10**9


class Heard:
    """An engine that is followed, and the events that it told."""

    def __init__(self, url: str, began_ns: int | None = None) -> None:
        self.events: queue.Queue[EngineEvent] = queue.Queue()
        self.answered = threading.Event()
        self.changed = threading.Event()
        self.engine = Engine(
            Endpoint(url, asked=True),
            self._on_change,
            on_event=self.events.put,
            began_ns=began_ns,
            timeout=2.0,
            pauses=(0.05, 0.2),
            locate=lambda _: HERE,
        )
        self.engine.start()
        assert self.answered.wait(8)

    def _on_change(self) -> None:
        if self.engine.view.answers:
            self.answered.set()
        else:
            self.answered.clear()

    def next(self) -> EngineEvent:
        return self.events.get(timeout=8)


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeEngine]:
    engine = FakeEngine(tmp_path / "e.sock")
    yield engine
    engine.close()


@pytest.fixture
def follow() -> Iterator[Callable[..., Heard]]:
    made: list[Heard] = []

    def start(url: str, began_ns: int | None = None) -> Heard:
        made.append(Heard(url, began_ns))
        return made[-1]

    yield start
    for one in made:
        one.engine.close()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and any("ovltui-" in one.name for one in threading.enumerate()):
        time.sleep(0.01)


def event(kind: str, action: str, subject: str = WEB, **attributes: str) -> EngineEvent:
    return heard(happened(kind, action, subject, 1, **attributes), 0)


def test_an_event_has_dockers_time_and_the_engines_id(fake: FakeEngine, follow: Callable[..., Heard]) -> None:
    told = follow(fake.url)
    at = time.time_ns()
    fake.happen("container", "die", WEB, at, name="web", image="net-tools", exitCode="137", maintainer="x")
    attributes = (("image", "net-tools"), ("exitCode", "137"))
    assert told.next() == EngineEvent(at, "container", "die", WEB, "web", attributes, "AAAA:BBBB@4711")


def test_the_container_of_a_network_is_named_by_the_view_or_by_an_event_before(
    fake: FakeEngine, follow: Callable[..., Heard]
) -> None:
    told = follow(fake.url)
    fake.happen("network", "disconnect", MYNET, name="mynet01", type="overlay", container=WEB)
    assert dict(told.next().attributes)["containerName"] == "web"
    fake.happen("container", "create", "d" * 64, name="new")
    fake.happen("network", "connect", MYNET, name="mynet01", type="overlay", container="d" * 64)
    assert [told.next().action, dict(told.next().attributes)["containerName"]] == ["create", "new"]


def test_what_was_before_we_began_is_not_told(fake: FakeEngine, follow: Callable[..., Heard]) -> None:
    began = time.time_ns()
    told = follow(fake.url, began)
    fake.happen("container", "start", WEB, began - 1, name="web")
    fake.happen("container", "die", WEB, began, name="web")
    assert told.next().action == "die"
    assert told.events.empty()


@pytest.mark.alone
def test_it_is_told_though_the_engine_says_nothing_else(fake: FakeEngine, follow: Callable[..., Heard]) -> None:
    told = follow(fake.url)
    fake.silent.add("/containers")
    fake.happen("container", "start", "d" * 64, name="stuck")
    fake.happen("container", "kill", WEB, name="web", signal="9")
    began = time.monotonic()
    assert [told.next().action, told.next().action] == ["start", "kill"]
    assert time.monotonic() - began < 1  # the question about the first one is still open


def since(fake: FakeEngine) -> list[int]:
    """Return from when on events were asked for, in nanoseconds, each time."""
    asked = [parse_qs(urlsplit(path).query)["since"][0] for path in fake.asked if path.startswith("/events")]
    return [int(seconds) * S + int(rest) for seconds, _, rest in (one.partition(".") for one in asked)]


def test_a_stream_that_begins_anew_tells_what_was_missed_and_repeats_nothing(
    fake: FakeEngine, follow: Callable[..., Heard]
) -> None:
    began = time.time_ns()
    told = follow(fake.url, began)
    fake.happen("container", "kill", WEB, began + 5, name="web", signal="1")
    assert told.next().action == "kill"
    fake.hang_up()
    deadline = time.monotonic() + 8
    while len(since(fake)) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert since(fake) == [began - S, began + 5]
    fake.happen("container", "kill", WEB, began + 5, name="web", signal="1")
    fake.happen("container", "die", WEB, began + 6, name="web", exitCode="0")
    assert told.next().action == "die"


def test_an_engine_under_two_addresses_tells_once(fake: FakeEngine, tmp_path: Path) -> None:
    (tmp_path / "z.sock").symlink_to(fake.path)
    endpoints = (Endpoint(fake.url, asked=True), Endpoint(f"unix://{tmp_path}/z.sock", asked=True))
    told: queue.Queue[EngineEvent] = queue.Queue()
    engines = Engines(lambda: endpoints, lambda: None, on_event=told.put)
    try:
        engines.refresh()
        deadline = time.monotonic() + 8
        while not all(view.answers for view in engines.views()):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        at = time.time_ns()
        fake.happen("container", "kill", WEB, at, name="web")  # on each stream
        fake.happen("container", "die", WEB, at + 1, name="web")
        assert {told.get(timeout=8).action, told.get(timeout=8).action} == {"kill", "die"}
        time.sleep(0.2)  # for events that came too many
        assert told.empty()
    finally:
        engines.close()


@pytest.mark.parametrize(
    ("kind", "action", "told"),
    [
        *(("container", action, True) for action in ("create", "start", "die", "kill", "stop", "destroy", "restart")),
        *(("container", action, True) for action in ("pause", "unpause", "rename", "health_status: unhealthy")),
        *(("container", action, False) for action in ("exec_start: sh", "update", "health_status: healthy", "top")),
        *(("network", action, True) for action in ("create", "connect", "disconnect", "destroy", "remove")),
        *(("service", action, True) for action in ("create", "update", "remove")),
        ("node", "update", True),
        ("image", "remove", False),
    ],
)
def test_what_belongs_into_the_timeline(kind: str, action: str, *, told: bool) -> None:
    assert is_told(event(kind, action)) is told


@pytest.mark.parametrize("wrong", [None, "7", 1.5, -1, 0, 1 << 63, True])
def test_a_time_that_is_none_is_now(wrong: object) -> None:
    answer = {**happened("container", "die", WEB), "timeNano": wrong}
    assert heard(answer, 42).time_ns == (1 if wrong is True else 42)


def test_what_an_event_says_is_clean_short_and_text() -> None:
    answer = happened("container", "die", WEB, name="w\x1b" + "x" * 999, image="\u202ei")
    answer["Actor"]["Attributes"]["signal"] = 9
    found = heard(answer, 0)
    assert found.name.startswith("w\\x1bxxx")
    assert len(found.name) == 256
    assert found.attributes == (("image", "\\u202ei"),)
    with pytest.raises(MalformedAnswerError):
        heard([], 0)


def test_a_removed_container_has_no_name_any_more() -> None:
    names = ContainerNames()
    connect = event("network", "connect", MYNET, name="mynet01", container=WEB)
    assert names.completed(connect, {}) == connect
    names.completed(event("container", "create", name="web"), {})
    names.completed(event("container", "rename", name="shop", oldName="/web"), {})
    assert dict(names.completed(connect, {}).attributes)["containerName"] == "shop"
    names.completed(event("container", "destroy", name="shop"), {})
    assert names.completed(connect, {}) == connect


def test_two_events_are_the_same_by_moment_and_subject_whoever_tells() -> None:
    once, first = Once(), event("network", "connect", MYNET, container=WEB)
    assert once.is_new(first)
    assert not once.is_new(heard(happened("network", "connect", MYNET, 1, container=WEB, name="n"), 0))
    assert once.is_new(event("network", "connect", MYNET, container="d" * 64))
    assert once.is_new(event("network", "disconnect", MYNET, container=WEB))
