"""What several machines said, as one session: their names, namespaces, engines and intents beside each other.

Source: ``session.joined_intake``. Pure but for the clock; who ends a connection does so in a thread of its own. The
names of machines stand in front of what is theirs as soon as there are several. Incomplete: of a machine whose line is
lost all is as of then, which its state, its gaps and the gaps of its tables say.
"""

import threading
import time
from collections.abc import Iterable
from itertools import chain, count
from typing import TypeVar

from ovltui.capture.inputs import FORMAT, Intended, Named, Start
from ovltui.netns.discover import host_name
from ovltui.netns.model import Netns, NetnsKey
from ovltui.session.docker_places import docker_places
from ovltui.session.hosts import HostState
from ovltui.session.joined_host import Host, shown_name
from ovltui.session.replay import ReplaySession
from ovltui.session.translate_names import Names
from ovltui.state.tables import Contents
from ovltui.state.tenure import Tenure

T = TypeVar("T")
_PRUNE_S = 5.0
"""Seconds between two times at which dead namespaces are forgotten."""


class ManyHosts(ReplaySession):
    """A session that several machines tell; one thread at a time tells.

    Args:
        limit: records to keep.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(Start(FORMAT, "", host_name(), None, 0), limit=limit)
        self.recorded = False
        self._machines: tuple[Host, ...] = ()
        self._several = False
        self._renamed = self._altered = False
        self._pruned = time.monotonic()

    def number_of(self, nsid: int) -> tuple[str, int | None]:
        """Return whose a number of this session is, and which one it is there; None for a machine's own namespace."""
        for host in self._machines:
            there = host.there(nsid)
            if there is not None:
                return host.name, None if there < 0 else there
        return "", None

    @property
    def members(self) -> tuple[Host, ...]:
        """The machines, for the parts of this session."""
        return self._machines

    def tables_of(self, netns: Netns) -> Contents:
        """Return what the kernel keeps of a namespace; of a machine whose line is lost, as of then."""
        contents = super().tables_of(netns)
        host = self._host(netns.key)
        if host is None or host.stated:
            return contents
        return Contents(contents.messages, contents.seq, contents.read_ns, (*contents.gaps, _as_of_then(host)))

    def gaps(self) -> tuple[str, ...]:
        """Return what cannot be seen or heard, each a sentence."""
        machines = self._machines
        return tuple(gap for host in machines for gap in host.gaps(several=len(machines) > 1))

    def named(self, host: Host, named: Named) -> None:
        """Take in what a machine calls things."""
        assert host.translation
        with self._lock:
            for key in host.names.take(named, host.translation, host.name, several=self._several):
                self._identities.pop(key, None)
            self._identities.update(host.names.shown_identities)
        self._renamed = True

    def changed(self) -> None:
        """Take in that what cannot be seen may be something else now."""
        self._altered = True

    def intend(self) -> None:
        """Take in that engines of a machine intend something else."""
        told = [host.intended for host in self._machines if host.intended]
        intents = tuple(intent for one in told for intent in one.intents)
        self.intended = Intended(intents, tuple(seat for one in told for seat in one.seats))
        self.stream.tap.intended(self.intended.intents, self.intended.seats)

    def twin(self, host: Host, start: Start) -> Host | None:
        """Return another machine of this session that is the same as the one with which a stream begins."""
        mine = (start.boot, start.own)
        others = (one for one in self._machines if one is not host and one.start and one.stated)
        return next(
            (one for one in others if one.start and start.boot and (one.start.boot, one.start.own) == mine), None
        )

    def end(self, host: Host, says: str) -> None:
        """Try a machine no longer."""
        host.be(HostState.ENDED, says)
        host.names = Names()
        self._renamed = True
        threading.Thread(target=end_of, args=(host,), name="ovltui-end", daemon=True).start()

    def call(self, host: Host, start: Start) -> None:
        """Give a machine its name, and another one than before where it is another machine."""
        taken = {one.name for one in self._machines if one is not host}
        name = shown_name(start.host or host.feed.machine.name, host.feed.machine.name, taken)
        keys = {key.host for key in self._identities} | {one.key for one in self._machines}
        key = next(key for key in chain((name,), (f"{name}~{number}" for number in count(2))) if key not in keys)
        host.key = key
        host.rename(name)

    def _host(self, key: NetnsKey) -> Host | None:
        return next((host for host in self._machines if host.owns(key)), None)

    def _tenure(self, nsid: int, born: int) -> Tenure | None:
        """Return who holds a number, which no other one ever had."""
        del born
        if found := self.tenures.latest(nsid, self.ring.end):
            return found
        with self.stream.held():
            return self.tenures.heard(nsid, self.ring.end)

    def _compose(self) -> None:
        """Show what the machines call things."""
        self._renamed = False
        machines = self._machines
        with self._lock:
            if (len(machines) > 1) != self._several:
                self._call_anew(machines)
            self._netnses = _same(self._netnses, (one for host in machines for one in host.names.shown.values()))
            self._views = _same(self._views, (view for host in machines for view in host.names.shown_views))
            labels = {view.url: view.label for view in self._views}
            self._prune()
            self.names.places = docker_places(self._identities, self._views, labels)
            self._version += 1
        self.tell_tap()

    def _call_anew(self, machines: tuple[Host, ...]) -> None:
        self._several = len(machines) > 1
        for host in machines:
            if host.translation:
                host.names.show_anew(host.translation, host.name, several=self._several)
                self._identities.update(host.names.shown_identities)

    def _prune(self) -> None:
        """Forget dead namespaces of which no record is left."""
        if time.monotonic() - self._pruned < _PRUNE_S:
            return
        self._pruned = time.monotonic()
        alive = {netns.key for netns in self._netnses}
        for key in self.stream.prune():
            if key not in alive:
                self._identities.pop(key, None)


def _same(before: tuple[T, ...], now: Iterable[T]) -> tuple[T, ...]:
    """Return what is now, as the very value of before where nothing in it changed."""
    now = tuple(now)
    same = len(now) == len(before) and all(one is other for one, other in zip(now, before, strict=True))
    return before if same else now


def _as_of_then(host: Host) -> str:
    return f"the line to {host.name} is lost: this is as of then"


def end_of(host: Host) -> None:
    """End the connection to a machine, and what it shares with others to it."""
    host.feed.close()
    host.feed.machine.close()
