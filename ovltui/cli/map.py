"""``ovltui map``: how the links of all namespaces hang together.

Source: one visit to each namespace, and what engines tell of the endpoints behind tunnels; what several machines tell,
or a recording. Privileges: CAP_SYS_ADMIN; it gives no nsids. Incomplete: what is not visible is said so in its place.
"""

import argparse
from collections.abc import Iterable, Iterator

from ovltui.cli.arguments import session_options
from ovltui.cli.hosts import are_meant
from ovltui.cli.joint import told
from ovltui.cli.netns import READING, looked
from ovltui.cli.origin import add_origin, is_recorded, recalled
from ovltui.cli.output import Column, Output
from ovltui.cli.progress import progress
from ovltui.cli.says import tell_gaps
from ovltui.errors import ExitStatus
from ovltui.identity.model import Kind
from ovltui.kernel.wire import Table
from ovltui.netns.model import NetnsKey
from ovltui.session.live import LiveSession
from ovltui.session.picture import deepened, visited
from ovltui.session.snapshot import Snapshot
from ovltui.session.told import told as told_by_engines
from ovltui.topology.builder import build
from ovltui.topology.draw.layout import View
from ovltui.topology.draw.sections import draw_all
from ovltui.topology.endpoints import Endpoints, Told
from ovltui.topology.graph import dot, graph, mermaid
from ovltui.topology.model import Topology, Unseen
from ovltui.topology.outline import Line, outline
from ovltui.topology.rows import rows
from ovltui.topology.svg import svg

_COLUMNS = (Column("NETNS, LINK"), Column("STATE"), Column("TIED TO"))
_SVG_WIDTH, _SVG_HEIGHT = 140, 60
"""Columns of the drawings, and lines from which they are drawn densely."""
_TUNNELED = frozenset((Kind.OVERLAY, Kind.INGRESS))


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the verb."""
    add_origin(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object a line")
    form.add_argument("--dot", action="store_true", help="a graph for Graphviz, as in: ovltui map --dot | dot -Tsvg")
    form.add_argument("--mermaid", action="store_true", help="a graph for Mermaid")
    form.add_argument("--svg", action="store_true", help="drawings of all networks as an SVG file, as on the screen")


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Print the map; return the exit status."""
    if is_recorded(arguments):
        with recalled(arguments, out) as at:
            return _print(arguments, out, at.session.snapshot(), at.topology, at.names)
    if are_meant(arguments):
        with told(arguments, out) as joint:
            return _print(arguments, out, joint.session.snapshot(), joint.topology, joint.names)
    snapshot, topology, names, gaps = _look(arguments, out)
    status = _print(arguments, out, snapshot, topology, names)
    _say(gaps, out)
    return status


def _print(arguments: argparse.Namespace, out: Output, snapshot: Snapshot, topology: Topology, names: Told) -> int:
    endpoints = Endpoints(topology, names)
    if arguments.json:
        for row in rows(topology, endpoints):
            out.json(row)
    elif arguments.svg:
        for line in svg(draw_all(topology, endpoints, View(_SVG_WIDTH, _SVG_HEIGHT)), snapshot.host).splitlines():
            out.line(line)
    elif arguments.dot or arguments.mermaid:
        form = dot if arguments.dot else mermaid
        for line in form(graph(topology, endpoints)):
            out.line(line)
    else:
        out.table(_COLUMNS, [_cells(line) for line in outline(topology, endpoints)])
    tell_gaps(snapshot, out, recorded=is_recorded(arguments))
    return ExitStatus.FINE


def _look(arguments: argparse.Namespace, out: Output) -> tuple[Snapshot, Topology, Told, tuple[str, ...]]:
    """Visit the namespaces and ask the engines once; return what there is, and who did not answer."""
    with looked(LiveSession(session_options(arguments)), out) as session:
        snapshot = session.snapshot()
        names, gaps = told_by_engines(session, (row for row in snapshot.rows if row.identity.kind in _TUNNELED))
        with progress(out, READING) as read:
            places = visited(snapshot.rows, (Table.ADDRESSES,), told=read)
        seen = build(places)
        topology = build(deepened(snapshot.rows, places, set(_tunneling(seen))), seen)
    return snapshot, topology, names, gaps


def _tunneling(topology: Topology) -> Iterator[NetnsKey]:
    """Yield the namespaces of which more is needed: those with a tunnel, and their underlays."""
    for node in topology.nodes.values():
        for link in node.links.values():
            if link.vxlan:
                yield node.key
                underlay = topology.underlay(link.key)
                yield from [] if isinstance(underlay, Unseen) else [underlay]


def _cells(line: Line) -> tuple[str, ...]:
    return ("  " * line.depth + line.name, line.state, line.text)


def _say(gaps: Iterable[str], out: Output) -> None:
    for gap in gaps:
        out.say(gap)
