"""What Docker tells of endpoints, of which nothing is taken for granted."""

from typing import Any

import pytest

from ovltui.session import told
from ovltui.session.inspect import Question

TASK = {"Name": "docker2n", "EndpointIP": "10.13.17.3"}
JUNK: tuple[Any, ...] = (None, [], 7, "x", {"a": None}, {"a": {"Tasks": {}}}, {"a": {"Tasks": [None, 7, {"Name": 3}]}})


def names(monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any]) -> dict[tuple[str, str], str]:
    class Asked:
        def docker_questions(self, _row: object) -> tuple[Question, ...]:
            return (Question("unix:///x", "network", "abc", "net"), Question("unix:///x", "container", "c", "c"))

    monkeypatch.setattr(told, "_answer", lambda _question: answer)
    found, gaps = told.told(Asked(), [None])  # type: ignore[arg-type, list-item]
    assert gaps == ()
    return found


def test_names_come_by_network_and_address(monkeypatch: pytest.MonkeyPatch) -> None:
    containers = {"1": {"Name": "docker1n", "IPv4Address": "10.13.17.7/24"}}
    answer = {"Containers": containers, "Services": {"": {"Tasks": [TASK]}}}
    assert names(monkeypatch, answer) == {("abc", "10.13.17.7"): "docker1n", ("abc", "10.13.17.3"): "docker2n"}


@pytest.mark.parametrize("junk", JUNK, ids=repr)
def test_what_is_no_endpoint_is_passed_over(monkeypatch: pytest.MonkeyPatch, junk: object) -> None:
    assert names(monkeypatch, {"Containers": junk, "Services": junk}) == {}


def test_names_are_cleaned(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = {"Services": {"": {"Tasks": [{**TASK, "Name": "a\x1b[31m"}]}}}
    assert names(monkeypatch, answer) == {("abc", "10.13.17.3"): "a\\x1b[31m"}
