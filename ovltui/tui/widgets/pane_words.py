"""What an event pane says of itself: why it is empty, and what its frame tells."""

from ovltui.events.vocabulary import Pane


def placeholder(pane: Pane | None, *, filtered: bool, narrowed: bool) -> str:
    """Return why there is nothing to see.

    Args:
        pane: which events it is for; None for all.
        filtered: whether it has a filter.
        narrowed: whether it shows only some namespaces.
    """
    if filtered:
        return "nothing passes the filter; esc clears it"
    what = f"{pane.value} events" if pane else "events"
    return f"no {what} here yet" if narrowed else f"no {what} yet: they appear as they happen"


def subtitle(rows: int, *, filtered: bool, frozen: bool, folded: bool) -> str:
    """Return how much passes the filter, or where one looks.

    Args:
        rows: lines of the pane.
        filtered: whether it has a filter.
        frozen: whether newer lines wait.
        folded: whether lines are folded beneath events of Docker.
    """
    rest = ""
    if filtered:
        rest = "1 line passes the filter" if rows == 1 else f"{rows} lines pass the filter"
    elif frozen:
        rest = f"{rows} lines"
    return ", ".join(word for word in ("folded" if folded else "", rest) if word)
