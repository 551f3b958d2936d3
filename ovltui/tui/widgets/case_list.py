"""The list of findings: worst first, what is mended folded below."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.message import Message

from ovltui.checks.cases import Case, Standing
from ovltui.events.filter import Filter
from ovltui.events.line import Line
from ovltui.events.vocabulary import Action, Object
from ovltui.netns.model import NetnsKey
from ovltui.tui.verdicts import MARK, counts, netns_of
from ovltui.tui.when import day_or_time
from ovltui.tui.widgets.case_words import Key, Place, cell, over, state
from ovltui.tui.widgets.line_list import LineList, Part

_WIDE = 60
"""Cells of a row from which time and state have a column of their own."""
_WIDEST_PLACES = ((98, 26), (_WIDE, 20), (0, 14))
"""Cells that the place takes at most, in rows of so many cells and more."""
_HEADING = ("heading",)
_SEVERITY, _SINCE, _STATE = 9, 9, 9


@dataclass(frozen=True, slots=True)
class Item:
    """One line."""

    id: tuple[object, ...]
    """What it is, over looks: the cursor follows it."""
    case: Case | None
    """None for the heading of what was mended."""


class CaseList(LineList):
    """The list."""

    PREFIX = "case-list"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="checks.open"),
        Binding("c", "cause", "Cause", id="checks.cause"),
        Binding("y", "copy", "Copy remedy", id="checks.copy"),
        Binding("l", "events", "Its events", id="checks.events"),
        Binding("i", "about", "The check", show=False, id="checks.about"),
        Binding("f", "fold", "What is over", show=False, id="checks.mended"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"case-list--{part}"
        for part in (
            *("cursor", "cursor-focus", "placeholder", "error", "warning", "note"),
            *("quiet", "time", "place", "heading", "count"),
        )
    }
    """Styles of the cursor's row, of severities and of columns."""
    DEFAULT_CSS = """
    CaseList {
        & .case-list--cursor { background: $cursor; }
        & .case-list--cursor-focus { background: $cursor-focus; }
        & .case-list--placeholder { color: $dim; }
        &.-looked .case-list--placeholder { color: $success; }
        & .case-list--error { color: $error; text-style: bold; }
        & .case-list--warning { color: $accent; text-style: bold; }
        & .case-list--note { color: $secondary; }
        & .case-list--quiet { color: $dim; text-style: $quiet; }
        & .case-list--time { color: $dim; text-style: $quiet; }
        & .case-list--place { color: $primary; }
        & .case-list--heading { color: $dim; text-style: bold; }
        & .case-list--count { text-style: bold; }
    }
    """

    says = "not looked yet"
    """What to say where there is no finding."""

    class Moved(Message):
        """Another finding is current, or none."""

    class Wanted(Message):
        """The user wants something of a finding."""

        def __init__(self, case: Case) -> None:
            self.case = case
            super().__init__()

    class Opened(Wanted):
        """To see it whole."""

    class CauseWanted(Wanted):
        """To go to the event that caused it."""

    class CopyWanted(Wanted):
        """To copy the commands that would mend it."""

    class EventsWanted(Wanted):
        """To see the events of its namespace."""

    class AboutWanted(Message):
        """The user wants to read about a check, or with None about all of them."""

        def __init__(self, check: str | None) -> None:
            self.check = check
            super().__init__()

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._cases: tuple[Case, ...] = ()
        self._log: tuple[Case, ...] = ()
        self._keys: frozenset[NetnsKey] = frozenset()
        self._filter: Filter | None = None
        self._items: tuple[Item, ...] = ()
        self._current: Item | None = None
        self._at = 0
        self._unfolded = False
        self._drawn: tuple[object, ...] = ()
        self._places: Mapping[Key, Place] = {}

    @property
    def row_count(self) -> int:
        """Findings, and the heading of what is mended."""
        return len(self._items)

    @property
    def cursor_row(self) -> int | None:
        """The current line."""
        return self._at if self._items else None

    @property
    def current(self) -> Case | None:
        """The finding at the cursor; one that was mended stays until the cursor leaves it."""
        return self._current.case if self._current else None

    @property
    def filter(self) -> Filter | None:
        """Which findings are listed; None for all."""
        return self._filter

    @property
    def listed(self) -> int:
        """How many findings are listed that are not over."""
        return sum(self._shows(case) for case in self._cases)

    @property
    def elsewhere(self) -> int:
        """How many findings are not listed, since they are in other namespaces or do not pass the filter."""
        return len(self._cases) - self.listed

    def show(self, cases: Sequence[Case], mended: Sequence[Case], places: Mapping[Key, Place]) -> None:
        """Draw what is wrong, worst first, and what was mended, newest first.

        Args:
            cases: what is wrong.
            mended: what was mended.
            places: where each of them is, by ``Finding.key``.
        """
        self._cases, self._log, self._places = tuple(cases), tuple(mended), places
        self._rebuild()

    def narrow(self, keys: frozenset[NetnsKey]) -> None:
        """List only findings in these namespaces; in all with none."""
        self._keys = keys
        self._rebuild()

    def apply_filter(self, wanted: Filter | None) -> None:
        """List only findings that pass ``wanted``."""
        self._filter = wanted
        self._rebuild()

    def heading(self) -> str:
        """Return the titles of the columns."""
        width = self._place_width()
        words = [f"{'SINCE':{_SINCE}}", f"{'STATE':{_STATE}}"] if self.size.width >= _WIDE else []
        return "".join((f"  {'SEVERITY':{_SEVERITY}}", *words, f"{'WHERE':{width}}", " WHAT"))

    def parts(self, row: int) -> list[Part]:
        """Return the cells of a line."""
        case = self._items[row].case
        if case is None:
            ended = over([one for one in self._log if self._shows(one)])
            return [(f"{'▾' if self._unfolded else '▸'} {ended}", "heading")]
        finding = case.finding
        style = str(finding.severity) if case.standing is Standing.OPEN else "quiet"
        wide = self.size.width >= _WIDE
        # Where there is no room for both, how it stands says more of one that is not open.
        word = finding.severity if wide or case.standing is Standing.OPEN else state(case)
        since = f"{day_or_time(case.since_ns):{_SINCE}}"
        return [
            (f"{MARK if counts(case) else ' '} {word:{_SEVERITY}}", style),
            *([(since, "time"), (f"{state(case):{_STATE}}", style)] if wide else ()),
            (cell(self._places[finding.key].words, self._place_width()), "place"),
            *([(f" \N{MULTIPLICATION SIGN}{case.times}", "count")] if case.times > 1 else ()),
            (f" {finding.says}", "quiet" if style == "quiet" else ""),
        ]

    def let_go(self) -> None:
        """Leave a finding that was mended under the cursor, for the worst that is wrong now."""
        if self._current and self._ghost(self._current):
            self._current, self._at = None, 0
            self._rebuild()

    def placeholder(self) -> str:
        """Say that there is nothing to see."""
        if self._filter:
            return "nothing passes the filter; esc clears it"
        return self.says

    def move_cursor(self, row: int) -> None:
        """Make a line current; one that was mended goes below."""
        self._current = self._items[row]
        self._rebuild()
        self.bring_into_sight(self._at)

    def action_open(self) -> None:
        """Show the current finding whole; on the heading, show or hide what was mended."""
        if self._items and self.current is None:
            self.action_fold()
        else:
            self._ask(self.Opened)

    def action_cause(self) -> None:
        """Go to the event that caused it."""
        self._ask(self.CauseWanted)

    def action_copy(self) -> None:
        """Copy what would mend it."""
        self._ask(self.CopyWanted)

    def action_events(self) -> None:
        """Show the events of its namespace."""
        self._ask(self.EventsWanted)

    def action_about(self) -> None:
        """Show what the check compares; where nothing is chosen, what all of them look for."""
        self.post_message(self.AboutWanted(self.current.finding.check if self.current else None))

    def action_fold(self) -> None:
        """Show or hide what was mended."""
        self._unfolded = not self._unfolded
        self._rebuild()

    def on_resize(self) -> None:
        """Choose the columns anew."""
        self._drawn = ()
        self._rebuild()

    def _ask(self, wanted: type["CaseList.Wanted"]) -> None:
        if self.current:
            self.post_message(wanted(self.current))

    def _shows(self, case: Case) -> bool:
        place = self._places[case.finding.key]
        text = f"{case.finding.severity} {state(case)} {case.finding.check} {place.words} {case.finding.says}"
        said = Line(case.since_ns, place.netns, "", text, Object.NSID, Action.NEW)
        here = not self._keys or netns_of(case.finding) in self._keys
        return here and (self._filter is None or self._filter.matches(said))

    def _rebuild(self) -> None:
        cases = [Item(("case", case.finding.key), case) for case in self._cases if self._shows(case)]
        mended = [Item(("mended", case.finding.key), case) for case in self._log if self._shows(case)]
        heading = [Item(_HEADING, None)] if mended else []
        items = [*cases, *heading, *(mended if self._unfolded else ())]
        before = self._current
        if cases and before and before.id == _HEADING and self._items[0].id == _HEADING:
            before = None  # the first finding is news, and nobody chose the heading
            self._at = 0
        if before and before.id not in {item.id for item in items}:
            items[self._at : self._at] = self._ghost(before)
        self._items = tuple(items)
        found = (at for at, item in enumerate(items) if before and item.id == before.id)
        self._at = next(found, min(self._at, max(0, len(items) - 1)))
        self._current = items[self._at] if items else None
        drawn = (
            self._items,
            self._at,
            self._unfolded,
            self._places,
            [day_or_time(case.since_ns) for case in self._cases],
        )
        if drawn != self._drawn:
            self._drawn = drawn
            self.show_from(self.top)
            self.post_message(self.Moved())

    def _ghost(self, before: Item) -> list[Item]:
        """Return the line of a finding that was open and was mended under the cursor."""
        if before.id[0] != "case" or before.case is None:
            return []
        key = before.case.finding.key
        if any(case.finding.key == key for case in self._cases):  # it does not pass the filter
            return []
        log = (case for case in self._log if case.finding.key == key and self._shows(case))
        return [Item(before.id, case) for case in log if state(case) == Standing.MENDED]

    def _place_width(self) -> int:
        most = next(cells for columns, cells in _WIDEST_PLACES if self.size.width >= columns)
        return min(most, max((cell_len(place.words) for place in self._places.values()), default=5))
