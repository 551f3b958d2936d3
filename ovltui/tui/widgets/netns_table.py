"""All namespaces with what is known of each in columns: grouped, sorted, searched."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from ovltui.events.filter import Filter
from ovltui.netns.model import NetnsKey
from ovltui.session.activity import Activity, rate
from ovltui.session.snapshot import Row, Snapshot
from ovltui.session.tree import Branch, Grouping, grouped
from ovltui.topology.sheet import natural
from ovltui.tui.verdicts import Tally
from ovltui.tui.widgets.browser import passes
from ovltui.tui.widgets.browser_entries import entry_id
from ovltui.tui.widgets.line_list import LineList, Part
from ovltui.tui.widgets.netns_columns import COLUMNS, Beside, Fitted, chosen_columns, fitted

_INDENT = 4
"""Cells of the drawn branches at the left; two more where there are several hosts."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line."""

    id: str
    """What it is, over snapshots: the cursor follows it."""
    rail: str
    title: str
    """Of a heading; empty for a namespace."""
    row: Row | None
    name: str = ""
    """What the namespace is called below its headings."""


class NetnsTable(LineList):
    """The list.

    Args:
        activity: how much happens where.
        columns: those to show, as ``chosen_columns`` takes them.
    """

    PREFIX = "netns-table"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="netns.open"),
        Binding("o", "group", "Group", id="netns.group"),
        Binding("less_than_sign", "sort(-1)", "Sort leftwards", show=False, id="netns.sort_left"),
        Binding("greater_than_sign", "sort(1)", "Sort", key_display="< >", id="netns.sort_right"),
        Binding("I", "invert", "Invert", show=False, id="netns.invert"),
        Binding("l", "events", "Its events", id="netns.events"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"netns-table--{part}"
        for part in ("cursor", "cursor-focus", "rail", "heading", "name", "cell", "gone", "placeholder")
    }
    """Styles of the cursor's row, of headings and of cells."""
    DEFAULT_CSS = """
    NetnsTable {
        & .netns-table--cursor { background: $cursor; text-style: bold; }
        & .netns-table--cursor-focus { background: $cursor-focus; text-style: bold; }
        & .netns-table--rail { color: $dimmer; text-style: $quiet; }
        & .netns-table--heading { color: $accent; text-style: bold; }
        & .netns-table--name { color: $foreground; }
        & .netns-table--cell { color: $dim; text-style: $quiet; }
        & .netns-table--gone { color: $error; text-style: strike; }
        & .netns-table--placeholder { color: $dimmer; text-style: $quiet; }
    }
    """

    class Opened(Message):
        """The user wants to read about a namespace."""

        def __init__(self, row: Row) -> None:
            self.row = row
            super().__init__()

    class EventsWanted(Message):
        """The user wants to see its events."""

        def __init__(self, row: Row) -> None:
            self.row = row
            super().__init__()

    class Arranged(Message):
        """The columns, or their order, are others now."""

    def __init__(self, activity: Activity, columns: Sequence[str] = (), *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._columns = chosen_columns(columns)
        self._beside = Beside(activity)
        self._rows: tuple[Row, ...] = ()
        self._gaps = 0
        self._items: tuple[Item, ...] = ()
        self._current: Item | None = None
        self._gone = False
        self._fitted: tuple[Fitted, ...] = ()
        self._filter: Filter | None = None
        self._grouping = Grouping.NETWORK
        self._sort: int | None = None
        self._inverted = False
        self._drawn: tuple[object, ...] = ()

    def rebase(self, activity: Activity) -> None:
        """Show how much happens in another session."""
        self._beside = replace(self._beside, activity=activity)

    def count_by(self, number_of: Callable[[int], tuple[str, int | None]]) -> None:
        """Tell nsids as ``number_of`` does: whose each one is, and what it is there."""
        self._beside = replace(self._beside, number_of=number_of)

    @property
    def row_count(self) -> int:
        """Headings and namespaces."""
        return len(self._items)

    @property
    def cursor_row(self) -> int | None:
        """Where the current line stands."""
        if self._current is None:
            return None
        return next((at for at, item in enumerate(self._items) if item.id == self._current.id), None)

    @property
    def current(self) -> Row | None:
        """The namespace at the cursor; one that died stays until the cursor leaves it."""
        return self._current.row if self._current else None

    @property
    def filter(self) -> Filter | None:
        """Which namespaces are listed; None for all."""
        return self._filter

    def show(self, snapshot: Snapshot, wrong: Mapping[NetnsKey, Tally]) -> None:
        """Draw the namespaces of a snapshot, how much happens in them now, and what is wrong in which."""
        self._beside = replace(self._beside, wrong=wrong)
        self._rows, self._gaps = snapshot.rows, len(snapshot.gaps)
        self._rebuild()

    def apply_filter(self, wanted: Filter | None) -> None:
        """List only the namespaces that pass ``wanted``."""
        self._filter = wanted
        self._rearrange()

    def heading(self) -> str:
        """Return the titles of the columns, the sorted one marked."""
        titles = []
        for at, one in enumerate(self._fitted):
            sorted_by = self._sort is not None and COLUMNS[self._sort] is one.column
            mark = ("▲" if self._inverted else "▼") if sorted_by else ""
            titles.append(("" if at == 0 else "  ") + one.cell(one.column.title + mark))
        return self._drawable("".join(titles))

    def parts(self, row: int) -> list[Part]:
        """Return the cells of a line."""
        item = self._items[row]
        if item.row is None:
            return [(item.rail, "rail"), (item.title, "heading")]
        gone = self._gone and self._current is not None and item.id == self._current.id
        first, *others = self._fitted
        name = f"{item.rail}{item.name}"
        parts = [(item.rail, "rail"), (first.cell(name)[len(item.rail) :], "gone" if gone else "name")]
        if gone:
            return [*parts, ("  gone", "cell")]
        cells = "".join(f"  {one.cell(one.column.says(item.row, self._beside))}" for one in others)
        return [*parts, (cells, "cell")]

    def placeholder(self) -> str:
        """Say why there is nothing to see."""
        return "nothing passes the filter; esc clears it" if self._filter else "no namespace was found"

    def move_cursor(self, row: int) -> None:
        """Make a line current; one that died leaves the list."""
        self._current = self._items[row]
        if self._gone:
            self._gone = False
            self._rebuild()
        self.bring_into_sight(self.cursor_row or 0)

    def action_open(self) -> None:
        """Show what is known of the current namespace."""
        if self.current:
            self.post_message(self.Opened(self.current))

    def action_events(self) -> None:
        """Show the events of the current namespace."""
        if self.current:
            self.post_message(self.EventsWanted(self.current))

    def action_group(self) -> None:
        """Group by network, by kind, or not at all."""
        groupings = tuple(Grouping)
        self._grouping = groupings[(groupings.index(self._grouping) + 1) % len(groupings)]
        self._rearrange()

    def action_sort(self, by: int) -> None:
        """Sort by the next column in sight; behind the last one comes the order of kinds and names."""
        choices: list[int | None] = [None, *(COLUMNS.index(one.column) for one in self._fitted)]
        at = choices.index(self._sort) if self._sort in choices else 0
        self._sort = choices[(at + by) % len(choices)]
        self._rearrange()

    def action_invert(self) -> None:
        """Turn the order round."""
        self._inverted = not self._inverted
        self._rearrange()

    def on_resize(self) -> None:
        """Choose the columns anew."""
        self._rebuild()

    def _rearrange(self) -> None:
        """List anew on the user's request: the cursor stays in sight."""
        self._rebuild()
        self.bring_into_sight(self.cursor_row or 0)

    def _rebuild(self) -> None:
        rows = tuple(row for row in self._rows if passes(row, self._filter))
        branches = grouped(rows, self._grouping)
        items = tuple(self._items_of(branches))
        current = next((item for item in items if self._current and item.id == self._current.id), None)
        living = {entry_id(row) for row in self._rows}
        self._gone = self._current is not None and self._current.row is not None and self._current.id not in living
        if self._gone and self._current:
            place = min(self.cursor_row or 0, len(items))
            items = (*items[:place], self._current, *items[place:])
        else:
            self._current = current or next((item for item in items if item.row), None)
        self._items = items
        indent = _INDENT + 2 * any(branch.host for branch in branches)
        self._fitted = fitted(rows, self._beside, self.size.width, indent, self._columns)
        rates = [rate(self._beside.activity.of(row.netns.key)) for row in rows]
        drawn = (items, self._fitted, self._gone, rates, self._beside.wrong)
        if drawn != self._drawn:
            self._drawn = drawn
            self.show_from(self.top)
        self._say(len(rows))

    def _say(self, rows: int) -> None:
        """Say in the frame how the list is arranged; setting a title draws the frame, so only where it differs."""
        by = f", sorted by {COLUMNS[self._sort].title.lower()}" if self._sort is not None else ""
        gaps = f", {self._gaps} gap{'s' if self._gaps > 1 else ''}: ? tells" if self._gaps else ""
        says = f"{rows} by {self._grouping}{by}{', inverted' if self._inverted else ''}{gaps}"
        if says != self.border_subtitle:
            self.border_subtitle = says
        self.post_message(self.Arranged())

    def _items_of(self, branches: Sequence[Branch]) -> Iterator[Item]:
        host = ""
        for branch in branches:
            if branch.host != host:
                host = branch.host
                yield Item(f"host {host}", "▾ ", host, None)
            for item in self._branch(branch):
                yield replace(item, rail=f"  {item.rail}") if host else item

    def _branch(self, branch: Branch) -> Iterator[Item]:
        rows = self._sorted(branch.rows)
        rails = [""] * len(rows)
        if branch.title:
            title = f"{branch.title}  {branch.kind} {'' if branch.vni is None else branch.vni}".rstrip()
            yield Item(branch.id, "▾ ", title, None)
            rails = [*("  ├ " for _ in rows[1:]), "  └ "]
        for row, rail in zip(rows, rails, strict=True):
            yield Item(entry_id(row), rail, "", row, branch.called(row))

    def _sorted(self, rows: Sequence[Row]) -> list[Row]:
        found = list(rows)
        if self._sort is not None:
            order = COLUMNS[self._sort].order
            found.sort(key=lambda row: (order(row, self._beside), natural(row.identity.name)))
        return found[::-1] if self._inverted else found
