"""The browser: all namespaces as a tree, the current one or network decides what the panes show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.message import Message

from ovltui.events.filter import Filter
from ovltui.events.line import Line
from ovltui.events.vocabulary import Action, Object
from ovltui.identity.model import Kind
from ovltui.netns.model import NetnsKey
from ovltui.session.snapshot import Row, Snapshot
from ovltui.session.tree import Branch, Grouping, grouped
from ovltui.tui.verdicts import MARK, Tally
from ovltui.tui.widgets.line_list import LineList, Part

_STYLES = {
    Kind.HOST: "host",
    Kind.OVERLAY: "overlay",
    Kind.INGRESS: "overlay",
    Kind.LOADBALANCER: "overlay",
    Kind.CONTAINER: "container",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the tree."""

    id: str
    """What it is, over snapshots: the cursor follows it."""
    rail: str
    """The drawn branch to its left."""
    label: str
    style: str
    detail: str
    """What stands to the right, dim."""
    keys: frozenset[NetnsKey]
    """The namespaces that it stands for; empty for all of them."""
    row: Row | None
    """The namespace itself, where it is one."""


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
        & .browser--rail { color: $dimmer; }
        & .browser--all { color: $foreground; }
        & .browser--host { color: $foreground; }
        & .browser--overlay { color: $accent; }
        & .browser--container { color: $success; }
        & .browser--named { color: $secondary; }
        & .browser--heading { color: $accent; text-style: bold; }
        & .browser--detail { color: $dim; }
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
        gaps = len(snapshot.gaps)
        self.border_subtitle = f"{gaps} gap{'s' if gaps > 1 else ''}: ? tells" if gaps else ""
        if snapshot.rows != self._rows:
            self._rows = snapshot.rows
            self._rebuild()

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
        room = self.size.width - cell_len(entry.rail) - cell_len(entry.label) - len(wrong) - len(mark) - 1
        detail = entry.detail if cell_len(entry.detail) <= room else f"{entry.detail[: max(0, room - 1)]}…"
        gap = " " * max(1, room + 1 - cell_len(detail))
        shown = f"{gap}{detail}" if room > 1 else ""
        name = [(entry.rail, "rail"), (entry.label, entry.style)]
        return [*name, (wrong, "wrong"), (mark, "active"), (shown, "detail")]

    def move_cursor(self, row: int) -> None:
        """Make an entry current; one that died leaves the list."""
        entry = self._entries[row]
        if entry.id != self._current.id:
            self._current = entry
            self._rebuild()
            self.post_message(self.Chosen(entry.keys, entry.label))
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

    def _rebuild(self) -> None:
        rows = tuple(row for row in self._rows if passes(row, self._filter))
        entries = (self.ALL, *_entries(grouped(rows, self._grouping)))
        at = next((entry for entry in entries if entry.id == self._current.id), None)
        if at is None:
            dead = self._current
            place = min(self.cursor_row, len(entries))
            hidden = not dead.keys.isdisjoint(row.netns.key for row in self._rows)
            style, detail = ("named", "filtered out") if hidden else ("dead", "gone")
            ghost = Entry(dead.id, dead.rail, dead.label, style, detail, dead.keys, dead.row)
            entries = (*entries[:place], ghost, *entries[place:])
        elif at.keys != self._current.keys:  # a network gained or lost a namespace
            self._current = at
            self.post_message(self.Chosen(at.keys, at.label))
        else:
            self._current = at
        self._entries = entries
        self.show_from(self.top)


def passes(row: Row, wanted: Filter | None) -> bool:
    """Return whether name, kind, network, project, addresses or paths of a namespace pass a filter."""
    identity = row.identity
    known = (identity.network, identity.container, identity.project, identity.service, *identity.sharers)
    text = " ".join((identity.kind, *(word for word in known if word), *row.addresses, *_paths(row)))
    return wanted is None or wanted.matches(Line(0, identity.name, "", text, Object.NSID, Action.NEW))


def _entries(branches: Sequence[Branch]) -> list[Entry]:
    entries = []
    for branch in branches:
        if not branch.title:
            entries += [_entry(row, "") for row in branch.rows]
            continue
        keys = frozenset(row.netns.key for row in branch.rows)
        detail = f"{branch.kind} {branch.vni or ''}".strip()
        style = "heading" if branch.kind else "host"
        entries.append(Entry(f"branch {branch.kind} {branch.title}", "▾ ", branch.title, style, detail, keys, None))
        last = branch.rows[-1] if branch.rows else None
        entries += [_entry(row, "  └ " if row is last else "  ├ ", branch.title) for row in branch.rows]
    return entries


def _entry(row: Row, rail: str, title: str = "") -> Entry:
    name = row.identity.name
    _, at, engine = title.partition("@")
    if at and name.endswith(at + engine):  # the heading says it already
        name = name.removesuffix(at + engine)
    style = _STYLES.get(row.identity.kind, "named")
    key = row.netns.key
    return Entry(f"netns {key.id}", rail or "● ", name, style, _detail(row), frozenset((key,)), row)


def _detail(row: Row) -> str:
    """Return what tells a person where this namespace is: addresses, or the links of a network's own."""
    if row.identity.kind in (Kind.OVERLAY, Kind.INGRESS) and row.identity.vni is not None:
        return " ".join(link.ifname for link in row.links if link.kind in ("bridge", "vxlan"))
    if row.addresses:
        return row.addresses[0].partition("/")[0]
    return next(iter(_paths(row)), "")


def _paths(row: Row) -> tuple[str, ...]:
    return tuple(mount.shown for mount in row.netns.mounts)
