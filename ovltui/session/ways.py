"""The way between two endpoints as a person names them, out of the tables that the session keeps.

Source: ``session.wiring`` and ``topology.path``. Privileges: none beyond the session's. Incomplete: as
``topology.walk``.
"""

from dataclasses import dataclass
from itertools import pairwise

from ovltui.errors import NetnsError
from ovltui.netns.model import NetnsKey
from ovltui.session.session import Session
from ovltui.text import clean
from ovltui.topology.hops import Path
from ovltui.topology.links import LinkKey
from ovltui.topology.lookup import parsed
from ovltui.topology.model import Topology
from ovltui.topology.path import path

_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Ends:
    """Between what a way is looked for."""

    of: NetnsKey
    to: NetnsKey | str
    """A namespace, or an address."""


def ends(session: Session, of: NetnsKey | None, text: str) -> Ends:
    """Return what is meant by ``TO``, or by ``FROM TO``.

    Args:
        session: knows the names.
        of: where the way begins, where the text does not say it.
        text: as it was typed.

    Raises:
        NetnsError: it means nothing, or several.
    """
    words = text.split()
    if len(words) > 2 or not words or (len(words) == 1 and of is None):  # noqa: PLR2004
        raise NetnsError("type a name or an address, or two of them: from and to")
    start = _netns(session, words[0]) if len(words) > 1 else of
    address = parsed(words[-1])
    assert start is not None
    return Ends(start, str(address) if address else _netns(session, words[-1]))


def way(topology: Topology, asked: Ends) -> Path:
    """Return the way, as the tables are now.

    Raises:
        NetnsError: one of its ends is gone.
    """
    for end in (asked.of, asked.to):
        if isinstance(end, NetnsKey) and end not in topology.nodes:
            raise NetnsError("one of its ends is gone")
    return path(topology, asked.of, asked.to)


def keys(found: Path) -> frozenset[NetnsKey | LinkKey | str]:
    """Return the links and namespaces of a way, and the addresses to which its tunnels send."""
    links = {hop.link for hop in found.hops if hop.link}
    words = (hop.by.split() for hop in found.hops)
    ends = {after for by in words for word, after in pairwise(by) if word == "dst"}
    return frozenset((*links, *ends, *(hop.key for hop in found.hops if hop.key)))


def _netns(session: Session, text: str) -> NetnsKey:
    rows = session.find(text)
    if len(rows) == 1:
        return rows[0].netns.key
    if not rows:
        raise NetnsError(f"no namespace is called {clean(text)}")
    names = ", ".join(row.identity.name for row in rows[:_SHOWN])
    raise NetnsError(f"{clean(text)} may be {names}{' …' if len(rows) > _SHOWN else ''}")
