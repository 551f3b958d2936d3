"""``ovltui ls``: every network namespace of the machine, or of several, once.

Source: one sweep and the Docker Engines, what several machines tell, or a recording. Privileges: root for those of
other users; it gives no nsids. Incomplete: what is hidden is said on stderr; an engine that takes longer than
``PATIENCE_S`` gives no names.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from ovltui.cli.arguments import session_options
from ovltui.cli.hosts import are_meant
from ovltui.cli.joint import told
from ovltui.cli.netns import PATIENCE_S, looked
from ovltui.cli.origin import add_origin, is_recorded, recalled
from ovltui.cli.output import Column, Output
from ovltui.cli.says import silent_engines, tell_gaps
from ovltui.cli.wanted import names, wanted
from ovltui.errors import ExitStatus
from ovltui.identity.model import Kind
from ovltui.netns.model import Netns
from ovltui.session.holders import holders
from ovltui.session.live import LiveSession
from ovltui.session.session import Session
from ovltui.session.snapshot import Row, Snapshot
from ovltui.session.tree import Branch, tree

COLUMNS = (
    Column("NAME"),
    Column("KIND"),
    Column("NSID", right=True),
    Column("ID", right=True),
    Column("PROCESSES", right=True),
    Column("FOUND"),
)
_SHORT_PATIENCE_S = 0.7
"""How long an engine may take to give names to complete, in seconds: somebody waits with a finger on the key."""


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the verb."""
    parser.add_argument(
        "names",
        metavar="NAME",
        nargs="*",
        help="only this namespace, or all of this network, compose project or service",
    )
    kinds = [str(kind) for kind in Kind]
    parser.add_argument(
        "--kind", metavar="KIND", action="append", choices=kinds, help=f"only of this kind: {' '.join(kinds)}"
    )
    add_origin(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object a line")
    form.add_argument("--tree", action="store_true", help="under headings, as the screens group them")
    form.add_argument("--names", action="store_true", dest="only_names", help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Print the list; return the exit status."""
    if is_recorded(arguments):
        with recalled(arguments, out) as at:
            _print(at.session, arguments, out)
        return ExitStatus.FINE
    if are_meant(arguments):
        with told(arguments, out) as joint:
            _print(joint.session, arguments, out)
        return ExitStatus.FINE
    patience_s = _SHORT_PATIENCE_S if arguments.only_names else PATIENCE_S
    with looked(LiveSession(session_options(arguments)), out, patience_s) as session:
        if arguments.only_names:
            return _print_names(session.snapshot(), out)
        snapshot = _print(session, arguments, out)
    return ExitStatus.NO_DOCKER if silent_engines(snapshot, asked=True) else ExitStatus.FINE


def _print(session: Session, arguments: argparse.Namespace, out: Output) -> Snapshot:
    """Print the list; return out of what."""
    snapshot = session.snapshot()
    rows = wanted(session, snapshot.rows, arguments.names, [Kind(kind) for kind in arguments.kind or ()])
    branches = tree(rows)
    if arguments.json:
        for branch in branches:
            for row in branch.rows:
                out.json(as_json(row, branch.host or row.netns.key.host, _nsid(row, session)))
    else:
        lines = _tree_lines if arguments.tree else _lines
        _print_table([(branch.host, line) for branch in branches for line in lines(branch, session)], out)
    tell_gaps(snapshot, out, recorded=session.recorded)
    return snapshot


def _print_table(lines: Sequence[tuple[str, tuple[str, ...]]], out: Output) -> None:
    """Print lines, each with the host that it is of where there are several."""
    if any(host for host, _ in lines):
        out.table((Column("HOST"), *COLUMNS), [(host, *line) for host, line in lines])
    else:
        out.table(COLUMNS, [line for _, line in lines])


def as_json(row: Row, host: str, nsid: int | None) -> dict[str, Any]:
    """Return a namespace of a host, whose number there is ``nsid``, under the keys that ``ls --json`` promises."""
    netns, identity = row.netns, row.identity
    return {
        "name": identity.name,
        "host": host,
        "kind": str(identity.kind),
        "id": None if netns.is_number else netns.key.id,
        "inode": None if netns.is_number else netns.inode,
        "nsid": nsid,
        "engine": identity.engine,
        "network": identity.network,
        "vni": identity.vni,
        "container": identity.container,
        "project": identity.project,
        "service": identity.service,
        "sharers": list(identity.sharers),
        "paths": _paths(netns),
        "pids": list(netns.pids),
        "tasks": [asdict(task) for task in netns.tasks],
        "descriptors": [asdict(descriptor) for descriptor in netns.descriptors],
        "sockets": [asdict(socket) for socket in netns.sockets],
        "sources": [str(source) for source in netns.sources],
        "holders": list(holders(netns)),
        "why": identity.why,
        "gaps": list(netns.gaps),
    }


def _lines(branch: Branch, session: Session) -> Iterator[tuple[str, ...]]:
    """Yield the cells of a branch; what belongs to a network stands indented under its namespace."""
    for at, row in enumerate(branch.rows):
        yield _cells(row, ("  " if branch.headed and at else "") + branch.called(row), session)


def _tree_lines(branch: Branch, session: Session) -> Iterator[tuple[str, ...]]:
    """Yield the cells of a branch under its heading."""
    if not branch.title:
        yield from _lines(branch, session)
        return
    kind = branch.kind if branch.vni is None else f"{branch.kind} {branch.vni}"
    yield (branch.title, kind, *("" for _ in COLUMNS[2:]))
    for number, row in enumerate(branch.rows, 1):
        yield _cells(row, ("└ " if number == len(branch.rows) else "├ ") + branch.called(row), session)


def _print_names(snapshot: Snapshot, out: Output) -> int:
    """Print every name that a shell may complete, and no talk."""
    for name in names(snapshot.rows):
        out.line(name)
    return ExitStatus.FINE


def _cells(row: Row, name: str, session: Session) -> tuple[str, ...]:
    netns, identity, number = row.netns, row.identity, _nsid(row, session)
    kind = str(identity.kind)
    if identity.kind in (Kind.OVERLAY, Kind.INGRESS) and identity.vni is not None:
        kind = f"{kind} {identity.vni}"
    nsid = "-" if number is None else str(number)
    netns_id = "-" if netns.is_number else str(netns.key.id)
    return (name, kind, nsid, netns_id, str(len(netns.pids)), _found(row))


def _nsid(row: Row, session: Session) -> int | None:
    """Return the number of a namespace on its own host."""
    return None if row.netns.nsid is None else session.number_of(row.netns.nsid)[1]


def _found(row: Row) -> str:
    """Return the strongest evidence and how much more there is: a mount point, a process; else who keeps it alive."""
    paths, pids = _paths(row.netns), row.netns.pids
    if pids and not paths:
        return f"pid {pids[0]}"
    named = pids or row.identity.kind is not Kind.OTHER
    found = paths if paths and named else holders(row.netns)
    return " ".join((found[0], *([f"+{len(found) - 1}"] if found[1:] else []))) if found else "nsid alone"


def _paths(netns: Netns) -> list[str]:
    return list(dict.fromkeys(mount.shown for mount in netns.mounts))
