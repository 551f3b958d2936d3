"""Names for ``ip netns`` on request: given to namespaces that it does not know, and taken away when the session ends.

Source: ``kernel.netns_name``. Privileges: as there. A name keeps its namespace alive; one that nothing else keeps alive
loses its name at the next look. What was given is in ``acts``, each with the command that it equals.
"""

import re
import subprocess
from collections.abc import Iterable
from dataclasses import replace

from ovltui.errors import OvltuiError
from ovltui.kernel.netns_name import DIRECTORY, Named, as_line, attach, check, detach
from ovltui.kernel.relaunch import module_command
from ovltui.netns.model import Netns, Source

COST = "it keeps the namespace alive until the name is taken away, at the latest when ovltui ends"
"""What a name costs, in words."""
__all__ = ["COST", "Named", "Namer", "is_known_to_ip", "proposal"]
_NAMED = re.compile(rf"(?:/var)?{DIRECTORY}/[^/]+")
_UNFIT = re.compile(r"[^\w.+-]+", re.ASCII)


class Namer:
    """What was named; a process of its own takes the names away, also when this one is killed."""

    def __init__(self) -> None:
        self.acts: list[Named] = []
        """What was named, in order."""
        self._guard: subprocess.Popen[bytes] | None = None

    def name(self, path: str, netns_id: int, name: str) -> Named:
        """Give the namespace at ``path`` a name.

        Raises:
            OvltuiError: it cannot have it.
        """
        check(name)
        named = Named(name, path, netns_id)
        # First the promise to take it away, then the deed: we may be killed between the two.
        self._tell(named)
        try:
            attach(named)
        except OvltuiError:
            self._tell(replace(named, given=False))
            raise
        self.acts.append(named)
        return named

    def take_away(self, named: Named) -> bool:
        """Take a name away that was given here; return whether it was still there.

        Raises:
            OvltuiError: the kernel refused.
        """
        was_there = detach(named)
        self.acts.remove(named)
        self._tell(replace(named, given=False))
        return was_there

    def let_go(self, netnses: Iterable[Netns]) -> tuple[Named, ...]:
        """Take names away from namespaces that nothing else keeps alive; return which.

        Raises:
            OvltuiError: the kernel refused.
        """
        acts = {named.netns_id: named for named in self.acts}
        kept = (acts[one.key.id] for one in netnses if one.key.id in acts and _is_kept_by(one, acts[one.key.id]))
        gone = tuple(kept)
        for named in gone:
            self.take_away(named)
        return gone

    def close(self) -> None:
        """Take all names away."""
        if self._guard and self._guard.stdin:
            self._guard.stdin.close()
            self._guard.wait()
            self._guard = None
        self.acts.clear()

    def _tell(self, named: Named) -> None:
        if self._guard is None:
            words = module_command("ovltui.kernel.netns_name", bare=True)
            self._guard = subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True)
        assert self._guard.stdin is not None
        self._guard.stdin.write(as_line(named))
        self._guard.stdin.flush()


def is_known_to_ip(netns: Netns) -> bool:
    """Whether ``ip netns`` has a name for it."""
    return any(_NAMED.fullmatch(mount.path) for mount in netns.mounts)


def name_for_ip(netns: Netns, mntns: int | None) -> str | None:
    """Return what ``ip netns`` calls a namespace in a mount namespace, where a shell reads that as a plain word."""
    found = (
        mount.path.rpartition("/")[2] for mount in netns.mounts if mount.mntns == mntns and _NAMED.fullmatch(mount.path)
    )
    return next((name for name in found if not _UNFIT.search(name) and not name.startswith("-")), None)


def proposal(name: str) -> str:
    """Return a name for ``ip netns`` that is like ``name``."""
    return _UNFIT.sub("-", name).strip("-")


def _is_kept_by(netns: Netns, named: Named) -> bool:
    mounts = {mount.path.removeprefix("/var") for mount in netns.mounts}
    return netns.sources == (Source.MOUNT,) and mounts == {f"{DIRECTORY}/{named.name}"}
