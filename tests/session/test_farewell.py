"""A namespace that Docker forgot keeps its name while it is taken apart, and not for long."""

import pytest

from ovltui.identity.model import Identity, Kind
from ovltui.netns.model import NetnsKey
from ovltui.session import farewell
from ovltui.session.farewell import LINGER_S, Farewell

KEY = NetnsKey("h", 7)
WEB = Identity("web", Kind.CONTAINER, "docker", container_id="c1")
BARE = Identity("4f0c", Kind.OTHER, "a mount")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(farewell, "monotonic", lambda: now[0])
    return now


def test_it_keeps_its_name_for_a_moment(clock: list[float]) -> None:
    made = Farewell()
    assert made.hold({KEY: WEB}, {KEY: BARE}) == {KEY: WEB}
    assert made.pending
    clock[0] += LINGER_S
    assert made.hold({KEY: WEB}, {KEY: BARE}) == {KEY: BARE}
    assert not made.pending


def test_one_that_died_meanwhile_is_waited_for_no_longer(clock: list[float]) -> None:
    made = Farewell()
    made.hold({KEY: WEB}, {KEY: BARE})
    clock[0] += LINGER_S / 2
    assert made.hold({KEY: WEB}, {}) == {}
    assert not made.pending


def test_the_name_is_given_up_at_once_to_another_one_that_bears_it() -> None:
    again = NetnsKey("h", 8)
    fresh = {KEY: BARE, again: WEB}
    assert Farewell().hold({KEY: WEB}, fresh) == fresh


def test_a_network_that_was_removed_is_called_by_its_name_too() -> None:
    overlay = Identity("net", Kind.OVERLAY, "docker", network_id="n1")
    assert Farewell().hold({KEY: overlay}, {KEY: BARE}) == {KEY: overlay}


def test_what_docker_never_named_changes_its_name_at_once() -> None:
    other = Identity("5a1b", Kind.OTHER, "a mount")
    assert Farewell().hold({KEY: other}, {KEY: BARE}) == {KEY: BARE}
