"""The plain connection to an engine says what the one of the docker package says."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ovltui.errors import DockerError
from ovltui.identity import client, plain
from ovltui.identity.asking import SilentError
from tests.bed.engines import TwoEngines
from tests.identity.fake import WEB, FakeEngine
from tests.kernel.hearing import await_true

_ASKED: tuple[Callable[[Any], object], ...] = (
    lambda one: one.about(),
    lambda one: one.running(),
    lambda one: one.container(WEB),
    lambda one: one.container("f" * 64),
    lambda one: one.inspect_container(WEB),
    lambda one: one.networks(),
)


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeEngine]:
    engine = FakeEngine(tmp_path / "e.sock")
    yield engine
    engine.close()


def answers(url: str, asked: tuple[Callable[[Any], object], ...]) -> tuple[list[object], list[object]]:
    """Return what both connections answer."""
    usual, bare = client.Client(url, 5), plain.Client(url, 5)
    try:
        return [ask(usual) for ask in asked], [ask(bare) for ask in asked]
    finally:
        usual.close()
        bare.close()


def test_both_give_the_same_answers(fake: FakeEngine) -> None:
    usual, bare = answers(fake.url, _ASKED)
    assert bare == usual


def await_alike(url: str, asked: tuple[Callable[[Any], object], ...]) -> None:
    """Wait until both give the same: an engine tells peers in any order, and things happen between the two."""

    def alike() -> bool:
        usual, bare = answers(url, asked)
        return usual == bare

    await_true(alike)


def test_both_give_the_same_answers_of_a_real_engine(two_engines: TwoEngines) -> None:
    url = two_engines.nodes[0].url
    await_alike(url, (*_ASKED[:2], lambda one: one.networks(), lambda one: one.seat(url)))
    one = plain.Client(url, 5)
    names = {network.name: network.id for network in one.networks()}
    container = one.running()[0].id
    asked = (
        lambda one: one.inspect_container(container),
        lambda one: one.inspect_network(names["mynet01"]),
        lambda one: getattr(one.intent(url, names["mynet01"]), "endpoints", None),
    )
    await_alike(url, asked)


def test_events_come_until_the_stream_is_closed(fake: FakeEngine) -> None:
    events = plain.Client(fake.url, 5).events(0)
    heard: list[str] = []
    first = threading.Event()

    def listen() -> None:
        for event in events:
            heard.append(event.action)
            first.set()

    listener = threading.Thread(target=listen)
    listener.start()
    fake.happen("container", "start", WEB)
    assert first.wait(10)
    events.close()
    events.close()
    listener.join(10)
    assert not listener.is_alive()
    assert heard == ["start"]


def test_a_question_that_is_not_answered_ends_in_time(fake: FakeEngine) -> None:
    one = plain.Client(fake.url, 0.2)
    fake.silent.add("/containers")
    with pytest.raises(SilentError, match="accepts, but says nothing"):
        one.running()


@pytest.mark.parametrize(
    "url", ["unix:///" + "x" * 200, "unix:///nowhere", "ssh://node", "https://node", "tcp://127.0.0.1:1"]
)
def test_an_address_that_cannot_work_is_said(url: str) -> None:
    with pytest.raises(DockerError, match=r"does not answer \(.+\)"):
        plain.Client(url, 1)


def test_garbage_is_said(fake: FakeEngine) -> None:
    one = plain.Client(fake.url, 5)
    fake.raw["/networks"] = b"<html>"
    with pytest.raises(DockerError):
        one.networks()
