"""What stands in the frames of the panes: what they are called, and what they leave out.

Every word is ours: the library reads titles as markup.
"""

from collections.abc import Sequence

from ovltui.events.vocabulary import Pane
from ovltui.tui.screens.kinds import Kinds, hidden_words
from ovltui.tui.widgets.event_pane import EventPane
from ovltui.tui.widgets.line_list import LineList

_CORNERS = 6
"""Cells of a frame's upper line that are none of its title's."""
_BETWEEN = 3
_CALLED = {"browser": "namespaces", "all": "events"}


def label(widget: LineList) -> str:
    """Return what a pane is called."""
    return _CALLED.get(widget.id or "", widget.id or "")


def pane_of(widget: EventPane) -> Pane | None:
    """Return which records a pane is for; None for all."""
    return None if widget.id in (None, "all") else Pane(widget.id)


def _first_named(labels: Sequence[str], current: int, room: int) -> int:
    """Return from which pane on all are named, so that the one in sight is."""
    cells = [len(label) + _BETWEEN for label in labels]
    first = 0
    while first < current and sum(cells[first : current + 1]) - _BETWEEN + 2 * bool(first) > room:
        first += 1
    return first


def title(widget: LineList, ring: Sequence[LineList], shown: Kinds | None, *, narrow: bool, ascii_only: bool) -> str:
    """Return the title of a pane, as markup.

    Args:
        widget: the pane.
        ring: the panes that ``tab`` leads through.
        shown: the kinds that it shows; None for all.
        narrow: whether it alone is in sight: then it names the others too.
        ascii_only: draw with ASCII alone.
    """
    hidden = hidden_words(pane_of(widget), shown) if isinstance(widget, EventPane) else ""
    rest = f"  [$accent]{hidden}[/]" if hidden else ""
    if not narrow:
        return label(widget) + rest
    words = [f"[b reverse]{label(pane)}[/]" if pane is widget else f"[$dim]{label(pane)}[/]" for pane in ring]
    first = _first_named([label(pane) for pane in ring], ring.index(widget), widget.app.size.width - _CORNERS)
    return ("… " if first else "") + (" | " if ascii_only else " · ").join(words[first:]) + "  [$dim](tab)[/]" + rest
