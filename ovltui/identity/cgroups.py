"""Which container, machine or unit a process belongs to, by the path of its control group.

Source: the text of ``/proc/PID/cgroup``, of both versions. Pure. Incomplete: whoever is root in a container may make
groups of any name below its own, so an inner name is shown behind those around it, never alone; a runtime that
names its groups in another way is not known. A process that a workload's own process started counts as inside of it,
but the namespace that it is in is not the workload's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ovltui.text import clean, clean_bytes

_SHOWN_ID = 12
"""Characters of a container's id that docker, podman, nerdctl and crictl print."""
_ID = r"([0-9a-f]{64})"
_CONTAINERS = (
    ("docker", re.compile(rf"docker-{_ID}\.scope")),
    ("containerd", re.compile(rf"(?:cri-containerd|nerdctl)-{_ID}\.scope")),
    ("containerd", re.compile(rf".*:cri-containerd:{_ID}")),
    ("CRI-O", re.compile(rf"crio-{_ID}(?:\.scope)?")),
    ("podman", re.compile(rf"libpod-{_ID}(?:\.scope)?")),
)
"""Names of groups that say by themselves whose they are."""
_MACHINES = (
    ("LXC", re.compile(r"lxc\.payload\.(.+)")),
    ("machine", re.compile(r"machine-(.+)\.scope")),
    ("machine", re.compile(r"systemd-nspawn@(.+)\.service")),
)
_BARE_ID = re.compile(_ID)
_BELOW = {"docker": "docker", "libpod_parent": "podman"}
"""Runtimes by the group above a bare id; several put it anywhere."""
_UNIT = re.compile(r"(.+\.service)")
_ESCAPED = re.compile(rb"\\x([0-9a-f]{2})")
_NOUNS = ("container", "machine", "unit")
_SYSTEMD_V1 = "name=systemd"


@dataclass(frozen=True, slots=True)
class Workload:
    """A container, a machine or a unit."""

    runtime: str
    """``docker``, ``containerd``, ``CRI-O``, ``podman``, ``LXC``, ``machine``, ``unit``, or ``container``."""
    name: str
    """What the runtime's own tool prints: the id's first 12 characters, or a name; safe to show."""

    @property
    def says(self) -> str:
        """What it is, in words."""
        return f"{self.runtime} {self.name}" if self.runtime in _NOUNS else f"{self.runtime} container {self.name}"

    @property
    def is_unit(self) -> bool:
        """Whether it is a unit of systemd and no container."""
        return self.runtime == "unit"


@dataclass(frozen=True, slots=True)
class Inside:
    """What the first process of a namespace tells of it."""

    pid: int
    command: str
    """Its command line, safe to show; may be cut, and empty."""
    workloads: tuple[Workload, ...]
    """Where it runs, the outermost first."""
    own: bool
    """Whether the namespace is that of the innermost workload: its starter is outside of it."""


@lru_cache(maxsize=256)
def workloads(table: str) -> tuple[Workload, ...]:
    """Return what the text of a ``/proc/PID/cgroup`` names, the outermost first; units around a container do not count.

    Version 2 comes before version 1's ``name=systemd``, that before the controllers.
    """
    rows = [row.split(":", 2) for row in table.splitlines()]
    paths = [(controllers, path) for _, controllers, path in (row for row in rows if len(row) == 3)]  # noqa: PLR2004
    paths.sort(key=lambda pair: (pair[0] != "", pair[0] != _SYSTEMD_V1))
    return next((found for _, path in paths if (found := _of_path(path))), ())


def inside(pid: int, command: str, table: str, starter: str) -> Inside:
    """Return what a process tells.

    Args:
        pid: the process.
        command: its command line, safe to show.
        table: its ``/proc/PID/cgroup``.
        starter: that of its parent; empty where it may not be read.
    """
    found = workloads(table)
    around = workloads(starter)[: len(found)]
    return Inside(pid, command, found, bool(found) and around != found)


@lru_cache(maxsize=1024)
def _of_path(path: str) -> tuple[Workload, ...]:
    found = tuple(_named(path.split("/")))
    first = next((at for at, one in enumerate(found) if not one.is_unit), 0)
    return found[first:]


def _named(groups: list[str]) -> Iterator[Workload]:
    above = ""
    for group in groups:
        one = _workload(group, above)
        if one:
            yield one
        above = group


def _workload(group: str, above: str) -> Workload | None:
    for runtime, pattern in _CONTAINERS:
        if match := pattern.fullmatch(group):
            return Workload(runtime, match[1][:_SHOWN_ID])
    if _BARE_ID.fullmatch(group):
        return Workload(_BELOW.get(above, "container"), group[:_SHOWN_ID])
    if above == "lxc":
        return Workload("LXC", clean(group))
    for runtime, pattern in _MACHINES:
        if match := pattern.fullmatch(group):
            return Workload(runtime, _unescaped(match[1]))
    return Workload("unit", _unescaped(group)) if _UNIT.fullmatch(group) else None


def _unescaped(name: str) -> str:
    r"""Undo systemd's escapes, ``\x2d`` for a dash; what is no UTF-8 then becomes visible."""
    plain = _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), name.encode("utf-8", "surrogateescape"))
    return clean_bytes(plain)
