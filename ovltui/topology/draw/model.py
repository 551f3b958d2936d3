"""What a drawing is made of. Frozen values; the page to read first.

- ``Thing``: what can stand in a drawing; equal to itself in the next drawing, whatever else changed.
- ``Item``: a thing with its words.
- ``Drawing``: rows of ``Span`` to draw from left to right, and a ``Spot`` for each thing that can be selected.

Pure. Incomplete: nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ovltui.netns.model import NetnsKey
from ovltui.topology.links import LinkKey
from ovltui.topology.model import Vtep


class What(StrEnum):
    """What a thing is."""

    NETNS = "netns"
    LINK = "link"
    VTEP = "vtep"
    ENDPOINT = "endpoint"
    """Something behind a VTEP."""
    UNSEEN = "unseen"
    """Something that is not visible from here."""
    MORE = "more"
    """All that is folded away."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Identity of what stands in a drawing."""

    what: What
    key: NetnsKey | LinkKey | Vtep | None
    name: str = ""
    """Tells things of one key apart: a MAC, or where in the drawing."""


@dataclass(frozen=True, slots=True)
class Item:
    """A thing with its words; all are clean text."""

    thing: Thing
    name: str
    about: tuple[str, ...] = ()
    """What else there is to say, from the longest to the shortest."""
    state: str = ""
    """The state of a link that is not up, a word; empty for all else."""
    says: str = ""
    """All of it, in one line."""
    netns: NetnsKey | None = None
    """The namespace that it is, or is in; None where that is not visible."""
    link: LinkKey | None = None


class Look(StrEnum):
    """How a piece of text is drawn."""

    FRAME = "frame"
    WIRE = "wire"
    TITLE = "title"
    NAME = "name"
    ABOUT = "about"
    STATE = "state"
    """A state that is not well."""
    MARK = "mark"
    HEADER = "header"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a row."""

    text: str
    look: Look
    things: tuple[Thing, ...] = ()
    """What it shows; for a wire, what it ties together."""
    on_path: bool = False


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a thing stands."""

    item: Item
    x: int
    y: int
    width: int
    lane: int
    """Which column it is in, from the left; up and down stay in it."""
    wired: tuple[Thing, ...]
    """What it is wired to."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing."""

    width: int
    rows: tuple[tuple[Span, ...], ...]
    spots: Mapping[Thing, Spot]
    """By thing, from left to right and from top to bottom."""
    hidden: int = 0
    """How many things a filter or the focus leaves out."""

    @property
    def height(self) -> int:
        """Number of rows."""
        return len(self.rows)

    def text(self) -> str:
        """Return it as plain lines."""
        return "\n".join("".join(span.text for span in row).rstrip() for row in self.rows)
