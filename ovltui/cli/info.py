"""``ovltui info``: what this machine and this user allow, for a bug report or a puzzled reader.

Source: package metadata, capabilities, one probe of each kernel feature, one look at the namespaces and
engines. Privileges: none; what is missing is the answer. Incomplete: a feature that the kernel has but
refuses to this user counts as missing. It gives no nsids.
"""

import argparse
import os
import platform
import pwd
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from ovltui.cli.arguments import session_options
from ovltui.cli.netns import looked
from ovltui.cli.output import Column, Output, Style, aligned
from ovltui.cli.says import silent_engines
from ovltui.cli.versions import version_of
from ovltui.config.place import default_path
from ovltui.errors import ExitStatus
from ovltui.events.ring import Ring
from ovltui.identity.model import Kind
from ovltui.kernel.capabilities import NEEDED_FOR, effective
from ovltui.kernel.mountwatch import MountWatch
from ovltui.kernel.namespace import opened
from ovltui.kernel.receiver import Receiver
from ovltui.session.live import LiveSession
from ovltui.session.recordings import directory as recordings
from ovltui.session.snapshot import Snapshot
from ovltui.session.stream import Hearing, Stream
from ovltui.session.views import directory as views
from ovltui.state.tenure import Tenures
from ovltui.terminal.emulator import backend
from ovltui.text import clean

PACKAGES = ("ovltui", "textual", "pyroute2", "docker", "pyghostty", "bittty")
_PANES = {
    "ghostty": "drawn by libghostty-vt",
    "bittty": "drawn by bittty, slower on much output: pyghostty is not installed or does not fit this machine",
}
_TWO_COLUMNS = (Column(""), Column(""))


class MountSight(StrEnum):
    """Whose new mounts are seen at once; others are found by the sweep, once a second."""

    ALL = "all mount namespaces"
    OWN = "our own mount namespace only"


@dataclass(frozen=True, slots=True)
class Means:
    """What the kernel gives to this user."""

    lasting_ids: bool
    """Whether namespaces have ids that are never given out twice."""
    mount_watch: MountSight
    all_nsid: bool
    """Whether events of other namespaces are heard."""
    receive_buffer: int
    """Bytes of the socket that receives events."""
    says: tuple[str, ...]
    """What cannot be heard, each a sentence."""


@dataclass(frozen=True, slots=True)
class File:
    """A file or directory of the person who started us."""

    name: str
    """What it is."""
    path: str
    """Clean text."""
    there: bool


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the verb."""
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Print what is the case; return the exit status."""
    means = probe()
    with looked(LiveSession(session_options(arguments)), out) as session:
        snapshot = session.snapshot()
    if arguments.json:
        out.json(as_json(means, snapshot, arguments.config))
    else:
        _print(means, snapshot, out, arguments.config)
    return ExitStatus.NO_DOCKER if silent_engines(snapshot, asked=True) else ExitStatus.FINE


def probe() -> Means:
    """Try each kernel feature once."""
    with opened("/proc/self/ns/net") as own:
        lasting = own.lasting
    hearing = _hearing()
    return Means(lasting, _mount_sight(), hearing.all_nsid, hearing.rcvbuf, hearing.says)


def as_json(means: Means, snapshot: Snapshot, config: str | None = None) -> dict[str, Any]:
    """Return everything as one object."""
    have = effective()
    return {
        "versions": versions(),
        "host": snapshot.host,
        "user": _user(),
        "uid": os.geteuid(),
        "capabilities": {capability.name: capability in have for capability in NEEDED_FOR},
        "kernel": asdict(means),
        "engines": [asdict(engine) for engine in snapshot.engines],
        "namespaces": kinds(snapshot),
        "files": {file.name: file.path for file in files(config)},
        "gaps": list(snapshot.gaps),
    }


def files(config: str | None = None) -> tuple[File, ...]:
    """Return where a person's files are; ``config`` is the one that was named."""
    path = default_path(os.environ) if config is None else Path(config)
    found = (("config", path), ("recordings", recordings(os.environ)), ("views", views(os.environ)))
    return tuple(File(name, clean(str(path)), os.path.lexists(path)) for name, path in found)


def versions() -> dict[str, str | None]:
    """Return the versions of the packages, of Python and of the kernel; None for what is not installed."""
    installed = {package: version_of(package) for package in PACKAGES}
    return {**installed, "python": platform.python_version(), "kernel": clean(platform.release())}


def kinds(snapshot: Snapshot) -> dict[str, int]:
    """Return how many namespaces there are of each kind that there is."""
    counts = Counter(row.identity.kind for row in snapshot.rows)
    return {str(kind): counts[kind] for kind in Kind if counts[kind]}


def _mount_sight() -> MountSight:
    """Begin to watch, and see what the kernel allows."""
    watch = MountWatch()
    watch.close()
    return MountSight.ALL if watch.by_fanotify else MountSight.OWN


def _hearing() -> Hearing:
    """Start a reader process, hear what it says of itself, and end it."""
    stream = Stream(Ring(1), Tenures(None))
    receiver = Receiver()
    try:
        while stream.hearing is None and (frames := receiver.read()):
            stream.feed(frames)
        last_words = "" if stream.hearing else receiver.last_words()
    finally:
        receiver.close()
        receiver.release()
    return stream.hearing or Hearing(False, 0, (f"the reader process does not run ({clean(last_words)})",))


def _print(means: Means, snapshot: Snapshot, out: Output, config: str | None) -> None:
    paths = [(file.name, f"{file.path}{'' if file.there else '  (not there)'}") for file in files(config)]
    sections = (
        ("versions", [(name, version or "not installed") for name, version in versions().items()]),
        ("privileges", [("user", f"{_user()} (uid {os.geteuid()})"), *_capabilities()]),
        ("kernel", list(_features(means))),
        ("engines", list(_engines(snapshot)) or [("none", "no Docker Engine was found")]),
        ("namespaces", [(kind, str(number)) for kind, number in kinds(snapshot).items()]),
        ("files", paths),
        ("hidden", [("!", gap) for gap in (*snapshot.gaps, *means.says)]),
    )
    for title, rows in sections:
        if rows:
            out.line(title, Style.STRONG)
            for line in aligned(_TWO_COLUMNS, rows)[1:]:
                out.line(f"  {line}")


def _capabilities() -> Iterator[tuple[str, str]]:
    have = effective()
    for capability, purpose in NEEDED_FOR.items():
        yield f"CAP_{capability.name}", "yes" if capability in have else f"no: cannot {purpose}"


def _features(means: Means) -> Iterator[tuple[str, str]]:
    yield "namespace ids", "lasting" if means.lasting_ids else "inodes only, which are used again"
    yield "mount watch", str(means.mount_watch)
    yield "events", "of all namespaces" if means.all_nsid else "of our own namespace only"
    yield "receive buffer", f"{means.receive_buffer} bytes"
    yield "shell panes", _PANES[backend()]


def _engines(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    for engine in snapshot.engines:
        says = f"version {engine.version}" if engine.answers else engine.says or "has not answered yet"
        yield engine.label, f"{engine.url}  {says}"


def _user() -> str:
    try:
        return clean(pwd.getpwuid(os.geteuid()).pw_name)
    except KeyError:
        return "unknown"
