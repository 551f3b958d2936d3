"""Where the process behind an endpoint lives.

Source: SO_PEERCRED of its socket, and /proc/PID/ns. Privileges: CAP_SYS_PTRACE for processes of other users.
Incomplete: an engine reached over the network is nowhere; one that was started by its socket answers in the
name of the process that made the socket, so a ``dockerd`` with that address counts more.
"""

from dataclasses import dataclass

from ovltui.identity.endpoints import Endpoint
from ovltui.kernel.namespace import has_our_pids, mntns_of
from ovltui.kernel.peer import listener
from ovltui.netns.discover import key_of
from ovltui.netns.model import NetnsKey

_INIT = 1
"""The process that keeps sockets for engines which are started on demand."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A process and its namespaces; None for what cannot be seen."""

    pid: int | None = None
    mntns: int | None = None
    netns: NetnsKey | None = None
    same_pids: bool = False
    """Whether it calls other processes by the same pids as we do."""


def whereabouts(endpoint: Endpoint) -> Whereabouts:
    """Return where the engine behind an endpoint lives; connects to its socket once."""
    pid = listener(endpoint.path) if endpoint.path else None
    if pid in (None, _INIT):
        pid = endpoint.pid or pid
    if pid is None:
        return Whereabouts()
    return Whereabouts(pid, mntns_of(pid), key_of(pid), has_our_pids(pid))
