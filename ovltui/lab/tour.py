"""What a step of the tour is: something to look at, something to do, and how to tell that it was done.

Source: none, these are values. Pure. Whether a step was done is decided by a ``Sight`` alone. Incomplete: what a person
reads is not seen, only what they open and cause.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

TEXT_WIDTH = 76
"""Characters of a line of a step, at most: what is left of 80 columns within a frame."""
TEXT_LINES = 4
"""Lines of a step, at most; what there is to do stands in one more."""


class Act(Enum):
    """What the tour does in the place of the user."""

    NOTHING = "nothing"
    NETWORK = "build the network"
    CONTAINER = "start the container"
    OPEN_EVENT = "open the event that the step points at"
    CHOOSE = "choose a namespace"
    OPEN_NETNS = "open the page of a namespace"
    RUN = "run a command in a namespace"
    BREAK = "put a fault in"
    MEND = "undo the fault"
    DRAW = "show the drawing of the network"
    DOWN = "remove the lab"


class Page(Enum):
    """What stands in the foreground."""

    PANES = "panes"
    EVENT = "event"
    NETNS = "netns"
    DRAWING = "drawing"


@dataclass(frozen=True, slots=True)
class Sight:
    """What there is, and what the screen shows, as far as the tour minds."""

    networks: int = 0
    """Namespaces of overlay networks."""
    started: bool = False
    """Whether there is a container for which the tour waits, or of which it tells."""
    caused: bool = False
    """Whether there was an event of the kind at which the step points."""
    page: Page = Page.PANES
    chosen: str = ""
    """Kind of the namespace at the cursor, as ``ovltui ls`` calls it; empty for none."""
    shells: frozenset[str] = frozenset()
    """Kinds of the namespaces in which a shell runs."""
    says: str = ""
    """What the current shell shows, wrapped lines joined."""
    ran: bool = False
    """Whether the command of the step was run by the tour, to its end."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step."""

    title: str
    text: tuple[str, ...]
    """What to look at, and why."""
    hand: str
    """What the user is to do, a line."""
    done: Callable[[Sight], bool]
    """Whether it is done."""
    act: Act = Act.NOTHING
    where: str = "overlay"
    """Kind of the namespace of the act."""
    command: str = ""
    """Of ``Act.RUN``: ``{peer}`` is the address of another container, ``{nobody}`` one that nobody has."""
    points: str = ""
    """A filter that passes the events which the step causes, or tells of."""
    looks_back: bool = False
    """Whether these may have come before the step."""
    lab_only: bool = False
    """Whether it has no place in a network of a real Docker Engine."""
    docker: str = ""
    """What to do instead where the network is of a real Docker Engine; empty for the same."""
