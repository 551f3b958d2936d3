"""Processes of the test bed: who descends from whom, who has ended; those of an engine, whoever their parent is by now.

Source: ``/proc``; needs root for those of others. dockerd hands its environment on to containerd, and that to its
shims, so that a mark in it finds them after they were orphaned; what runs in containers descends from a shim, or is
in a cgroup that carries the container's id.
"""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import psutil

MARK = "OVLTUI_BED"
"""Environment variable that carries the mark."""
_CGROUPS = Path("/sys/fs/cgroup")
_PATIENCE = 30.0


def gone(pid: int) -> bool:
    """Wait for the end of a process; return whether it came within half a minute. One that nobody has reaped ended."""
    try:
        await_end([psutil.Process(pid)])
    except psutil.NoSuchProcess:
        return True
    except TimeoutError:
        return False
    return True


def descendants(pid: int) -> list[int]:
    """Return the children of a process, and theirs."""
    return [child.pid for child in psutil.Process(pid).children(recursive=True)]


def words_of(pid: int) -> str:
    """Return the command line of a process; "" where it has ended."""
    try:
        return " ".join(psutil.Process(pid).cmdline())
    except psutil.NoSuchProcess:
        return ""


def _is_marked(process: psutil.Process, mark: str) -> bool:
    try:
        return process.environ().get(MARK) == mark
    except (psutil.Error, OSError):  # it ended meanwhile, or is a kernel thread
        return False


def _descendants(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def marked(mark: str) -> set[psutil.Process]:
    """Return the living processes whose environment carries ``mark``, and their descendants."""
    heads = {process for process in psutil.process_iter() if _is_marked(process, mark)}
    return heads.union(*(_descendants(process) for process in heads))


def lives(process: psutil.Process) -> bool:
    """Return whether the process runs; one that ended and that nobody has reaped does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def kill(processes: Iterable[psutil.Process]) -> None:
    """Kill the processes and wait until they are gone; raises as ``await_end``."""
    left = list(processes)
    for process in left:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    await_end(left)


def await_end(processes: Iterable[psutil.Process]) -> None:
    """Wait until the processes are gone; one that nobody has reaped counts as gone.

    Raises:
        TimeoutError: one of them is still there after half a minute.
    """
    left = list(processes)
    deadline = time.monotonic() + _PATIENCE
    while left := [process for process in left if lives(process)]:
        if time.monotonic() > deadline:
            raise TimeoutError(f"processes that do not end: {left}")
        time.sleep(0.02)


def cgroups_of(container_id: str) -> Iterator[Path]:
    """Yield the cgroups of a container, in each hierarchy, children first."""
    for hierarchy in (_CGROUPS, *(path for path in _CGROUPS.iterdir() if path.is_dir())):
        top = hierarchy / "docker" / container_id
        if top.is_dir():
            yield from sorted((path for path in top.rglob("*") if path.is_dir()), reverse=True)
            yield top


def remove_cgroups(container_ids: Iterable[str]) -> None:
    """Kill what still runs in the containers and remove their cgroups, as the engine would have done."""
    for cgroup in [path for container_id in container_ids for path in cgroups_of(container_id)]:
        pids = [int(pid) for pid in (cgroup / "cgroup.procs").read_text(encoding="ascii").split()]
        kill(psutil.Process(pid) for pid in pids if psutil.pid_exists(pid))
        _rmdir(cgroup)


def _rmdir(cgroup: Path) -> None:
    """Remove a cgroup; the kernel says EBUSY until the last process has wholly left it."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            cgroup.rmdir()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return
