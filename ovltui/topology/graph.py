"""The topology as nodes and edges for other programs to draw: Graphviz's dot and Mermaid.

Source: ``Topology`` and ``Endpoints``. Pure. Names stand in labels alone, escaped; identifiers are numbers, so that no
name can be syntax. Incomplete: ``lo`` is left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ovltui.topology.endpoints import Endpoints
from ovltui.topology.links import Link
from ovltui.topology.model import Join, Topology, Unseen

_PLAIN = re.compile(r"[^A-Za-z0-9 ./:@_-]")


@dataclass(frozen=True, slots=True)
class Box:
    """A thing to draw."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Graph:
    """What to draw."""

    groups: list[tuple[Box, list[Box]]] = field(default_factory=list)
    """Namespaces with their links."""
    others: list[Box] = field(default_factory=list)
    """Far ends, what is behind them, and what is not visible."""
    edges: list[tuple[str, str, str]] = field(default_factory=list)
    """Identifiers of both ends, and what to call it."""


def graph(topology: Topology, endpoints: Endpoints) -> Graph:
    """Return what to draw of a topology."""
    found = Graph()
    ids: dict[object, str] = {}
    for number, node in enumerate(topology.nodes.values()):
        ids[node.key] = f"n{number}"
        boxes = []
        for link in node.links.values():
            if link.ifname != "lo":
                ids[link.key] = f"n{number}l{link.key.ifindex}"
                boxes.append(Box(ids[link.key], f"{link.ifname} {link.state}"))
        found.groups.append((Box(ids[node.key], node.name), boxes))
    for join in topology.joins():
        _edge(topology, found, ids, join)
    for node in topology.nodes.values():
        for link in node.links.values():
            _behind(found, ids, endpoints, link)
    return found


def _edge(topology: Topology, found: Graph, ids: dict[object, str], join: Join) -> None:
    if join.of not in ids:
        return
    end: object = (join.of, join.to) if isinstance(join.to, Unseen) else join.to
    if end not in ids:
        ids[end] = f"x{len(found.others)}"
        found.others.append(Box(ids[end], topology.name(join.to)))
    found.edges.append((ids[join.of], ids[end], str(join.kind)))


def _behind(found: Graph, ids: dict[object, str], endpoints: Endpoints, link: Link) -> None:
    """Add what is behind a tunnel: an edge to the namespace where that is visible, else boxes."""
    for behind in endpoints.behind(link) if link.vxlan else ():
        vtep = ids[behind.vtep]
        if behind.key:
            edge = (vtep, ids[behind.key], "is")
            found.edges.extend([] if edge in found.edges else [edge])
            continue
        for endpoint in behind.endpoints:
            key = (behind.vtep, endpoint.mac, link.vxlan.vni if link.vxlan else 0)
            if key not in ids:
                ids[key] = f"x{len(found.others)}"
                label = " ".join(word for word in (endpoint.name, endpoint.address, endpoint.mac) if word)
                found.others.append(Box(ids[key], label))
                found.edges.append((vtep, ids[key], "endpoint"))


def dot(found: Graph) -> Iterator[str]:
    """Yield the lines of a graph in Graphviz's language."""
    yield "graph ovltui {"
    yield "  compound=true; rankdir=LR; node [shape=box];"
    for group, boxes in found.groups:
        yield f"  subgraph cluster_{group.id} {{"
        yield f"    label={_dot(group.label)}; {group.id} [label={_dot(group.label)} shape=plaintext];"
        yield from (f"    {box.id} [label={_dot(box.label)}];" for box in boxes)
        yield "  }"
    yield from (f"  {box.id} [label={_dot(box.label)} style=dashed];" for box in found.others)
    yield from (f"  {left} -- {right} [label={_dot(kind)}];" for left, right, kind in found.edges)
    yield "}"


def mermaid(found: Graph) -> Iterator[str]:
    """Yield the lines of a graph in Mermaid's language."""
    yield "flowchart LR"
    for group, boxes in found.groups:
        yield f"  subgraph {group.id} [{_mermaid(group.label)}]"
        yield from (f"    {box.id}[{_mermaid(box.label)}]" for box in boxes)
        yield "  end"
    yield from (f"  {box.id}([{_mermaid(box.label)}])" for box in found.others)
    yield from (f"  {left} -- {_mermaid(kind)} --- {right}" for left, right, kind in found.edges)


def _dot(text: str) -> str:
    # Backslashes begin escapes, ampersands entities.
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") + '"'


def _mermaid(text: str) -> str:
    return '"' + _PLAIN.sub(lambda match: f"#{ord(match[0])};", text) + '"'
