"""The screen of hosts: the machines that are shown together, how the line to each is, and how its clock stands.

Source: ``Session.hosts``. Incomplete: a clock is known by as much as a question and its answer took, which is said.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message

from ovltui.session.hosts import HostState, HostStatus
from ovltui.session.session import Session
from ovltui.session.snapshot import Row, Snapshot
from ovltui.session.tree import tree
from ovltui.topology.sheet import Column, Entry, Sheet
from ovltui.tui.screens import about
from ovltui.tui.screens.row_page import RowPage
from ovltui.tui.screens.table_screen import TableScreen
from ovltui.tui.when import day_or_time
from ovltui.tui.widgets.row_table import RowTable

_COLUMNS = (
    Column("HOST", least=16),
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


class HostsScreen(TableScreen):
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
        super().__init__(session, HostTable(id="hosts"), ascii_only=ascii_only)
        self._hosts: dict[str, HostStatus] = {}

    def on_mount(self) -> None:
        """Begin to draw; clocks drift without any event."""
        self.filtered().border_title = Text("hosts")
        self.set_interval(1.0, self.paint)

    def fill(self, snapshot: Snapshot) -> None:
        """List the machines of now."""
        hosts = self._session.hosts
        self._hosts = {host.name: host for host in hosts}
        self.show(sheet_of(hosts, counted(snapshot.rows, hosts)), "no host: a adds one")
        self._say_why()

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
