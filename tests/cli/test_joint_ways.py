"""The ways to several machines: made at once, asked one by one, and given up at once."""

import signal
import threading
import time
from dataclasses import dataclass, field
from io import StringIO
from typing import cast

import pytest

from ovltui.cli.joint_ways import AT_ONCE, refusals
from ovltui.cli.output import Output
from ovltui.errors import RemoteError
from ovltui.remote import ssh
from ovltui.remote.says import UnaskedError

PATIENCE_S = 10.0


@dataclass
class Town:
    """Machines that are tried at the same time."""

    trying: int = 0
    most: int = 0
    asked: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class Fake:
    """A machine to which a way is made once ``open`` is set."""

    name: str
    town: Town
    open: threading.Event
    error: RemoteError | None = None
    closed: bool = False
    stop: threading.Event = field(default_factory=threading.Event)

    def prepare(self, *, asks: bool) -> None:
        """Make the way."""
        with self.town.lock:
            self.town.trying += 1
            self.town.most = max(self.town.most, self.town.trying)
            if asks:
                self.town.asked.append(f"{self.name} {self.town.trying}")
        while not self.open.wait(0.01) and not self.stop.is_set():
            pass
        with self.town.lock:
            self.town.trying -= 1
        if self.error and not (asks and isinstance(self.error, UnaskedError)):
            raise self.error

    def close(self) -> None:
        """Give it up."""
        self.stop.set()
        self.closed = True


@pytest.fixture
def town() -> Town:
    return Town()


def said(machines: list[Fake]) -> tuple[str, ...]:
    return refusals(cast("list[ssh.Ssh]", machines), Output(StringIO(), None))


def opened() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


def open_when(town: Town, number: int) -> threading.Event:
    """Return an event that is set once so many machines are tried at the same time."""
    event = threading.Event()

    def watch() -> None:
        deadline = time.monotonic() + PATIENCE_S
        while town.most < number and time.monotonic() < deadline:
            time.sleep(0.005)
        event.set()

    threading.Thread(target=watch, daemon=True).start()
    return event


def test_ways_are_made_at_once_but_no_more_than_an_sshd_takes(town: Town) -> None:
    event = open_when(town, AT_ONCE)
    machines = [Fake(f"n{number}", town, event) for number in range(3 * AT_ONCE)]
    assert said(machines) == ()
    assert town.most == AT_ONCE
    assert not town.asked


def test_what_must_be_asked_is_asked_one_by_one_and_only_where_somebody_can_be(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked, away = UnaskedError("it does not let us in."), RemoteError("it is away.")
    errors = {1: locked, 2: away, 3: locked}
    machines = [Fake(f"n{number}", town, opened(), errors.get(number)) for number in range(5)]
    monkeypatch.setattr(ssh, "on_terminal", lambda: True)
    assert said(machines) == ("it is away.",)
    assert town.asked == ["n1 1", "n3 1"]
    monkeypatch.setattr(ssh, "on_terminal", lambda: False)
    assert said(machines) == ("it does not let us in.", "it is away.", "it does not let us in.")


def test_one_machine_alone_is_asked_for_at_once(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssh, "on_terminal", lambda: True)
    assert said([Fake("n0", town, opened())]) == ()
    assert town.asked == ["n0 1"]


def test_what_is_interrupted_gives_up_every_way(town: Town) -> None:
    machines = [Fake(f"n{number}", town, threading.Event()) for number in range(2 * AT_ONCE)]
    main = threading.main_thread().ident
    assert main
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a process of a parallel run ignores it
    try:
        threading.Timer(0.3, signal.pthread_kill, (main, signal.SIGINT)).start()
        begun = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            said(machines)
    finally:
        signal.signal(signal.SIGINT, before)
    assert time.monotonic() - begun < PATIENCE_S  # nothing else would end it
    assert all(machine.closed for machine in machines)
    while town.trying:
        time.sleep(0.005)
