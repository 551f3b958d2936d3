"""Several hosts on the command line: what cannot be meant is said before anything is connected, what fails is said."""

import json
from io import StringIO

import pytest

from ovltui.cli.output import Output
from ovltui.cli.printer import Printer
from ovltui.errors import ExitStatus
from ovltui.events.filter import parse
from tests.cli.command import ovltui
from tests.tui.world import BLUE_NSID, feed, link, new_session

NOWHERE = "ssh://127.0.0.1:1"
"""Nothing listens on that port."""


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("ls", "--no-local"), "--no-local leaves this machine out: name others"),
        (("ls", "--host", "ssh://-oProxyCommand=touch"), "is no address of a machine"),
        (("--host", "ssh://user:secret@node2", "ls"), "a password does not belong there"),
        (("ls", "--from", "night.pcapng", "--host", "ssh://node2"), "a recording holds the hosts that were recorded"),
        (("watch", "--host", "ssh://node2", "--solicit", "eth0"), "--solicit works on this machine alone"),
        (("show", "host", "sockets", "--host", "ssh://node2"), "several hosts together tell no sockets"),
        (("record", "night.pcapng", "--rtmon", "--host", "ssh://node2"), "a machine records itself alone"),
        (("--host", "ssh://node2", "info"), "ovltui info takes no --host"),
        (("exec", "host", "--host", "ssh://node2"), "ovltui exec does not know '--host'"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence_of_usage(words: tuple[str, ...], says: str) -> None:
    ended = ovltui(*words)
    assert ended.status == ExitStatus.USAGE
    assert says in ended.err
    assert len(ended.err.splitlines()) == 1
    assert not ended.out


@pytest.mark.needs_sshd
def test_a_host_that_refuses_is_a_status_of_its_own_and_one_sentence() -> None:
    ended = ovltui("ls", "--no-docker", "--host", NOWHERE)
    assert ended.status == ExitStatus.UNREACHABLE
    assert ended.err == "ovltui: 127.0.0.1 refuses the connection: does sshd run there, on that port?\n"


def test_a_swarm_without_its_manager_is_told_to_name_hosts() -> None:
    ended = ovltui("ls", "--swarm", "--no-docker")
    assert ended.status == ExitStatus.NO_DOCKER
    assert "no Docker Engine here is the manager of a swarm" in ended.err


def test_programs_are_told_the_host_of_an_event_and_the_number_that_its_namespace_has_there() -> None:
    session = new_session()
    feed(session, BLUE_NSID, link(2, "eth0"))
    told = StringIO()
    out = Output(told, None)
    numbers = {BLUE_NSID: ("node2", 3)}
    printer = Printer(out, session.names, frozenset(), parse(""), json=True)
    printer.number_of = numbers.__getitem__
    printer.print(session.ring[0])
    out.flush()
    event = json.loads(told.getvalue())
    assert (event["host"], event["nsid"], event["netns"]) == ("node2", 3, "blue")
