"""What a machine does to a session that no one expects: clocks set back, numbers used again, deaths while we look."""

import itertools
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ovltui.cli.follow import Follower, Wake
from ovltui.cli.output import Output
from ovltui.cli.printer import Printer
from ovltui.events.filter import parse
from ovltui.events.line import Line, line
from ovltui.events.view import View
from ovltui.events.vocabulary import Pane
from ovltui.kernel import wire
from ovltui.kernel.dump import dump
from ovltui.kernel.namespace import Identified
from ovltui.session import greet
from ovltui.session.live import LiveSession, Options
from ovltui.session.session import Session
from tests.bed.netns import NamedNetns, ip
from tests.cli.command import OVLTUI, environment
from tests.session.made import HOST, OWN, born, link, message, own, route

NewNetns = Callable[[str], NamedNetns]
PATIENCE_S = 30.0
"""Long: a busy machine frees the numbers of dead namespaces late."""


def lines(session: Session) -> list[Line]:
    return [line(session.ring[seq], session.names) for seq in range(session.ring.first, session.ring.end)]


@contextmanager
def live() -> Iterator[LiveSession]:
    session = LiveSession(Options(no_docker=True))
    try:
        session.start()
        yield session
    finally:
        session.close()


def wait_for(session: Session, wanted: Callable[[Line], bool]) -> None:
    """Wait until a line is as it is wanted; each record is looked at once, and again while it is new."""
    deadline = time.monotonic() + PATIENCE_S
    start = session.ring.first
    while True:
        end = session.ring.end
        if any(wanted(line(session.ring[seq], session.names)) for seq in range(start, end)):
            return
        assert time.monotonic() < deadline
        start = max(start, end - 2000)
        time.sleep(0.02)


def test_a_clock_that_is_set_back_a_day_changes_neither_order_nor_what_is_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    session = Session(HOST, OWN)
    session.publish([own()])
    day_ns = 86_400 * 10**9
    start_ns = time.time_ns()
    times = [start_ns, start_ns + 1, start_ns - day_ns, start_ns - day_ns + 1, start_ns + day_ns, 1]
    for number, time_ns in enumerate(times):
        renamed = link(7, b"v%d" % number, change=0 if number else 0xFFFFFFFF)
        session.feed(message(renamed, time_ns=time_ns) + message(route(7), time_ns=time_ns))
    view = View(session.ring, Pane.LINK)
    while view.behind:
        view.step(1)
    names = [lines(session)[view[row]].text.split()[0] for row in range(len(view))]
    assert names == [f"v{number}" for number in range(6)]
    assert all(f"was called v{number - 1}" in lines(session)[2 * number].text for number in range(1, 6))
    assert [said.text.split("dev ")[1].split()[0] for said in lines(session)[1::2]] == names
    assert [said.time_ns for said in lines(session)[::2]] == times
    _print_all(session)
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 12
    assert [text.split()[3] for text in printed[::2]] == names


def _print_all(session: Session) -> None:
    out = Output(sys.stdout, None)
    printer = Printer(out, session.names, frozenset(), parse(""))
    Follower(session, printer, out, frozenset(), set()).follow(Wake(), deadline=time.monotonic())


def test_a_message_of_a_future_kernel_is_a_line_in_the_link_pane() -> None:
    session = Session(HOST, OWN)
    session.feed(born(5) + message(wire.message(4242, 0, 0, bytes(9)), 5) + message(link(2, b"eth0"), 5))
    assert [said.text.split(",")[0] for said in lines(session)[1:2]] == ["message type 4242"]
    assert 1 in session.ring.seqs(Pane.LINK, 0, 9)


@contextmanager
def watching_from(viewer: NamedNetns) -> Iterator[subprocess.Popen[str]]:
    """``ovltui watch`` in a namespace whose numbers nobody else gives, which listens already."""
    command = viewer.command(*OVLTUI, "watch", "link", "--json", "--passive", "--no-docker")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd="/", env=environment())
    with process:
        try:
            assert process.stdout is not None
            deadline = time.monotonic() + PATIENCE_S
            mtus = itertools.cycle(("1400", "1500"))
            while not select.select([process.stdout], [], [], 0.1)[0]:
                assert time.monotonic() < deadline
                viewer.ip("link", "set", "lo", "mtu", next(mtus))
            yield process
        finally:
            process.kill()


@pytest.mark.needs_root
def test_a_number_that_is_given_again_at_once_never_bears_the_name_of_another_holder(new_netns: NewNetns) -> None:
    viewer, number, names = new_netns("viewer"), "31337", []
    with watching_from(viewer) as process:
        for at in range(6):
            netns = new_netns("reuse")
            names.append(netns.name)
            viewer.ip("netns", "set", netns.name, number)
            netns.ip("link", "add", f"reuse{at}", "type", "veth", "peer", "name", f"again{at}")
            if at < 5:
                time.sleep(at % 2 * 0.1)  # some are found before they die
                ip("netns", "delete", netns.name)
                _await_free(viewer, number)
        time.sleep(2.5)  # as long as a line may wait for its name
        process.terminate()
        rows = [json.loads(text) for text in process.communicate()[0].splitlines()]
    told = [(row["netns"], int(row["ifname"][-1])) for row in rows if row["ifname"][:-1] in ("reuse", "again")]
    assert {at for _, at in told} == set(range(6))
    assert all(netns in (names[at], f"nsid {number}") for netns, at in told), told
    assert (names[5], 5) in told


def _await_free(viewer: NamedNetns, number: str) -> None:
    """Wait until the kernel has taken a dead namespace's number back."""
    deadline = time.monotonic() + PATIENCE_S
    while any(row.split()[1] == number for row in viewer.ip("netns", "list-id").splitlines()):
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.mark.needs_root
def test_a_namespace_that_is_deleted_in_the_middle_of_a_visit_dies_at_its_end(
    new_netns: NewNetns, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, visit = Path(f"/run/netns/visited-{os.getpid()}"), dump

    def deleting(namespace: Identified, *words: Any, **more: Any) -> Any:
        if path.exists() and path.stat().st_ino == namespace.inode:
            ip("netns", "delete", path.name)
        return visit(namespace, *words, **more)

    with live() as session:
        monkeypatch.setattr(greet, "dump", deleting)
        ip("netns", "add", path.name)
        wait_for(session, lambda said: said.text.endswith(f"it was {path.name}"))
        assert not path.exists()
        _await_unlisted(session, path.name)
        after = new_netns("visited")
        wait_for(session, lambda said: after.name in said.text)  # it goes on


def _await_unlisted(session: Session, name: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while session.snapshot().row(name):
        assert time.monotonic() < deadline
        time.sleep(0.05)
