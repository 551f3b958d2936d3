"""What an event pane says of itself: why it is empty, and what its frame tells."""

from ovltui.config.model import TimeForm
from ovltui.events.vocabulary import Pane

_TIMES = {
    TimeForm.CLOCK: "",
    TimeForm.UTC: "times in UTC",
    TimeForm.DELTA: "times since the line above",
    TimeForm.MARK: "times from the mark before",
}
_FIRST = "\n\n? explains all this; tab: next pane\nenter: look inside; s: shell; q: quit"
"""For whoever sees it for the first time."""


def placeholder(pane: Pane | None, *, filtered: bool, narrowed: bool, recorded: bool = False) -> str:
    """Return why there is nothing to see.

    Args:
        pane: which events it is for; None for all.
        filtered: whether it has a filter.
        narrowed: whether it shows only some namespaces.
        recorded: whether what it shows is the moment of a recording.
    """
    if filtered:
        return "nothing passes the filter; esc clears it"
    what = f"{pane.value} events" if pane else "events"
    if recorded:
        return f"no {what} {'here ' if narrowed else ''}up to this moment"
    if narrowed:
        return f"no {what} here yet"
    return f"no {what} yet: they appear as they happen{_FIRST if pane in (None, Pane.ROUTE) else ''}"


def subtitle(rows: int, *, filtered: bool, frozen: bool, folded: bool, time: TimeForm = TimeForm.CLOCK) -> str:
    """Return how much passes the filter, or where one looks.

    Args:
        rows: lines of the pane.
        filtered: whether it has a filter.
        frozen: whether newer lines wait.
        folded: whether lines are folded beneath events of Docker.
        time: how lines say when they were.
    """
    rest = ""
    if filtered:
        rest = "1 line passes the filter" if rows == 1 else f"{rows} lines pass the filter"
    elif frozen:
        rest = f"{rows} lines"
    return ", ".join(word for word in ("folded" if folded else "", _TIMES[time], rest) if word)
