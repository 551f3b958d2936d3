"""What stands in the frames of the panes: what they are called, and what they leave out.

Every word is ours: the library reads titles as markup.
"""

from collections.abc import Sequence

from ovltui.events.vocabulary import Pane
from ovltui.tui.screens.kinds import Kinds, hidden_words
from ovltui.tui.widgets.event_pane import EventPane
from ovltui.tui.widgets.line_list import LineList

_CALLED = {"browser": "namespaces", "all": "events"}


def label(widget: LineList) -> str:
    """Return what a pane is called."""
    return _CALLED.get(widget.id or "", widget.id or "")


def pane_of(widget: EventPane) -> Pane | None:
    """Return which records a pane is for; None for all."""
    return None if widget.id in (None, "all") else Pane(widget.id)


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
    words = [f"[b]{label(pane)}[/b]" if pane is widget else f"[$dim]{label(pane)}[/]" for pane in ring]
    return (" | " if ascii_only else " · ").join(words) + "  [$dim](tab)[/]" + rest
