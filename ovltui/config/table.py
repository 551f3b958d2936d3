"""The table of what may be chosen: from it the file is checked, the sample is written, and what holds is printed.

Source: this file. Privileges: none; pure. Incomplete: ids of keys are the screens' affair.
"""

from dataclasses import dataclass
from enum import Enum

from ovltui.config.model import Settings, Theme, TimeForm
from ovltui.events.panes import kinds_of
from ovltui.events.vocabulary import Pane


class Shape(Enum):
    """What a value is."""

    WORD = "a word"
    SWITCH = "true or false"
    WORDS = "a list of words"


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that may be chosen."""

    section: str
    name: str
    shape: Shape
    says: str
    """What it does, a line."""
    choices: tuple[str, ...] = ()
    """Words that are understood."""
    default: str | bool | tuple[str, ...] = ""

    @property
    def key(self) -> str:
        """Section and name, as sentences call it."""
        return f"{self.section}.{self.name}"


COLUMNS = ("name", "kind", "ev/s", "findings", "links", "procs", "addresses", "nsid", "id", "found by")
"""Columns of the screen of namespaces."""
ALL = "all"
"""The pane of all kinds together."""
PANES = (ALL, *(pane.value for pane in Pane))
_NONE = Settings()


def _kinds(name: str) -> Option:
    kinds = tuple(kind.value for kind in kinds_of(None if name == ALL else Pane(name)))
    says = f"kinds of events that the {name} pane shows at the start (K changes it)"
    return Option("kinds", name, Shape.WORDS, says, kinds, kinds)


OPTIONS: tuple[Option, ...] = (
    Option(
        *("screen", "theme", Shape.WORD, "colours (T changes them); auto: what fits the terminal and NO_COLOR"),
        *(tuple(Theme), _NONE.theme.value),
    ),
    Option(
        *("screen", "time", Shape.WORD, "when: time of day, in UTC, since the line above, since the mark (t)"),
        *(tuple(TimeForm), _NONE.time.value),
    ),
    Option("screen", "wrap", Shape.SWITCH, "break long lines of events instead of cutting them (w)", (), _NONE.wrap),
    Option("screen", "ascii", Shape.SWITCH, "draw with ASCII alone (--ascii)", (), _NONE.ascii),
    Option("screen", "mouse", Shape.SWITCH, "let the mouse choose and scroll (F2)", (), _NONE.mouse),
    Option("screen", "slow", Shape.SWITCH, "paint once a second, for a slow line (--slow)", (), _NONE.slow),
    Option(
        *("layout", "panes", Shape.WORDS, "event panes that stand below each other on a wide screen"),
        *(PANES, _NONE.panes),
    ),
    Option(
        *(
            "layout",
            "columns",
            Shape.WORDS,
            "columns of the namespaces (2), from left to right; those that matter least give way",
        ),
        *(COLUMNS, COLUMNS),
    ),
    *map(_kinds, PANES),
)
"""All but keys and hosts, which are named by whoever chooses them."""
KEYS, HOSTS = "keys", "hosts"
SECTIONS: dict[str, str] = {
    "screen": "how the screens look",
    "layout": "what stands where",
    "kinds": "which events show",
    KEYS: 'other keys for commands: "id" = "key", or "key,key"; what is not named here stays as it is',
    HOSTS: 'machines that are shown from the start, as --host does: name = "ssh://[user@]host[:port]"',
}
"""Sections of the file, with what each is for."""
