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
    """The kernel's namespace id (NS_GET_ID, equal to SO_NETNS_COOKIE): never given out twice. On kernels that tell
    none, made of the inode and a count of its births; negative where nothing but the nsid is known."""


def numbered(host: str, nsid: int) -> NetnsKey:
    """Return the key of a namespace of which nothing but its nsid in our own namespace is known."""
    return NetnsKey(host, -1 - nsid)


class Source(StrEnum):
    """Evidence by which a namespace was found."""

    MOUNT = "mount"
    PROCESS = "process"
    TASK = "task"
    DESCRIPTOR = "descriptor"
    SOCKET = "socket"
    NSID = "nsid"
    """Its nsid alone: nothing that leads into it was found."""


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
    def inode(self) -> int:
        """Inode of the mount namespace as its machine tells it, where the number also says of which machine it is."""
        return self.mntns & 0xFFFFFFFF

    @property
    def shown(self) -> str:
        """The mount point, safe to show."""
        return clean(self.path)


@dataclass(frozen=True, slots=True)
class Task:
    """A thread that is in another namespace than its process."""

    pid: int
    tid: int
    name: str
    """Short name of the thread, safe to show; may be empty."""


@dataclass(frozen=True, slots=True)
class Descriptor:
    """A descriptor of a namespace in a process that is not in that namespace itself."""

    pid: int
    fd: int
    name: str
    """Short name of the process, safe to show; may be empty."""


@dataclass(frozen=True, slots=True)
class Socket:
    """A socket in a namespace, of a process that is not in that namespace itself."""

    pid: int
    fd: int
    inode: int
    """The socket's own."""
    name: str
    """Short name of the process, safe to show; may be empty."""


@dataclass(frozen=True, slots=True)
class Netns:
    """One network namespace as the last sweep found it."""

    key: NetnsKey
    inode: int
    """Inode of its nsfs file, as ``net:[4026532369]`` shows it; used again by the kernel after a death. 0 where nothing
    but the nsid is known."""
    nsid: int | None
    """Its id in our own namespace; None for our own, and where none could be given."""
    own: bool
    """Whether it is the namespace in which ovltui runs."""
    mounts: tuple[Mount, ...]
    pids: tuple[int, ...]
    """Processes whose main thread is in it, ascending."""
    gaps: tuple[str, ...] = ()
    """What could not be read of it, each a sentence."""
    tasks: tuple[Task, ...] = ()
    descriptors: tuple[Descriptor, ...] = ()
    sockets: tuple[Socket, ...] = ()

    @property
    def sources(self) -> tuple[Source, ...]:
        """The evidence, strongest first."""
        found = (
            (Source.MOUNT, self.mounts),
            (Source.PROCESS, self.pids),
            (Source.TASK, self.tasks),
            (Source.DESCRIPTOR, self.descriptors),
            (Source.SOCKET, self.sockets),
        )
        sources = tuple(source for source, evidence in found if evidence)
        return sources or ((Source.NSID,) if self.is_number else ())

    @property
    def is_number(self) -> bool:
        """Whether nothing but its nsid is known."""
        return self.key.id < 0

    @property
    def held(self) -> tuple[str, ...]:
        """Who keeps it alive without a process in it: threads, descriptors and sockets, each process in a few words."""
        found = [("thread", task.tid, task.pid, task.name) for task in self.tasks]
        found += [("descriptor", one.fd, one.pid, one.name) for one in self.descriptors]
        found += [("socket", one.fd, one.pid, one.name) for one in self.sockets]
        grouped: dict[tuple[str, int, str], list[int]] = {}
        for noun, number, pid, name in found:
            grouped.setdefault((noun, pid, name), []).append(number)
        return tuple(_says(noun, numbers, pid, name) for (noun, pid, name), numbers in grouped.items())


def _says(noun: str, numbers: list[int], pid: int, name: str) -> str:
    many = f"{noun}s" if len(numbers) > 1 else noun
    whose = f"{name} (pid {pid})" if name else f"process {pid}"
    return f"{many} {' '.join(map(str, numbers))} of {whose}"
