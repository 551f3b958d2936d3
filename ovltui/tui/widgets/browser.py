"""The browser: all namespaces as a tree, the current one or network decides what the panes show."""

from collections.abc import Mapping
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.message import Message

from ovltui.events.filter import Filter
from ovltui.events.line import Line
from ovltui.events.vocabulary import Action, Object
from ovltui.netns.model import NetnsKey
from ovltui.session.snapshot import Row, Snapshot
from ovltui.session.tree import Grouping, grouped
from ovltui.tui.verdicts import MARK, Tally
from ovltui.tui.widgets.browser_entries import Entry, entries_of, paths
from ovltui.tui.widgets.column_fit import cut
from ovltui.tui.widgets.line_list import LineList, Part


class Browser(LineList):
    """A tree of namespaces under their networks."""

    PREFIX = "browser"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="browser.open"),
        Binding("o", "group", "Group", show=False, id="browser.group"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"browser--{part}"
        for part in [
            "cursor",
            "cursor-focus",
            "rail",
            "all",
            "host",
            "overlay",
            "container",
            "named",
            "heading",
            "detail",
            "dead",
            "active",
            "wrong",
        ]
    }
    """Styles of the cursor's row and of each kind of entry."""
    DEFAULT_CSS = """
    Browser {
        & .browser--cursor { background: $cursor; text-style: bold; }
        & .browser--cursor-focus { background: $cursor-focus; text-style: bold; }
        & .browser--rail { color: $dimmer; text-style: $quiet; }
        & .browser--all { color: $foreground; }
        & .browser--host { color: $foreground; }
        & .browser--overlay { color: $accent; }
        & .browser--container { color: $success; }
        & .browser--named { color: $secondary; }
        & .browser--heading { color: $accent; text-style: bold; }
        & .browser--detail { color: $dim; text-style: $quiet; }
        & .browser--active { color: $success; }
        & .browser--wrong { color: $error; text-style: bold; }
        & .browser--dead { color: $error; text-style: strike; }
    }
    """

    class Chosen(Message):
        """Another entry is current: the panes are to show its namespaces."""

        def __init__(self, keys: frozenset[NetnsKey], label: str) -> None:
            self.keys = keys
            """Empty for all."""
            self.label = label
            super().__init__()

    class Opened(Message):
        """The user wants to read about a namespace."""

        def __init__(self, row: Row) -> None:
            self.row = row
            super().__init__()

    ALL = Entry("all", "", "all namespaces", "all", "", frozenset(), None)
    """The first entry."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._entries: tuple[Entry, ...] = (self.ALL,)
        self._rows: tuple[Row, ...] = ()
        self._gaps = 0
        self._current = self.ALL
        self._filter: Filter | None = None
        self._grouping = Grouping.NETWORK
        self._active: frozenset[NetnsKey] = frozenset()
        self._shells: Mapping[NetnsKey, str] = {}
        self._wrong: Mapping[NetnsKey, Tally] = {}

    @property
    def row_count(self) -> int:
        """Entries of the tree."""
        return len(self._entries)

    @property
    def cursor_row(self) -> int:
        """Where the current entry stands."""
        return next((at for at, entry in enumerate(self._entries) if entry.id == self._current.id), 0)

    @property
    def current(self) -> Entry:
        """The entry at the cursor; it may have died, then it stays until the cursor leaves it."""
        return self._current

    @property
    def filter(self) -> Filter | None:
        """Which namespaces are listed; None for all."""
        return self._filter

    def show(self, snapshot: Snapshot) -> None:
        """Draw the namespaces of a snapshot."""
        self._gaps = len(snapshot.gaps)
        if snapshot.rows != self._rows:
            self._rows = snapshot.rows
            self._rebuild()
        self._say()

    def show_from(self, row: int) -> None:
        """Draw the entries from ``row`` on, and say how many are below those in sight."""
        super().show_from(row)
        self._say()

    def on_resize(self) -> None:
        """Say how many entries there is no room for."""
        self._say()

    def show_activity(self, active: frozenset[NetnsKey]) -> None:
        """Mark the namespaces that had events in the last seconds."""
        if active != self._active:
            self._active = active
            self.refresh(self.size.region)

    def show_shells(self, marks: Mapping[NetnsKey, str]) -> None:
        """Mark the namespaces in which a shell runs."""
        if marks != self._shells:
            self._shells = dict(marks)
            self.refresh(self.size.region)

    def show_wrong(self, wrong: Mapping[NetnsKey, Tally]) -> None:
        """Mark the namespaces in which something is wrong."""
        if wrong != self._wrong:
            self._wrong = wrong
            self.refresh(self.size.region)

    def apply_filter(self, wanted: Filter | None) -> None:
        """List only the namespaces whose name, kind or detail pass ``wanted``."""
        self._filter = wanted
        self._rebuild()
        self.bring_into_sight(self.cursor_row)

    def choose_all(self) -> None:
        """Go back to all namespaces."""
        self.move_cursor(0)

    def choose(self, key: NetnsKey) -> None:
        """Go to a namespace, if it is listed."""
        for at, entry in enumerate(self._entries):
            if entry.row and entry.row.netns.key == key:
                self.move_cursor(at)

    def parts(self, row: int) -> list[Part]:
        """Return the line of an entry: branch, name, and at the right what tells it apart."""
        entry = self._entries[row]
        key = entry.row.netns.key if entry.row else None
        wrong = f" {MARK}" if key in self._wrong else ""
        mark = (" •" if key in self._active else "") + (self._shells.get(key, "") if key else "")
        room = self.size.width - cell_len(entry.rail) - len(wrong) - len(mark)
        label = cut(entry.label, room)  # the marks stay, however long a name is
        room -= cell_len(label) + 1
        detail = cut(entry.detail, room) if room > 1 else ""
        gap = " " * (room + 1 - cell_len(detail))
        name = [(entry.rail, "rail"), (label, entry.style)]
        return [*name, (wrong, "wrong"), (mark, "active"), (f"{gap}{detail}", "detail")]

    def move_cursor(self, row: int) -> None:
        """Make an entry current; one that died leaves the list."""
        entry = self._entries[row]
        if entry.id != self._current.id:
            self._current = entry
            self._rebuild()
            self.post_message(self.Chosen(entry.keys, entry.scope))
        self.bring_into_sight(self.cursor_row)

    def action_open(self) -> None:
        """Show what is known of the current namespace."""
        if self._current.row:
            self.post_message(self.Opened(self._current.row))

    def action_group(self) -> None:
        """Group by network, by kind, or not at all."""
        groupings = tuple(Grouping)
        self._grouping = groupings[(groupings.index(self._grouping) + 1) % len(groupings)]
        if self._current.row is None:  # a heading of the old groups
            self.choose_all()
        self._rebuild()
        self.bring_into_sight(self.cursor_row)

    def _say(self) -> None:
        """Say in the frame what is not to be seen; setting a title draws the frame, so only where it differs."""
        below = len(self._entries) - self.top - self.size.height if self.size.height else 0
        gaps = f"{self._gaps} gap{'s' if self._gaps > 1 else ''}: ? tells" if self._gaps else ""
        hidden = ", ".join(words for words in (f"{below} below" if below > 0 else "", gaps) if words)
        says = hidden if self._rows else "looking for namespaces"
        if says != self.border_subtitle:
            self.border_subtitle = says

    def _rebuild(self) -> None:
        rows = tuple(row for row in self._rows if passes(row, self._filter))
        entries = (self.ALL, *entries_of(grouped(rows, self._grouping)))
        at = next((entry for entry in entries if entry.id == self._current.id), None)
        if at is None:
            dead = self._current
            place = min(self.cursor_row, len(entries))
            hidden = not dead.keys.isdisjoint(row.netns.key for row in self._rows)
            style, detail = ("named", "filtered out") if hidden else ("dead", "gone")
            ghost = Entry(dead.id, dead.rail, dead.label, style, detail, dead.keys, dead.row, dead.name)
            entries = (*entries[:place], ghost, *entries[place:])
        elif (at.keys, at.scope) != (self._current.keys, self._current.scope):  # a network gained or lost a namespace
            self._current = at
            self.post_message(self.Chosen(at.keys, at.scope))
        else:
            self._current = at
        self._entries = entries
        self.show_from(self.top)


def passes(row: Row, wanted: Filter | None) -> bool:
    """Return whether name, kind, network, project, addresses or paths of a namespace pass a filter."""
    identity = row.identity
    known = (identity.network, identity.container, identity.project, identity.service, *identity.sharers)
    text = " ".join((identity.kind, *(word for word in known if word), *row.addresses, *paths(row)))
    return wanted is None or wanted.matches(Line(0, identity.name, "", text, Object.NSID, Action.NEW))
