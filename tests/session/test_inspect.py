"""What Docker says of a namespace is what its own commands print; an engine that is gone is a sentence."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ovltui.identity.model import Container, EngineView, Identity, Kind, Network
from ovltui.session.inspect import Node, Question, answer, node, questions
from tests.bed.engines import TwoEngines
from tests.bed.node import Node as Engine
from tests.identity.fake import MYNET, WEB, FakeEngine


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeEngine]:
    engine = FakeEngine(tmp_path / "docker.sock")
    yield engine
    engine.close()


def view(url: str, name: str = "vm", number: int = 1) -> EngineView:
    networks = (
        Network("b" * 64, "bridge", "bridge", "local", ingress=False, vni=None, subnets=()),
        Network(MYNET, "mynet01", "overlay", "swarm", ingress=False, vni=4097, subnets=()),
    )
    web = Container(WEB, "web", 700, "", "mynet01", ("mynet01",))
    return EngineView(url, False, True, "", f"ID{number}", name, "", None, None, None, (web,), networks)


def plain(value: Node) -> Any:
    """Return a tree as the JSON that it was made of, every scalar as a text."""
    if not value.children:
        return {"{}": {}, "[]": []}.get(value.text, value.text)
    if value.text.startswith("["):
        return [plain(child) for child in value.children]
    return {child.key: plain(child) for child in value.children}


def texts(value: Any) -> Any:
    """Return decoded JSON with every scalar as a text."""
    if isinstance(value, dict):
        return {key: texts(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [texts(inner) for inner in value]
    return node("", value).text


def test_a_container_is_asked_about_first_then_its_networks() -> None:
    identity = Identity("web", Kind.CONTAINER, "", engine="vm", container="web", container_id=WEB)
    asked = questions(identity, [view("unix:///d.sock")], ())
    assert [(one.about, one.id) for one in asked] == [("container", WEB), ("network", MYNET)]
    assert asked[0].command == "docker -H unix:///d.sock inspect web"
    assert asked[1].command == "docker -H unix:///d.sock network inspect -v mynet01"


@pytest.mark.parametrize("kind", [Kind.OVERLAY, Kind.LOADBALANCER, Kind.INGRESS])
def test_a_namespace_of_a_network_is_asked_about_by_its_network_and_its_engine_alone(kind: Kind) -> None:
    views = [view("unix:///a.sock", "a"), view("unix:///b.sock", "b", 2)]
    identity = Identity("mynet01", kind, "", engine="b", network="mynet01", network_id=MYNET)
    assert questions(identity, views, ()) == (Question("unix:///b.sock", "network", MYNET, "mynet01"),)


@pytest.mark.parametrize("engine", [None, "elsewhere"])
def test_nobody_is_asked_about_what_no_engine_knows(engine: str | None) -> None:
    assert questions(Identity("blue", Kind.NAMED, "", engine=engine), [view("unix:///a.sock")], ()) == ()


def test_an_answer_is_a_tree_of_clean_texts(fake: FakeEngine) -> None:
    fake.containers[WEB]["Config"] = {"Env": ["A=\x1b[2J", "[b]x[/b]"], "Tty": False, "Labels": {"a\nb": None}}
    found = answer(Question(fake.url, "container", WEB, "web"))
    assert plain(found)["Config"] == {
        "Env": ["A=\\x1b[2J", "[b]x[/b]"],
        "Tty": "false",
        "Labels": {"a\\x0ab": "null"},
    }
    assert plain(found)["State"] == {"Pid": "700"}


@pytest.mark.parametrize("body", [b"[]", b"no json", b"null"])
def test_what_is_no_answer_is_a_sentence(fake: FakeEngine, body: bytes) -> None:
    fake.raw["/networks/"] = body
    found = answer(Question(fake.url, "network", MYNET, "mynet01"))
    assert found.children == ()
    assert found.text.startswith("the engine does not answer")


def test_a_thing_that_is_gone_and_an_engine_that_is_gone_are_sentences(fake: FakeEngine) -> None:
    gone = answer(Question(fake.url, "container", "0" * 64, "old"))
    assert (gone.children, gone.text) == ((), "the engine knows nothing of old any more")
    fake.die()
    dead = answer(Question(fake.url, "container", WEB, "web"))
    assert (dead.children, dead.text) == ((), "the engine does not answer (no such file or directory)")


def printed(engine: Engine, *words: str) -> Any:
    return texts(json.loads(engine.docker(*words))[0])


def test_real_answers_are_what_the_commands_print(two_engines: TwoEngines) -> None:
    engine = two_engines.nodes[0]
    container = engine.docker("inspect", "-f", "{{.Id}}", "docker1n")
    network = engine.docker("network", "inspect", "-f", "{{.Id}}", "mynet01")
    found = plain(answer(Question(engine.url, "container", container, "docker1n")))
    assert found == printed(engine, "inspect", "docker1n")
    told = plain(answer(Question(engine.url, "network", network, "mynet01")))
    expected = printed(engine, "network", "inspect", "-v", "mynet01")
    tasks = [sorted(str(task) for task in one.pop("Services")[""]["Tasks"]) for one in (told, expected)]
    assert tasks[0] == tasks[1]  # the engine tells them in any order
    assert told == expected
    assert told["Peers"]
