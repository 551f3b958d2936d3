"""Which messages a filter lets pass, without making the line of each.

Source: a filter, and ``ovltui.events.alike``. Pure. Incomplete: as that.
"""

from ovltui.events.alike import Alike, DatedNames
from ovltui.events.filter import Filter, Holds, devices
from ovltui.events.layout import Layout
from ovltui.events.line import Line
from ovltui.events.said import Tell, filling


class Matching(Alike[bool]):
    """Judges the messages of a ring by one filter; one thread asks.

    Args:
        wanted: the filter.
        names: names for lines.
    """

    def __init__(self, wanted: Filter, names: DatedNames) -> None:
        super().__init__(names)
        self.wanted = wanted

    def conclude(self, shown: Line) -> bool:
        """Return whether a line passes."""
        return self.wanted.matches(shown)

    def derive(self, layout: Layout, marked: Line) -> Tell[bool] | None:
        """Return what judges messages that are laid out alike; None where each line must be made."""
        if not layout.addresses:
            return _always(self.wanted.matches(marked))
        fill = filling(layout, marked)
        if fill is None or any(address.shown in name for name in devices(marked) for address in layout.addresses):
            return None
        if not self.wanted.matches_but_for_text(marked):
            return _always(False)
        return _filled(fill, self.wanted.texts)


def _always(passes: bool) -> Tell[bool]:
    return lambda _: passes


def _filled(fill: Tell[str], texts: tuple[Holds, ...]) -> Tell[bool]:
    if not texts:
        return _always(True)
    if len(texts) == 1:
        holds = texts[0]
        return lambda parts: holds(fill(parts))

    def judge(parts: tuple[bytes, ...]) -> bool:
        shown = fill(parts)
        return all(holds(shown) for holds in texts)

    return judge
