"""The frozen picture that both front ends draw.

Source: ``session.session``. Every string in it is clean text. Incomplete: ``gaps`` says what could not be seen.
"""

from dataclasses import dataclass

from ovltui.identity.model import Identity
from ovltui.netns.model import Netns
from ovltui.state.links import Link


@dataclass(frozen=True, slots=True)
class Row:
    """One namespace."""

    netns: Netns
    identity: Identity
    links: tuple[Link, ...]
    """Its links, ascending by ifindex; empty where it could not be visited."""
    addresses: tuple[str, ...]
    """Addresses that tell where it is, with prefix length."""


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """A Docker Engine, as a line of status."""

    label: str
    url: str
    version: str
    answers: bool
    says: str
    """Why it does not answer; empty when it does."""
    asked: bool
    """Whether the user named it."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole, at one moment."""

    version: int
    """Rises with every change of a name: lines may read differently then."""
    host: str
    rows: tuple[Row, ...]
    """All living namespaces, in the order in which a person would list them."""
    engines: tuple[EngineStatus, ...]
    gaps: tuple[str, ...]
    """What cannot be seen or heard, each a sentence."""

    @property
    def bare(self) -> bool:
        """Whether there is nothing to see: no namespace but our own, and no Docker Engine that answers."""
        own = bool(self.rows) and all(row.netns.own for row in self.rows)
        return own and not any(engine.answers for engine in self.engines)

    def row(self, name: str) -> Row | None:
        """Return the namespace that is shown as ``name``."""
        return next((row for row in self.rows if row.identity.name == name), None)
