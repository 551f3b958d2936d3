"""``ovltui ls``: every network namespace of the machine, once.

Source: one sweep and the Docker Engines. Privileges: root for those of other users; it gives no nsids.
Incomplete: what is hidden is said on stderr; an engine that takes longer than ``PATIENCE_S`` gives no names.
"""

import argparse
from collections.abc import Iterator
from typing import Any

from ovltui.cli.arguments import session_options
from ovltui.cli.netns import looked
from ovltui.cli.output import Column, Output
from ovltui.cli.says import silent_engines, tell_gaps
from ovltui.errors import ExitStatus
from ovltui.identity.model import Kind
from ovltui.netns.model import Netns
from ovltui.session.live import LiveSession
from ovltui.session.snapshot import Row
from ovltui.session.tree import Branch, tree

SUMMARY = "list the network namespaces, what each is and how it was found"
COLUMNS = (
    Column("NAME"),
    Column("KIND"),
    Column("NSID", right=True),
    Column("ID", right=True),
    Column("PROCESSES", right=True),
    Column("FOUND"),
)


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the verb."""
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Print the list; return the exit status."""
    with looked(LiveSession(session_options(arguments))) as session:
        snapshot = session.snapshot()
    branches = tree(snapshot.rows)
    if arguments.json:
        for branch in branches:
            for row in branch.rows:
                out.json(as_json(row))
    else:
        out.table(COLUMNS, [line for branch in branches for line in _lines(branch)])
    tell_gaps(snapshot, out)
    return ExitStatus.NO_DOCKER if silent_engines(snapshot, asked=True) else ExitStatus.FINE


def as_json(row: Row) -> dict[str, Any]:
    """Return a namespace under the keys that ``ls --json`` promises."""
    netns, identity = row.netns, row.identity
    return {
        "name": identity.name,
        "kind": str(identity.kind),
        "id": netns.key.id,
        "inode": netns.inode,
        "nsid": netns.nsid,
        "engine": identity.engine,
        "network": identity.network,
        "vni": identity.vni,
        "container": identity.container,
        "paths": _paths(netns),
        "pids": list(netns.pids),
        "sources": [str(source) for source in netns.sources],
        "why": identity.why,
        "gaps": list(netns.gaps),
    }


def _lines(branch: Branch) -> Iterator[tuple[str, ...]]:
    """Yield the cells of a branch; what belongs to a network stands indented under its namespace."""
    rows = sorted(branch.rows, key=lambda row: not _heads(row, branch))
    for row in rows:
        indent = "  " if branch.kind and not _heads(row, branch) else ""
        yield _cells(row, indent)


def _heads(row: Row, branch: Branch) -> bool:
    return bool(branch.kind) and row.identity.name == branch.title


def _cells(row: Row, indent: str) -> tuple[str, ...]:
    netns, identity = row.netns, row.identity
    kind = str(identity.kind)
    if identity.kind in (Kind.OVERLAY, Kind.INGRESS) and identity.vni is not None:
        kind = f"{kind} {identity.vni}"
    nsid = "-" if netns.nsid is None else str(netns.nsid)
    return (indent + identity.name, kind, nsid, str(netns.key.id), str(len(netns.pids)), _found(netns))


def _found(netns: Netns) -> str:
    """Return the strongest evidence: the first mount point and how many more there are, else a process."""
    paths = _paths(netns)
    if paths:
        return paths[0] if len(paths) == 1 else f"{paths[0]} +{len(paths) - 1}"
    return f"pid {netns.pids[0]}" if netns.pids else "-"


def _paths(netns: Netns) -> list[str]:
    return list(dict.fromkeys(mount.shown for mount in netns.mounts))
