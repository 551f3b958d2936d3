"""A network namespace as evidence describes it, and the key that identifies it.

Source: the sweep of ``ovltui.netns.discover``. A ``Netns`` is a moment's view; the key stays for its whole life.
"""

from dataclasses import dataclass
from enum import StrEnum

from ovltui.text import clean


@dataclass(frozen=True, slots=True, order=True)
class NetnsKey:
    """Identity of a namespace, for as long as the machine runs."""

    host: str
    """The machine's name."""
    id: int
    """The kernel's namespace id (NS_GET_ID, equal to SO_NETNS_COOKIE): never given out twice."""


class Source(StrEnum):
    """Evidence by which a namespace was found."""

    MOUNT = "mount"
    PROCESS = "process"


@dataclass(frozen=True, slots=True)
class Mount:
    """An nsfs mount of a network namespace, in one mount namespace."""

    mntns: int
    """Inode of the mount namespace that holds it."""
    pid: int
    """A process of that mount namespace, through whose root the path can be opened."""
    path: str
    """Mount point as that mount namespace sees it; raw, to be opened, not shown."""

    @property
    def shown(self) -> str:
        """The mount point, safe to show."""
        return clean(self.path)


@dataclass(frozen=True, slots=True)
class Netns:
    """One network namespace as the last sweep found it."""

    key: NetnsKey
    inode: int
    """Inode of its nsfs file, as ``net:[4026532369]`` shows it; used again by the kernel after a death."""
    nsid: int | None
    """Its id in our own namespace; None for our own, and where none could be given."""
    own: bool
    """Whether it is the namespace in which ovltui runs."""
    mounts: tuple[Mount, ...]
    pids: tuple[int, ...]
    """Processes whose main thread is in it, ascending."""
    gaps: tuple[str, ...] = ()
    """What could not be read of it, each a sentence."""

    @property
    def sources(self) -> tuple[Source, ...]:
        """The evidence, strongest first."""
        found = ((Source.MOUNT, self.mounts), (Source.PROCESS, self.pids))
        return tuple(source for source, evidence in found if evidence)
