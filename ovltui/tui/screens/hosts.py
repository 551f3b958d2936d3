"""The screen of hosts: the machines that are shown together, how the line to each is, and how its clock stands.

Source: ``Session.hosts``. Incomplete: a clock is known by as much as a question and its answer took, which is said.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Static

from ovltui.session.hosts import HostState, HostStatus
from ovltui.session.session import Session
from ovltui.session.snapshot import Row, Snapshot
from ovltui.session.tree import tree
from ovltui.topology.sheet import Column, Entry, Sheet
from ovltui.tui.screens import about
from ovltui.tui.screens.list_screen import ListScreen
from ovltui.tui.screens.row_page import RowPage
from ovltui.tui.when import day_or_time
from ovltui.tui.widgets.column_fit import widths
from ovltui.tui.widgets.filter_bar import FilterBar
from ovltui.tui.widgets.key_line import KeyLine
from ovltui.tui.widgets.row_table import RowTable
from ovltui.tui.widgets.status import Rate, StatusLine, status_of

_COLUMNS = (
    Column("HOST", least=8),
    Column("STATE"),
    Column("SINCE", rank=2),
    Column("NETNS", rank=4, right=True),
    Column("CLOCK", rank=1, right=True),
    Column("LOST", rank=3, right=True),
    Column("ADDRESS", rank=5, least=8),
    Column("OVLTUI", rank=6, least=6),
    Column("WHY", rank=7, least=24),
)
_HERE = "this machine"
_NS_OF_MS = 10**6
_NS_OF_S = 10**9


class HostTable(RowTable):
    """The list."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "Whole", id="hosts.row")]


class HostsScreen(ListScreen):
    """Hosts.

    Args:
        session: whose.
        ascii_only: draw with ASCII alone.
    """

    kind = "hosts"
    ABOUT = about.HOSTS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", "Add a host", id="hosts.add"),
        Binding("d", "drop", "Drop", id="hosts.drop"),
        Binding("r", "reach", "Reach again", id="hosts.reach"),
    ]
    WHAT = "hosts"
    DEFAULT_CSS = """
    HostsScreen {
        & #heading { height: 1; padding: 0 1; color: $dim; text-style: bold; }
        & RowTable { height: 1fr; }
        &.-ascii LineList { border: ascii $border; &:focus { border: ascii $border-focus; } }
    }
    """

    class AddWanted(Message):
        """The user wants to see one more machine."""

    class DropWanted(Message):
        """The user wants to see a machine no more."""

        def __init__(self, host: HostStatus) -> None:
            self.host = host
            super().__init__()

    class ReachWanted(Message):
        """The user wants a machine to be tried again now."""

        def __init__(self, host: HostStatus) -> None:
            self.host = host
            super().__init__()

    def __init__(self, session: Session, *, ascii_only: bool = False) -> None:
        super().__init__(classes="-ascii" if ascii_only else "")
        self._session = session
        self._snapshot: Snapshot | None = None
        self._hosts: dict[str, HostStatus] = {}
        self._rate = Rate(session.ring.end)

    def compose(self) -> ComposeResult:
        """Lay the widgets out."""
        yield StatusLine(id="status")
        yield Static("", id="heading", markup=False)
        yield HostTable(id="hosts")
        yield FilterBar()
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin to draw; clocks drift without any event."""
        table = self.filtered()
        table.ascii_only = self.has_class("-ascii")
        table.border_title = Text("hosts")
        self.set_focus(table)
        self.set_interval(1.0, self.paint)
        self.call_after_refresh(self.paint)

    def paint(self) -> bool:
        """Draw what is new; there is never more to look at."""
        if self.in_sight:
            self._snapshot = self._session.snapshot()
            hosts = self._session.hosts
            self._hosts = {host.name: host for host in hosts}
            sheet = sheet_of(hosts, counted(self._snapshot.rows, hosts))
            self.filtered().show(sheet, widths(sheet.columns, sheet.entries), "no host: a adds one")
            self._say_why()
            rate = self._rate.per_second(self._session.ring.end)
            self.query_one(StatusLine).status = status_of(self._session, self._snapshot, rate, self.verdicts.tally)
        return False

    def chosen(self) -> Row | None:
        """No namespace is chosen here."""
        return None

    def filtered(self) -> RowTable:
        """The list."""
        return self.query_one(RowTable)

    def current(self) -> HostStatus | None:
        """Return the host at the cursor."""
        entry = self.filtered().current
        return self._hosts.get(str(entry.id)) if entry else None

    def action_add(self) -> None:
        """Ask for one more."""
        self.post_message(self.AddWanted())

    def action_drop(self) -> None:
        """Ask whether the one at the cursor is to go."""
        if host := self.current():
            self.post_message(self.DropWanted(host))

    def action_reach(self) -> None:
        """Try the one at the cursor again now."""
        if host := self.current():
            self.post_message(self.ReachWanted(host))

    @on(RowTable.Opened)
    def _open(self, event: RowTable.Opened) -> None:
        """Show a row whole: why a line broke off takes more words than a column has."""
        host = self._hosts.get(str(event.entry.id))
        way = f"ssh {host.url}" if host and host.url else "any shell"
        self.app.push_screen(RowPage("host", event.columns, event.entry, (way,)))

    @on(RowTable.Arranged)
    def _head(self) -> None:
        table = self.filtered()
        self.query_one("#heading", Static).update(table.heading() if table.row_count else "")
        self._say_why()

    def _say_why(self) -> None:
        """Say in the frame why the host at the cursor is not heard: that takes more words than a column has."""
        host = self.current()
        says = "" if host is None or host.state is HostState.LIVE else host.says
        table = self.filtered()
        if str(table.border_subtitle or "") != (says := says or table.arrangement):
            table.border_subtitle = Text(says)


def sheet_of(hosts: tuple[HostStatus, ...], netnses: Mapping[str, int]) -> Sheet:
    """Return hosts as a table, with how many namespaces are theirs, by name."""
    return Sheet(_COLUMNS, tuple(_entry(host, netnses.get(host.name, 0)) for host in hosts), (), passing=True)


def counted(rows: Sequence[Row], hosts: Sequence[HostStatus]) -> Mapping[str, int]:
    """Return how many of the namespaces each host has, by name."""
    found: Counter[str] = Counter()
    for branch in tree(rows):
        found[branch.host or hosts[0].name] += len(branch.rows)
    return found


def offset_words(host: HostStatus) -> str:
    """Return how far a clock is ahead of ours and how exactly that is known: ``+1.2 ms ±0.3``; ``-`` where unknown."""
    if not host.url and host.offset_ns is not None:
        return "ours"
    if host.offset_ns is None:
        return "-"
    unit_ns, unit = (_NS_OF_S, "s") if abs(host.offset_ns) >= _NS_OF_S else (_NS_OF_MS, "ms")
    wrong = "" if host.uncertainty_ns is None else f" ±{host.uncertainty_ns / unit_ns:.1f}"
    return f"{host.offset_ns / unit_ns:+.1f}{wrong} {unit}"


def _entry(host: HostStatus, netnses: int) -> Entry:
    since = day_or_time(host.since_ns) if host.since_ns else "-"
    why = "" if host.state is HostState.LIVE else host.says
    address = host.url or _HERE
    cells = (
        *(host.name, str(host.state), since, str(netnses), offset_words(host), str(host.lost)),
        *(address, host.version or "-", why),
    )
    numbers = (None, None, float(host.since_ns), float(netnses), float(host.offset_ns or 0), float(host.lost))
    return Entry(host.name, cells, (*numbers, None, None, None))
