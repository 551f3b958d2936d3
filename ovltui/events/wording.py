"""The lines of many messages, those that are alike made together.

Source: ``ovltui.events.alike``. Pure. Incomplete: as that.
"""

from collections.abc import Set as AbstractSet

from ovltui.events.alike import Alike, DatedNames
from ovltui.events.filter import Filter
from ovltui.events.layout import Layout, Parts
from ovltui.events.line import Line
from ovltui.events.matching import Matching
from ovltui.events.said import Tell, filling
from ovltui.events.vocabulary import Object

Worded = tuple[Line | None, str]
"""A line whose namespace, mark, object and action are those of the message, and the message's text. None where its line
is not wanted."""
_UNWANTED: Worded = (None, "")


class Wording(Alike[Worded]):
    """Words the messages of a ring; one thread asks.

    Args:
        names: names for lines.
        objects: what lines are to be about; anything where it is empty. A gap is always wanted.
        wanted: the filter that they pass.
    """

    def __init__(self, names: DatedNames, objects: AbstractSet[Object], wanted: Filter) -> None:
        super().__init__(names)
        self._objects = objects
        self._wanted = wanted
        self._matching = Matching(wanted, names)

    def conclude(self, shown: Line) -> Worded:
        """Return a line and its text, if it is wanted."""
        gap = shown.object is Object.GAP
        passes = gap or (not (self._objects and shown.object not in self._objects) and self._wanted.matches(shown))
        return (shown, shown.text) if passes else _UNWANTED

    def derive(self, layout: Layout, marked: Line) -> Tell[Worded] | None:
        """Return what words messages that are laid out alike; None where each line must be made."""
        if self._objects and marked.object not in self._objects:
            return lambda _: _UNWANTED
        fill, judge = filling(layout, marked), self._matching.derive(layout, marked)
        if fill is None or judge is None:
            return None
        text = len(marked.netns) + 1

        def tell(parts: Parts) -> Worded:
            return (marked, fill(parts)[text:]) if judge(parts) else _UNWANTED

        return tell
