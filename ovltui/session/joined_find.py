"""Which namespaces of several machines a text of the command line may mean.

Source: ``identity.match``, asked of each machine in its own words: pids, paths and numbers mean another thing on each.
Pure. Incomplete: as there.
"""

from collections.abc import Iterable, Sequence

from ovltui.identity.match import match
from ovltui.netns.model import NetnsKey
from ovltui.session.joined_host import Host
from ovltui.session.snapshot import Row


def found(text: str, rows: Sequence[Row], hosts: Iterable[Host]) -> tuple[Row, ...]:
    """Return the rows that a person may mean, in their order.

    Args:
        text: as ``identity.match`` takes it; ``node2:text`` means it on that machine only.
        rows: all namespaces.
        hosts: the machines.
    """
    shown = tuple(row for row in rows if row.identity.name == text)
    if shown:
        return shown
    hosts = tuple(hosts)
    keys = {key for host in hosts if text.startswith(f"{host.name}:") for key in _on(host, text[len(host.name) + 1 :])}
    keys = keys or {key for host in hosts for key in _on(host, text)}
    return tuple(row for row in rows if row.netns.key in keys)


def _on(host: Host, text: str) -> Iterable[NetnsKey]:
    """Yield the namespaces of one machine, by the keys that are shown."""
    names = host.names
    shown = {raw: key for key, raw in names.raw_keys.items()}
    alive = {key: names.identities[key] for key in names.netnses if key in names.identities}
    mntns = host.start.mntns if host.start else None
    wanted = match(text, tuple(names.netnses.values()), alive, names.views, mntns)
    return (shown[key] for key in wanted if key in shown)
