"""What the first process of each namespace tells: its name, its command line and its control group.

Source: ``kernel.procfs``. Privileges: none for most of it. Incomplete: what was read is kept while the processes of the
namespace stay the same, but for the first looks, since a process that was just born still changes all three.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ovltui.identity.cgroups import Inside, inside
from ovltui.kernel import procfs
from ovltui.netns.model import Netns, NetnsKey

_LOOKS = 4
"""How often one set of processes is looked at: as many sweeps are some seconds."""
_TRIED = 8
"""Processes of which the first one is sought that was started from elsewhere."""
_SHOWN = 60
"""Characters of a command line that are kept."""


@dataclass(frozen=True, slots=True)
class _Known:
    pids: tuple[int, ...]
    looks: int
    name: str
    told: Inside


class Insides:
    """Remembers what was read; one thread asks."""

    def __init__(self) -> None:
        self._known: dict[NetnsKey, _Known] = {}
        self._starters: dict[int, str] = {}
        self._settled: Iterable[Netns] | None = None
        """The namespaces of the last look, if nothing is left to read in them."""
        self.told: dict[NetnsKey, Inside] = {}
        """What the processes told, by namespace; a new value where something changed."""
        self.names: dict[int, str] = {}
        """Short name of the lowest process of each namespace, by pid; a new value where something changed."""

    def look(self, netnses: Iterable[Netns]) -> None:
        """Read what is new in these namespaces, and forget the others."""
        if netnses is self._settled:
            return
        found: dict[NetnsKey, _Known] = {}
        self._starters = {}
        for netns in netnses:
            if netns.pids and not netns.own:
                found[netns.key] = self._of(netns)
        self._known = found
        self._settled = netnses if all(known.looks >= _LOOKS for known in found.values()) else None
        self.told = {key: known.told for key, known in found.items()}
        self.names = {known.pids[0]: known.name for known in found.values() if known.name}

    def _of(self, netns: Netns) -> _Known:
        before = self._known.get(netns.key)
        same = before is not None and before.pids == netns.pids[:_TRIED]
        if before and same and before.looks >= _LOOKS:
            return before
        looks = before.looks + 1 if before and same else 1
        return _Known(netns.pids[:_TRIED], looks, procfs.name(netns.pids[0]), self._read(netns.pids))

    def _read(self, pids: tuple[int, ...]) -> Inside:
        """Read what the first process tells that was started from elsewhere."""
        members = set(pids)
        starters = ((pid, procfs.parent(pid)) for pid in pids[:_TRIED])
        pid, starter = next((pair for pair in starters if pair[1] not in members), (pids[0], 0))
        command = " ".join(procfs.command(pid))
        short = command if len(command) <= _SHOWN else f"{command[: _SHOWN - 1]}…"
        return inside(pid, short, procfs.cgroup(pid), self._cgroup(starter) if starter else "")

    def _cgroup(self, starter: int) -> str:
        """Return where a starter runs, read once a look: many namespaces have one."""
        if starter not in self._starters:
            self._starters[starter] = procfs.cgroup(starter)
        return self._starters[starter]
