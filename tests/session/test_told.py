"""What Docker tells of endpoints, asked once: names by network and address, and who did not answer."""

import pytest

from ovltui.identity.intent import Intent, Member
from ovltui.session import told
from ovltui.session.asker import Answer

URL = "unix:///x"


def intent(*members: Member) -> Intent:
    return Intent(URL, "abc", "net", "overlay", 4097, False, (), (), None, (), members, 0)


class Asked:
    engines = ()


def names(monkeypatch: pytest.MonkeyPatch, answer: Answer, rows: tuple[object, ...] = (None,)) -> object:
    monkeypatch.setattr(told, "ask_all", lambda _views: (answer,))
    return told.told(Asked(), rows)  # type: ignore[arg-type]


def test_names_come_by_network_and_address(monkeypatch: pytest.MonkeyPatch) -> None:
    members = (
        Member("docker1n", "1", "10.13.17.7", "", "", True),
        Member("docker2n", "2", "10.13.17.3", "", "", False),
        Member("", "3", "10.13.17.4", "", "", False),
    )
    found = names(monkeypatch, Answer(URL, 0, (intent(*members),)))
    assert found == ({("abc", "10.13.17.7"): "docker1n", ("abc", "10.13.17.3"): "docker2n"}, ())


def test_who_does_not_answer_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert names(monkeypatch, Answer(URL, 0, says="does not answer")) == ({}, (f"{URL}: does not answer",))


def test_nobody_is_asked_where_there_is_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    assert names(monkeypatch, Answer(URL, 0, says="does not answer"), ()) == ({}, ())
