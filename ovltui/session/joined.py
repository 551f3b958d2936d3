"""A session that is fed by several machines at once: what each records comes over a line of its own, live.

Source: ``remote.machine``, one thread for each; another thread merges what came, in the order of our own clock.
Privileges: none here; each machine's recorder has its own. Every machine has its name in front of what is its own, as
soon as there are several. Incomplete: of a machine whose line is lost all is as of then, which its state, its gaps and
the gaps of its tables say; what is read beside events and tables is to be had of this machine alone.
"""

import threading
import time
from collections.abc import Sequence
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING

from ovltui.errors import NetnsError
from ovltui.identity.model import Identity
from ovltui.netns.evidence import ways_in
from ovltui.netns.model import Netns
from ovltui.remote.machine import Machine
from ovltui.session.hosts import HostState, HostStatus
from ovltui.session.inspect import Question, questions
from ovltui.session.joined_feed import Feed
from ovltui.session.joined_find import found
from ovltui.session.joined_host import Host, shown_name
from ovltui.session.joined_hosts import ManyHosts, end_of
from ovltui.session.joined_intake import Intake
from ovltui.session.joined_merge import merged
from ovltui.session.snapshot import Row

if TYPE_CHECKING:
    from ovltui.session.joined_findings import JoinedFindings
    from ovltui.session.wiring import Wiring

PERIOD_S = 0.025
"""Seconds between two looks at what came, while something comes."""


def _is_certain(host: Host) -> bool:
    return host.feed.heard or host.status.state is not HostState.LIVE


class JoinedSession(ManyHosts):
    """A session of several machines; ``start`` and ``close`` it.

    ``recorded`` is False. ``host`` is the name of this machine, be it among them or not. Namespaces have nsids of the
    session's own, and none is ``own``: ``number_of`` tells the machine's number.

    Args:
        machines: which.
        limit: records to keep.
    """

    def __init__(self, machines: Sequence[Machine], limit: int = 1_000_000) -> None:
        super().__init__(limit)
        self.findings: JoinedFindings | None = None
        """What is wrong; None until ``start_checks``."""
        self._fresh, self._numbers = count().__next__, count(1)
        self._joining = threading.RLock()
        self._news = threading.Event()
        self._settled = threading.Condition()
        self._closing = threading.Event()
        self._intake = Intake(self, self._fresh)
        self._thread = threading.Thread(target=self._run, name="ovltui-join", daemon=True)
        for machine in machines:
            self._add(machine)

    @cached_property
    def wiring(self) -> "Wiring":
        """Who is wired to whom."""
        from ovltui.session.wiring import Wiring  # noqa: PLC0415  (commands that only list need none)

        return Wiring(self)

    def start(self) -> None:
        """Connect to every machine; returns at once."""
        with self._joining:
            for host in self._machines:
                host.feed.start()
            self._thread.start()

    def start_checks(self) -> None:
        """Begin to tell what is wrong; nobody waits for it."""
        from ovltui.session.joined_findings import JoinedFindings  # noqa: PLC0415  (as above)

        self.findings = JoinedFindings(self, self.wiring)
        self.findings.start()

    def close(self) -> None:
        """End every connection and thread; a second call does nothing."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._news.set()
        if self.findings:
            self.findings.close()
        if self._thread.is_alive():
            self._thread.join()
        # Each may take a second to end there.
        ends = [threading.Thread(target=end_of, args=(host,), name="ovltui-end") for host in self._machines]
        for thread in ends:
            thread.start()
        for thread in ends:
            thread.join()

    def add(self, machine: Machine) -> None:
        """Connect to another machine, in any thread."""
        with self._joining:
            host = self._add(machine)
            if self._thread.is_alive():
                host.feed.start()
            self._compose()
        self.tell()

    def drop(self, name: str) -> None:
        """Forget a machine, by what it is called, in any thread; its connection ends in a thread of its own.

        Raises:
            NetnsError: none is called so.
        """
        with self._joining:
            host = next((host for host in self._machines if host.name == name), None)
            if host is None:
                raise NetnsError(f"no host is called {name}: they are {', '.join(one.name for one in self.hosts)}.")
            self._machines = tuple(one for one in self._machines if one is not host)
            if host.start:
                self._intake.forget(host, f"{host.name} is shown no longer", 0)
            self.intend()
            self._compose()
        threading.Thread(target=end_of, args=(host,), name="ovltui-end", daemon=True).start()
        self.tell()

    @property
    def hosts(self) -> tuple[HostStatus, ...]:
        """How each machine is, in the order in which they were named."""
        return tuple(host.measured for host in self._machines)

    def wait_for_hosts(self, patience_s: float) -> None:
        """Wait until the state of every machine is known, or cannot be; but not longer than ``patience_s``."""
        with self._settled:
            self._settled.wait_for(
                lambda: all(host.status.state is not HostState.CONNECTING for host in self._machines), patience_s
            )
        with self._joining:  # what came together with a state is there, too
            return

    def wait_until_heard(self, patience_s: float) -> None:
        """Wait until every machine whose state is known speaks now, or is lost; but not longer than ``patience_s``."""
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline and not all(map(_is_certain, self._machines)):
            self._closing.wait(PERIOD_S)

    def host_of(self, netns: Netns) -> HostStatus | None:
        """Return the machine of a namespace; None where it is shown no longer."""
        host = self._host(netns.key)
        return host.measured if host else None

    def told(self, netns: Netns) -> tuple[Netns | None, Identity | None]:
        """Return a namespace and what it is, as its machine says it: with that machine's numbers, paths and name."""
        host = self._host(netns.key)
        return host.raw(netns.key) if host else (None, None)

    def shell_command(self, netns: Netns) -> list[str]:
        """Return the words that run a login shell in a namespace, on its machine.

        Raises:
            NetnsError: it is gone, its machine is, or nothing leads into it.
        """
        host = self._host(netns.key)
        raw = host.raw(netns.key)[0] if host else None
        if host is None or raw is None:
            raise NetnsError("the namespace is gone: list again and choose anew.")
        if host.status.state is not HostState.LIVE:
            raise NetnsError(f"{host.name} is {host.status.state}: {host.status.says}")
        paths = () if raw.own else tuple(ways_in(raw))
        if not paths and not raw.own:
            raise NetnsError("it cannot be entered: nothing that leads into it was found.")
        return host.feed.machine.shell_words(paths, raw.inode)

    def find(self, text: str) -> tuple[Row, ...]:
        """Return the living namespaces that a person may mean by ``text``: on every machine, or ``node2:text``."""
        return found(text, self.snapshot().rows, self._machines)

    def docker_questions(self, row: Row) -> tuple[Question, ...]:
        """Return what Docker Engines of this machine can be asked; those of others cannot be."""
        host = self._host(row.netns.key)
        identity = host.raw(row.netns.key)[1] if host and not host.feed.machine.url else None
        return questions(identity, host.names.views, tuple(host.names.netnses.values())) if host and identity else ()

    def visitable(self, netns: Netns) -> Netns | None:
        """Return a namespace of this machine, as it can be visited; None for those of others."""
        host = self._host(netns.key)
        return host.raw(netns.key)[0] if host and not host.feed.machine.url else None

    def _add(self, machine: Machine) -> Host:
        taken = {one.name for one in self._machines}
        name = shown_name(machine.name or self.host, machine.name or self.host, taken)
        status = HostStatus(name, machine.url, HostState.CONNECTING, since_ns=time.time_ns())
        host = Host(Feed(machine, self._news.set), next(self._numbers), status)
        self._machines = (*self._machines, host)
        return host

    def _run(self) -> None:
        while not self._closing.is_set():
            waits = any(host.feed.waits for host in self._machines)
            self._news.wait(PERIOD_S if waits else None)
            self._news.clear()
            self.join()
            self._closing.wait(PERIOD_S)

    def join(self) -> None:
        """Take in what is due now, and tell the listeners."""
        end = self.ring.end
        with self._joining:
            self._intake.take(merged(self._machines, time.time_ns()))
            for host in self._machines:
                if host.translation:
                    host.translation.seqs.prune(self.ring.first)
            renamed, altered = self._renamed, self._altered
            if renamed:
                self._compose()
        if renamed or altered or self.ring.end != end:
            self._altered = False
            with self._settled:
                self._settled.notify_all()
            if altered and not renamed:
                self.renamed()
            else:
                self.tell()
