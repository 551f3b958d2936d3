"""The lines of the browser: what each stands for, and what it says.

Source: the branches of ``session.tree``. Pure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from ovltui.identity.model import Kind
from ovltui.netns.model import NetnsKey
from ovltui.session.snapshot import Row
from ovltui.session.tree import Branch

_STYLES = {
    Kind.HOST: "host",
    Kind.OVERLAY: "overlay",
    Kind.INGRESS: "overlay",
    Kind.LOADBALANCER: "overlay",
    Kind.CONTAINER: "container",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the tree."""

    id: str
    """What it is, over snapshots: the cursor follows it."""
    rail: str
    """The drawn branch to its left."""
    label: str
    style: str
    detail: str
    """What stands to the right, dim."""
    keys: frozenset[NetnsKey]
    """The namespaces that it stands for; empty for all of them."""
    row: Row | None
    """The namespace itself, where it is one."""
    name: str = ""
    """What it is called where no heading says its host or engine; empty where that is the label."""

    @property
    def scope(self) -> str:
        """What panes say that are narrowed to it."""
        return self.name or self.label


def entries_of(branches: Sequence[Branch]) -> Iterator[Entry]:
    """Yield the lines of all branches, those of each host under its own where there are several."""
    for host, some in groupby(branches, key=lambda branch: branch.host):
        below = tuple(some)
        if host:
            keys = frozenset(row.netns.key for branch in below for row in branch.rows)
            yield Entry(f"host {host}", "▾ ", host, "heading", f"{len(keys)} netns", keys, None)
        for branch in below:
            yield from (replace(entry, rail=f"  {entry.rail}") if host else entry for entry in _of(branch))


def paths(row: Row) -> tuple[str, ...]:
    """Return where a namespace is mounted."""
    return tuple(mount.shown for mount in row.netns.mounts)


def _of(branch: Branch) -> Iterator[Entry]:
    if not branch.title:
        yield from (_entry(branch, row, "● ") for row in branch.rows)
        return
    keys = frozenset(row.netns.key for row in branch.rows)
    detail = f"{branch.kind} {branch.vni or ''}".strip()
    style = "heading" if branch.kind else "host"
    name = f"{branch.host}:{branch.title}" if branch.host else ""
    yield Entry(branch.id, "▾ ", branch.title, style, detail, keys, None, name)
    last = branch.rows[-1] if branch.rows else None
    yield from (_entry(branch, row, "  └ " if row is last else "  ├ ") for row in branch.rows)


def _entry(branch: Branch, row: Row, rail: str) -> Entry:
    name = branch.called(row)
    _, at, engine = branch.title.partition("@")
    if at and name.endswith(at + engine):  # the heading says it already
        name = name.removesuffix(at + engine)
    style = _STYLES.get(row.identity.kind, "named")
    return Entry(entry_id(row), rail, name, style, _detail(row), frozenset((row.netns.key,)), row, row.identity.name)


def entry_id(row: Row) -> str:
    """Return what the cursor follows: the namespace, which no other is over all hosts."""
    return f"netns {row.netns.key.id} {row.netns.key.host}"


def _detail(row: Row) -> str:
    """Return what tells a person where this namespace is: addresses, or the links of a network's own."""
    if row.identity.kind in (Kind.OVERLAY, Kind.INGRESS) and row.identity.vni is not None:
        return " ".join(link.ifname for link in row.links if link.kind in ("bridge", "vxlan"))
    if row.addresses:
        return row.addresses[0].partition("/")[0]
    return next(iter(paths(row)), "")
