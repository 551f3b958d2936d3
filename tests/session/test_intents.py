"""Engines are asked what they intend, soon after something happened, and one that hangs keeps no other waiting."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from ovltui.identity.intent import Intent, Member, Peer, Seat
from ovltui.identity.model import EngineView
from ovltui.session import intents as module
from ovltui.session.asker import DEBOUNCE_S, Answer
from ovltui.session.intents import Intents, intents_of, names_of, seats_of, unknowns

PATIENCE_S = 10.0


def view(url: str, *, answers: bool = True) -> EngineView:
    return EngineView(url, False, answers, "", url, url, "", None, None, None, (), ())


def seat(url: str, address: str, *nodes: tuple[str, str, str]) -> Seat:
    return Seat(url, "active", address, address, bool(nodes), nodes)


def intent(url: str, *peers: str, members: tuple[Member, ...] = ()) -> Intent:
    told = tuple(Peer(peer, peer) for peer in peers)
    return Intent(url, "abc", "mynet01", "overlay", 4097, False, (), (), None, told, members, 0)


def await_true(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_an_engine_that_hangs_keeps_no_other_waiting_and_ends_with_the_session() -> None:
    hangs, changed = threading.Event(), threading.Event()

    def asks(one: EngineView) -> Answer:
        if one.url == "b":
            hangs.wait(PATIENCE_S)
        return Answer(one.url, time.time_ns(), (intent(one.url),), seat(one.url, one.url))

    intents = Intents(lambda: (view("a"), view("b")), changed.set, asks)
    intents.follow()
    assert changed.wait(PATIENCE_S)
    assert [answer.url for answer in intents.answers()] == ["a"]
    intents.close()
    hangs.set()
    assert [answer.url for answer in intents.answers()] == ["a"]


def test_whoever_asks_once_gets_all_answers_in_order_and_need_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    may_answer = threading.Event()

    def asked(one: EngineView) -> Answer:
        may_answer.wait(PATIENCE_S)
        return Answer(one.url, 1)

    monkeypatch.setattr(module, "ask", asked)
    asking = module.Asking([view("b"), view("a"), view("c", answers=False)])
    assert all(thread.daemon for thread in asking._threads)  # a program that ends meanwhile ends at once
    may_answer.set()
    assert [answer.url for answer in asking.answers()] == ["a", "b"]
    assert module.ask_all(()) == ()


def test_an_engine_is_asked_again_after_a_doubt_and_many_doubts_are_one_question() -> None:
    asked: list[float] = []

    def asks(one: EngineView) -> Answer:
        asked.append(time.monotonic())
        return Answer(one.url, time.time_ns())

    intents = Intents(lambda: (view("a"),), lambda: None, asks)
    intents.follow()
    await_true(lambda: len(asked) == 1)
    for _ in range(5):
        intents.doubt()
    await_true(lambda: len(asked) == 2)
    intents.close()
    assert asked[1] - asked[0] >= DEBOUNCE_S


def test_an_engine_that_fell_silent_intends_nothing_any_more() -> None:
    views, changes = [view("a")], threading.Event()
    intents = Intents(lambda: views, changes.set, lambda one: Answer(one.url, 1, (intent(one.url),)))
    intents.follow()
    await_true(lambda: len(intents.answers()) == 1)
    changes.clear()
    views[0] = replace(views[0], answers=False)
    intents.follow()
    assert intents.answers() == ()
    assert changes.is_set()
    intents.close()


def test_names_are_kept_while_no_answer_is_new() -> None:
    members = (Member("docker1n", "1", "10.13.17.7", "", "", True),)
    answer = Answer("a", 1, (intent("a", members=members),))
    intents = Intents(lambda: (view("a"),), lambda: None, lambda _: answer)
    intents.follow()
    await_true(lambda: len(intents.answers()) == 1)
    assert intents.told() == {("abc", "10.13.17.7"): "docker1n"} == names_of(intents_of([answer]))
    assert intents.told() is intents.told()
    intents.close()


def test_what_other_nodes_intend_is_said_to_be_unknown() -> None:
    nodes = [(node, node, "ready") for node in ("10.0.0.1", "10.0.0.2", "10.0.0.3")]
    first = Answer("a", 1, (intent("a", "10.0.0.1", "10.0.0.2"),), seat("a", "10.0.0.1", *nodes))
    second = Answer("b", 1, (), seat("b", "10.0.0.2"))
    says = [text.split(" intends")[0] for text in unknowns((view("a"),), (first,))]
    assert says == ["what the node 10.0.0.2", "what the node 10.0.0.3"]
    assert len(unknowns((view("a"), view("b")), (first, second))) == 1
    assert seats_of((first, second)) == (first.seat, second.seat)


def test_a_node_of_another_swarm_with_the_same_address_is_another_node() -> None:
    nodes = (("10.0.0.1", "10.0.0.1", "ready"), ("n2", "10.0.0.2", "ready"))
    first = Answer("a", 1, (intent("a", "10.0.0.1", "10.0.0.2"),), seat("a", "10.0.0.1", *nodes))
    stranger = Answer("b", 1, (), seat("b", "10.0.0.2"))
    (says,) = unknowns((view("a"), view("b")), (first, stranger))
    assert says.startswith("what the node 10.0.0.2 intends")


def test_an_engine_that_does_not_answer_and_none_at_all_are_said() -> None:
    assert unknowns((view("a"),), (Answer("a", 1, says="does not answer"),)) == (
        "a: does not answer; what it intends is not known",
    )
    (alone,) = unknowns((), ())
    assert "no Docker Engine answers" in alone
