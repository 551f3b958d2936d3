"""What is known of one namespace: whose it is, by which evidence it was found, what is in it, the way in by hand.

Source: a row of the snapshot. Pure. Incomplete: as the sweep was; its gaps are among the rows.
"""

from collections.abc import Iterator

from ovltui.session.holders import holders
from ovltui.session.hosts import HostStatus
from ovltui.session.snapshot import Row
from ovltui.session.typed import way_in
from ovltui.topology.sheet import Column, Sheet, entries

_MOST_PIDS = 12
_COLUMNS = (Column("WHAT"), Column("VALUE", least=20))
Fact = tuple[str, str]


def overview(row: Row, mntns: int | None = None, host: HostStatus | None = None, number: int | None = None) -> Sheet:
    """Return names and values in sections; the heading of a section has no value.

    Args:
        row: whose.
        mntns: as of ``holders.prefix``.
        host: the machine that it is of; None for this one.
        number: its nsid on that machine.
    """
    way, is_command = way_in(row.netns, mntns, host)
    facts = (*_whose(row), *_where(row, host, number), ("by hand", way), *_inside(row))
    commands = (way,) if is_command else ()
    return Sheet(_COLUMNS, entries((name, (name, value)) for name, value in facts), commands, outside=True, fixed=True)


def _whose(row: Row) -> Iterator[Fact]:
    identity = row.identity
    yield "whose it is", ""
    for name, value in (
        ("kind", identity.kind),
        ("called so", identity.why),
        ("network", identity.network),
        ("vni", identity.vni),
        ("container", identity.container),
        ("project", identity.project),
        ("service", identity.service),
        ("also in it", " ".join(identity.sharers) or None),
        ("engine", identity.engine),
    ):
        if value is not None:
            yield name, str(value)


def _where(row: Row, host: HostStatus | None, number: int | None) -> Iterator[Fact]:
    netns = row.netns
    yield "where it is", ""
    if host:
        yield "host", f"{host.name}  ({host.url})" if host.url else f"{host.name}, this machine"
    yield "kernel id", "unknown" if netns.is_number else str(netns.key.id)
    yield "inode", "unknown" if netns.is_number else f"net:[{netns.inode}]"
    nsid = netns.nsid if host is None else number
    yield "nsid", "ours" if netns.own else "none" if nsid is None else str(nsid)
    yield "found by", ", ".join(netns.sources) or "nothing any more"
    yield from (("mounted at", f"{mount.shown}  (mount namespace {mount.inode})") for mount in netns.mounts)
    pids = " ".join(map(str, netns.pids[:_MOST_PIDS]))
    more = f" and {len(netns.pids) - _MOST_PIDS} more" if len(netns.pids) > _MOST_PIDS else ""
    yield "processes", f"{pids}{more}" or "none"
    yield from (("kept alive by", holder) for holder in holders(netns) or ("nobody whom we can see",))
    yield from (("gap", gap) for gap in netns.gaps)


def _inside(row: Row) -> Iterator[Fact]:
    yield "links", ""
    for link in row.links:
        kind = f"{link.kind} vni {link.vni}" if link.vni is not None else link.kind
        yield link.ifname, f"{'UP' if link.up else 'DOWN'}  {kind}"
    if not row.links:  # each namespace has its lo: the tables were not read
        yield "", "not known"
    yield "addresses", ""
    none = "none beyond loopback and link-local" if row.links and not row.netns.is_number else "not known"
    yield from ((address, "global") for address in row.addresses)
    if not row.addresses:
        yield "", none
