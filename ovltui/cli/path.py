"""``ovltui path``: the way between two endpoints, hop by hop, out of the tables and without sending a packet.

Source: one visit to each namespace, what several machines tell, or a recording. Privileges: CAP_SYS_ADMIN; it gives no
nsids. Incomplete: as ``topology.walk``; a way that leaves what is visible ends with ``unknown``, which is no failure.
"""

import argparse
from typing import Any

from ovltui.cli.arguments import session_options
from ovltui.cli.hosts import are_meant
from ovltui.cli.joint import told
from ovltui.cli.netns import READING, looked, resolve
from ovltui.cli.origin import add_origin, is_recorded, recalled
from ovltui.cli.output import Column, Output, Style
from ovltui.cli.progress import progress
from ovltui.errors import ExitStatus
from ovltui.kernel.wire import Table
from ovltui.netns.model import NetnsKey
from ovltui.session.live import LiveSession
from ovltui.session.picture import visited
from ovltui.session.session import Session
from ovltui.topology.builder import build
from ovltui.topology.hops import Hop, Path, Verdict
from ovltui.topology.lookup import parsed
from ovltui.topology.path import path

_COLUMNS = (Column("WAY"), Column("HOP", right=True), Column("NETNS"), Column("LINK"), Column("VERDICT"), Column("BY"))
_FINE = frozenset((Verdict.OK, Verdict.UNKNOWN))


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the verb."""
    parser.add_argument("of", metavar="FROM", help="a container, or any other namespace")
    parser.add_argument("to", metavar="TO", help="a container or any other namespace, or an IP address")
    parser.add_argument("--json", action="store_true", help="one JSON object a hop")
    add_origin(parser)


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Print the way; return the exit status."""
    if is_recorded(arguments):
        with recalled(arguments, out) as at:
            return _print(path(at.topology, *_ends(at.session, arguments)), arguments, out)
    if are_meant(arguments):
        with told(arguments, out) as joint:
            return _print(path(joint.topology, *_ends(joint.session, arguments)), arguments, out)
    with looked(LiveSession(session_options(arguments)), out) as session:
        ends = _ends(session, arguments)
        with progress(out, READING) as read:
            topology = build(visited(session.snapshot().rows, tuple(Table), told=read))
        return _print(path(topology, *ends), arguments, out)


def _print(found: Path, arguments: argparse.Namespace, out: Output) -> int:
    if arguments.json:
        for number, hop in enumerate(found.hops, 1):
            out.json(as_json(number, hop))
    else:
        out.table(_COLUMNS, [_cells(number, hop) for number, hop in enumerate(found.hops, 1)])
        out.line(found.says, _style(found))
    return ExitStatus.FINE if found.verdict in _FINE else ExitStatus.FINDINGS


def _ends(session: Session, arguments: argparse.Namespace) -> tuple[NetnsKey, NetnsKey | str]:
    of, address = resolve(session, arguments.of).key, parsed(arguments.to)
    return of, str(address) if address else resolve(session, arguments.to).key


def as_json(number: int, hop: Hop) -> dict[str, Any]:
    """Return a hop under the keys that ``path --json`` promises."""
    return {
        "hop": number,
        "way": str(hop.way),
        "netns": hop.netns,
        "link": hop.ifname or None,
        "by": hop.by,
        "verdict": str(hop.verdict),
    }


def _cells(number: int, hop: Hop) -> tuple[str, ...]:
    return (str(hop.way), str(number), hop.netns, hop.ifname or "-", str(hop.verdict), hop.by)


def _style(found: Path) -> Style:
    return {Verdict.OK: Style.NEW, Verdict.UNKNOWN: Style.CHANGED}.get(found.verdict, Style.LOST)
