"""What a person has chosen for the screens; where nothing was chosen, what holds anyway.

Source: ``config.toml``, read by ``reading``. Privileges: none; pure. Incomplete: whether a key exists, and whether two
commands claim the same one, only the screens know.
"""

from dataclasses import dataclass
from enum import StrEnum


class Theme(StrEnum):
    """How the screens are coloured; no meaning rests on colour alone."""

    AUTO = "auto"
    """``mono`` where NO_COLOR is set, ``16`` where the terminal has no more, else ``dark``."""
    DARK = "dark"
    LIGHT = "light"
    CONTRAST = "contrast"
    SIXTEEN = "16"
    """The terminal's own sixteen colours."""
    MONO = "mono"
    """No colour at all: bold, underlined and reversed."""


class TimeForm(StrEnum):
    """How a line of an event says when it was."""

    CLOCK = "clock"
    """Time of day here."""
    UTC = "utc"
    """Time of day in UTC."""
    DELTA = "delta"
    """Since the line above."""
    MARK = "mark"
    """Since, or until, the mark nearest before."""


@dataclass(frozen=True, slots=True)
class KindsOf:
    """Which kinds of events a pane shows at the start."""

    pane: str
    """``all``, ``link``, ``route`` or ``neigh``."""
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyChoice:
    """Other keys for a command."""

    id: str
    """What the command is called, as ``ovltui config --default`` lists it."""
    keys: tuple[str, ...]
    line: int
    """Where it was chosen, from 1 on."""


@dataclass(frozen=True, slots=True)
class HostChoice:
    """A machine that is shown from the start."""

    name: str
    url: str
    line: int
    """Where it was chosen, from 1 on."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be chosen."""

    theme: Theme = Theme.AUTO
    time: TimeForm = TimeForm.CLOCK
    wrap: bool = False
    """Whether long lines of events are broken instead of cut."""
    ascii: bool = False
    """Whether to draw with ASCII alone."""
    mouse: bool = True
    slow: bool = False
    """Whether to paint seldom, for slow connections."""
    panes: tuple[str, ...] = ("link", "route", "neigh")
    """Event panes that stand below each other on a wide screen."""
    columns: tuple[str, ...] = ()
    """Columns of the namespaces, from left to right; empty for all of them."""
    kinds: tuple[KindsOf, ...] = ()
    """Panes that show less than everything at the start."""
    keys: tuple[KeyChoice, ...] = ()
    hosts: tuple[HostChoice, ...] = ()
    path: str = ""
    """The file that says so, clean text; empty where none was looked for."""
    found: bool = False
    """Whether it is there."""
