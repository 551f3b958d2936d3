"""Namespaces grouped as a person thinks of them: the host, each overlay network with what belongs to it, the rest.

Source: the rows of a snapshot. Pure. A container stands under the first overlay network that it is attached to.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ovltui.identity.model import Kind
from ovltui.session.snapshot import Row

_ORDER = {kind: number for number, kind in enumerate(Kind)}
_WITHIN = (Kind.OVERLAY, Kind.INGRESS, Kind.LOADBALANCER, Kind.CONTAINER)


@dataclass(frozen=True, slots=True)
class Branch:
    """A heading and the namespaces below it."""

    title: str
    """Name of the network, or ``containers``, ``other``; empty for the host, which stands alone."""
    kind: str
    """``overlay``, ``ingress``, or empty."""
    vni: int | None
    rows: tuple[Row, ...]


def tree(rows: Sequence[Row]) -> tuple[Branch, ...]:
    """Return all rows in branches: host, overlay networks, ingress, other containers, the rest."""
    hosts = tuple(row for row in rows if row.identity.kind is Kind.HOST)
    networks = {_network(row): row for row in rows if _is_heading(row)}
    below: dict[tuple[str | None, str | None], list[Row]] = {network: [] for network in networks}
    containers: list[Row] = []
    rest: list[Row] = []
    for row in rows:
        if row.identity.kind is Kind.HOST:
            continue
        if row.identity.kind in _WITHIN and _network(row) in below:
            below[_network(row)].append(row)
        elif row.identity.kind is Kind.CONTAINER:
            containers.append(row)
        else:
            rest.append(row)
    branches = [Branch("", "", None, hosts)] if hosts else []
    for network, heading in sorted(networks.items(), key=lambda entry: _heading_order(entry[1])):
        kind = "ingress" if heading.identity.kind is Kind.INGRESS else "overlay"
        members = in_order(row for row in below[network] if row is not heading)
        branches.append(Branch(heading.identity.name, kind, heading.identity.vni, (heading, *members)))
    if containers:
        branches.append(Branch("containers", "", None, in_order(containers)))
    if rest:
        branches.append(Branch("other", "", None, in_order(rest)))
    return tuple(branches)


def in_order(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Return rows by kind, then by name."""
    return tuple(sorted(rows, key=lambda row: (_ORDER[row.identity.kind], row.identity.name)))


def _network(row: Row) -> tuple[str | None, str | None]:
    return row.identity.engine, row.identity.network_id


def _is_heading(row: Row) -> bool:
    """Whether the row is the namespace of a network itself: the one that holds its bridge and vxlan."""
    return row.identity.network_id is not None and (
        row.identity.kind is Kind.OVERLAY or (row.identity.kind is Kind.INGRESS and row.identity.vni is not None)
    )


def _heading_order(row: Row) -> tuple[bool, str]:
    return row.identity.kind is Kind.INGRESS, row.identity.name
