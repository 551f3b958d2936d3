"""Of what a report consists, however it is written. Frozen values; every string is clean text, and no markup."""

from dataclasses import dataclass

from ovltui.topology.draw.model import Drawing


@dataclass(frozen=True, slots=True)
class Heading:
    """Begins a part."""

    level: int
    """1 for the title."""
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A sentence or two."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """Sentences, one below the other."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a heading."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """Lines to read or to copy, as they are."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing of the topology."""

    drawing: Drawing
    title: str


Block = Heading | Paragraph | Bullets | Table | Listing | Picture
