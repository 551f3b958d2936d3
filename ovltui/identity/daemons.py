"""Running ``dockerd`` processes and the sockets that they listen on.

Source: command lines of processes, ``hosts`` of /etc/docker/daemon.json, and paths below /proc/PID/root,
which lead into the process's own mount namespace. Privileges: CAP_SYS_PTRACE for processes of other users.
Incomplete: an engine that calls itself something else is not found; addresses other than unix sockets are
said, not followed.
"""

import json
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ovltui.kernel.procfs import name, processes, raw_command
from ovltui.text import clean

_UNIX = "unix://"
_DEFAULT = "unix:///var/run/docker.sock"
_ACTIVATED = "unix:///run/docker.sock"
"""Where systemd listens for an engine that was started with ``fd://``."""
_MAX_LINKS = 40
"""Symbolic links that one path may lead through, as in the kernel."""


@dataclass(frozen=True, slots=True)
class Daemon:
    """A running engine."""

    pid: int
    words: tuple[str, ...]
    """Its command line, raw."""
    root: str
    """Its root directory as we can open it."""


def running() -> tuple[Daemon, ...]:
    """Return the ``dockerd`` processes that /proc lists, ascending by pid."""
    pids = (process.pid for process in processes() if name(process.pid) == "dockerd")
    return tuple(Daemon(pid, raw_command(pid), f"/proc/{pid}/root") for pid in pids)


def sockets(daemon: Daemon) -> tuple[tuple[tuple[str, int | None], ...], tuple[str, ...]]:
    """Return how the sockets of a daemon can be opened, and what is missing, as sentences.

    Each socket is a path and the pid of the daemon, or None where that path may be another's.
    """
    told = hosts(daemon)
    paths = tuple(host.removeprefix(_UNIX) for host in told if host.startswith(_UNIX))
    if not paths:
        where = clean(", ".join(told))
        return (), (f"dockerd {daemon.pid} listens on {where}, which is followed only when it is named",)
    found = tuple((path, _reach(daemon, path)) for path in paths)
    gaps = (f"the socket {clean(path)} of dockerd {daemon.pid} is not to be seen" for path, way in found if not way)
    return tuple(way for _, way in found if way), tuple(gaps)


def hosts(daemon: Daemon) -> tuple[str, ...]:
    """Return the addresses that a daemon was told to listen on, as URLs."""
    told = tuple(_options(daemon.words[1:])) or _configured(daemon.root)
    return tuple(_url(host) for host in told) or (_DEFAULT,)


def _options(words: Sequence[str]) -> Iterator[str]:
    """Yield the values of ``-H X``, ``-HX``, ``-H=X``, ``--host X`` and ``--host=X``."""
    rest = iter(words)
    for word in rest:
        if word in ("-H", "--host"):
            yield next(rest, "")
        elif word.startswith("--host="):
            yield word.removeprefix("--host=")
        elif word.startswith("-H"):
            yield word[2:].removeprefix("=")


def _configured(root: str) -> tuple[str, ...]:
    """Return ``hosts`` of the usual configuration file; none where it is missing, unreadable or malformed."""
    path = within(root, "/etc/docker/daemon.json")
    try:
        told = json.loads(Path(path).read_bytes())["hosts"] if path and Path(path).is_file() else []
    except (OSError, ValueError, KeyError, TypeError):
        return ()
    return tuple(host for host in told if isinstance(host, str)) if isinstance(told, list) else ()


def _url(host: str) -> str:
    """Complete an address as dockerd does."""
    if host.startswith("fd://"):
        return _ACTIVATED
    if host in ("", _UNIX):
        return _DEFAULT
    return _UNIX + host if host.startswith("/") else host


def _reach(daemon: Daemon, path: str) -> tuple[str, int | None] | None:
    """Return a path that leads us to the socket ``path`` of a daemon: the plain one where it is the same."""
    plain = socket_key(path)
    if not os.access(daemon.root, os.X_OK):
        return (path, None) if plain else None
    inside = within(daemon.root, path)
    key = socket_key(inside) if inside else None
    if inside is None or key is None:
        return None
    return (path if plain == key else inside, daemon.pid)


def within(root: str, path: str) -> str | None:
    """Return ``path`` below ``root`` without symbolic links, or None for a loop.

    Links are followed by hand: the kernel would take an absolute one from our own root directory.
    """
    done: list[str] = []
    todo = path.split("/")[::-1]
    links = 0
    while todo:
        part = todo.pop()
        if part in ("", "."):
            continue
        if part == "..":
            del done[-1:]
            continue
        target = _link("/".join((root, *done, part)))
        if target is None:
            done.append(part)
            continue
        links += 1
        if links > _MAX_LINKS:
            return None
        if target.startswith("/"):
            done.clear()
        todo.extend(target.split("/")[::-1])
    return "/".join((root.rstrip("/"), *done))


def _link(path: str) -> str | None:
    try:
        return str(Path(path).readlink())
    except (OSError, ValueError):  # no link, or not to be read; ValueError: a NUL in the path
        return None


def socket_key(path: str) -> tuple[int, int] | None:
    """Return device and inode of the unix socket at ``path``, or None where there is none to see."""
    try:
        status = Path(path).stat()
    except (OSError, ValueError):  # ValueError: a NUL in the path
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISSOCK(status.st_mode) else None
