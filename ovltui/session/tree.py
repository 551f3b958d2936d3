"""Namespaces grouped as a person thinks of them: the host, each network with what belongs to it, the rest.

Source: the rows of a snapshot. Pure. A container stands under the first overlay network that it is attached to, else
under its first network; those of one network of one engine stand together. Where there are several hosts, each has
branches of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ovltui.identity.model import Kind
from ovltui.session.snapshot import Row
from ovltui.topology.sheet import natural

_ORDER = {kind: number for number, kind in enumerate(Kind)}
_WITHIN = (Kind.OVERLAY, Kind.INGRESS, Kind.LOADBALANCER, Kind.CONTAINER)
_NO_NETWORK = (None, "null", "host")
"""Drivers under which nothing is grouped: Docker's network ``none``, and where it is not known."""
_Network = tuple[str | None, str | None]


class Grouping(StrEnum):
    """By what namespaces are put together."""

    NETWORK = "network"
    KIND = "kind"
    FLAT = "flat"


@dataclass(frozen=True, slots=True)
class Branch:
    """A heading and the namespaces below it."""

    title: str
    """Name of the network or the kind, or ``containers``, ``other``; empty where the namespaces stand alone."""
    kind: str
    """``overlay``, ``ingress`` or the driver of the network; empty for what is no network."""
    vni: int | None
    rows: tuple[Row, ...]
    headed: bool = False
    """Whether the first row is the namespace of the network itself, under its name."""
    host: str = ""
    """The host that it is of, where there are several."""

    @property
    def id(self) -> str:
        """What it is, over snapshots."""
        return f"branch {self.kind} {self.title} {self.host}"

    def called(self, row: Row) -> str:
        """Return the name of one of its rows, without the host where that is said above it."""
        return _bare(row, self.host)


def grouped(rows: Sequence[Row], grouping: Grouping) -> tuple[Branch, ...]:
    """Return all rows in branches."""
    if grouping is Grouping.NETWORK:
        return tree(rows)
    if grouping is Grouping.FLAT:
        return (Branch("", "", None, in_order(rows)),) if rows else ()
    by_kind = {kind: in_order(row for row in rows if row.identity.kind is kind) for kind in Kind}
    return tuple(Branch("" if kind is Kind.HOST else kind, "", None, some) for kind, some in by_kind.items() if some)


def tree(rows: Sequence[Row]) -> tuple[Branch, ...]:
    """Return all rows in branches: host, overlay networks, ingress, other networks, other containers, the rest.

    Where there are several hosts, one host after the other.
    """
    called = {row.netns.key.host: row.identity.name for row in rows if row.identity.kind is Kind.HOST}
    by_host: dict[str, list[Row]] = {}
    for row in rows:
        by_host.setdefault(_host(row, called), []).append(row)
    if len(by_host) == 1:
        return _tree(rows, "")
    return tuple(branch for host in sorted(by_host) for branch in _tree(by_host[host], host))


def in_order(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Return rows by kind, then by name."""
    return tuple(sorted(rows, key=lambda row: (_ORDER[row.identity.kind], natural(row.identity.name))))


def _tree(rows: Sequence[Row], host: str) -> tuple[Branch, ...]:
    """Return the branches of one host, whose name they say where there are others."""
    hosts = tuple(row for row in rows if row.identity.kind is Kind.HOST)
    networks = {_network(row): row for row in rows if _is_heading(row)}
    below: dict[_Network, list[Row]] = {network: [] for network in networks}
    local: dict[_Network, list[Row]] = {}
    containers: list[Row] = []
    rest: list[Row] = []
    for row in rows:
        if row.identity.kind is Kind.HOST:
            continue
        if row.identity.kind in _WITHIN and _network(row) in below:
            below[_network(row)].append(row)
        elif row.identity.kind is not Kind.CONTAINER:
            rest.append(row)
        elif row.identity.driver in _NO_NETWORK:
            containers.append(row)
        else:
            local.setdefault(_network(row), []).append(row)
    branches = [Branch("", "", None, hosts, host=host)] if hosts else []
    for network, heading in sorted(networks.items(), key=lambda entry: _heading_order(entry[1])):
        kind = "ingress" if heading.identity.kind is Kind.INGRESS else "overlay"
        members = in_order(row for row in below[network] if row is not heading)
        title = _bare(heading, host)
        branches.append(Branch(title, kind, heading.identity.vni, (heading, *members), headed=True, host=host))
    branches += _without_heading(tuple(local.values()), host)
    branches += [Branch(title, "", None, in_order(some), host=host) for title, some in _rest(containers, rest) if some]
    return tuple(branches)


def _host(row: Row, called: Mapping[str, str]) -> str:
    """Return the host of a namespace; where nothing but a number is known, its name says it."""
    said = row.identity.name.partition(":")[0]
    if row.netns.is_number and said in called.values():
        return said
    return called.get(row.netns.key.host, row.netns.key.host)


def _bare(row: Row, host: str) -> str:
    """Return the name of a namespace without its host."""
    return row.identity.name.removeprefix(f"{host}:") if host else row.identity.name


def _rest(containers: list[Row], rest: list[Row]) -> tuple[tuple[str, list[Row]], ...]:
    return ("containers", containers), ("other", rest)


def _without_heading(networks: Sequence[list[Row]], host: str) -> list[Branch]:
    """Return networks without a namespace of their own here, under names that tell those of several engines apart."""
    firsts = [rows[0].identity for rows in networks]
    names = [one.network for one in firsts]
    branches = []
    for rows in networks:
        one = rows[0].identity
        title = f"{one.network}@{one.engine}" if names.count(one.network) > 1 and one.engine else str(one.network)
        branches.append(Branch(title, str(one.driver), None, in_order(rows), host=host))
    return sorted(branches, key=lambda branch: natural(branch.title))


def _network(row: Row) -> _Network:
    return row.identity.engine, row.identity.network_id


def _is_heading(row: Row) -> bool:
    """Whether the row is the namespace of a network itself: the one that holds its bridge and vxlan."""
    return row.identity.network_id is not None and (
        row.identity.kind is Kind.OVERLAY or (row.identity.kind is Kind.INGRESS and row.identity.vni is not None)
    )


def _heading_order(row: Row) -> tuple[bool, str]:
    return row.identity.kind is Kind.INGRESS, row.identity.name
