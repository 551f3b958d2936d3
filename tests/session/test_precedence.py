"""Whoever answers a key goes first, but never for long, nor all the time."""

import threading
import time

import pytest

from ovltui.session import precedence
from ovltui.session.precedence import Precedence


def waited(first: Precedence) -> float:
    begun = time.monotonic()
    first.wait()
    return time.monotonic() - begun


@pytest.fixture
def first(monkeypatch: pytest.MonkeyPatch) -> Precedence:
    monkeypatch.setattr(precedence, "MOST_S", 0.5)
    return Precedence()


def test_it_is_waited_until_a_key_is_painted(first: Precedence) -> None:
    first.claim()
    threading.Timer(0.1, first.release).start()
    assert 0.05 < waited(first) < 0.5


def test_a_key_that_paints_nothing_is_waited_for_once(first: Precedence) -> None:
    first.claim()
    assert waited(first) >= 0.5
    assert waited(first) < 0.5


def test_of_keys_that_follow_each_other_one_goes_first(first: Precedence) -> None:
    first.claim()
    first.release()
    first.claim()
    assert waited(first) < 0.5


def test_nobody_waits_for_nothing(first: Precedence) -> None:
    assert waited(first) < 0.5
