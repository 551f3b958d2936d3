"""The screen of recordings: those that lie in the directory, to be played, deleted, or opened from elsewhere."""

from collections.abc import Callable
from threading import Thread
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message

from ovltui.errors import OvltuiError
from ovltui.session.recordings import Ending, Summary
from ovltui.session.session import Session
from ovltui.topology.sheet import Column, Entry, Sheet
from ovltui.tui.amounts import size_words
from ovltui.tui.screens import about
from ovltui.tui.screens.table_screen import TableScreen
from ovltui.tui.when import moment, span
from ovltui.tui.widgets.row_table import RowTable

_COLUMNS = (
    Column("NAME", least=12),
    Column("HOST", rank=3, least=6),
    Column("BEGAN", rank=1),
    Column("LENGTH", rank=2, right=True),
    Column("RECORDS", rank=5, right=True),
    Column("SIZE", rank=4, right=True),
    Column("ENDED", rank=2, least=6),
)
_LOOK_S = 2.0
"""Seconds between two looks into the directory, while the screen is in sight."""
_NOTHING = "nothing was recorded yet: R records, o opens a file from elsewhere"
Listing = Callable[[], tuple[Summary, ...]]


class RecordingTable(RowTable):
    """The list."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "Play", id="recordings.play")]


class RecordingsScreen(TableScreen):
    """Recordings.

    Args:
        session: of the status line.
        where: the directory, clean text.
        listing: returns what is in it; raises an OvltuiError where that cannot be read.
        ascii_only: draw with ASCII alone.
    """

    kind = "recordings"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "delete", "Delete", id="recordings.delete"),
        Binding("o", "open_path", "Open a file", id="recordings.open"),
    ]
    ABOUT = about.RECORDINGS
    WHAT = "recordings"

    class PlayWanted(Message):
        """The user wants to see a recording."""

        def __init__(self, path: str) -> None:
            self.path = path
            super().__init__()

    class DeleteWanted(Message):
        """The user wants to be rid of one."""

        def __init__(self, summary: Summary) -> None:
            self.summary = summary
            super().__init__()

    class PathWanted(Message):
        """The user wants to name a file."""

    class Listed(Message):
        """The directory was read."""

        def __init__(self, found: tuple[Summary, ...], says: str) -> None:
            self.found = found
            self.says = says
            super().__init__()

    def __init__(self, session: Session, where: str, listing: Listing, *, ascii_only: bool = False) -> None:
        super().__init__(session, RecordingTable(id="recordings"), ascii_only=ascii_only)
        self._where = where
        self._listing = listing
        self._found: dict[str, Summary] = {}
        self._looks = False

    def on_mount(self) -> None:
        """Begin to look, now and then while it is in sight."""
        self.filtered().border_title = Text(f"recordings in {self._where}")
        self.filtered().begin("reading…")
        self.set_interval(_LOOK_S, self.look)

    def on_screen_resume(self) -> None:
        """Look at once."""
        self.look()

    def look(self) -> None:
        """Read the directory, in a thread: it may lie on a slow disk."""
        if self.app.screen is self and not self._looks:
            self._looks = True
            Thread(target=self._read, name="ovltui-recordings", daemon=True).start()

    def current(self) -> Summary | None:
        """Return the recording at the cursor."""
        entry = self.filtered().current
        return self._found.get(str(entry.id)) if entry else None

    def action_delete(self) -> None:
        """Ask whether the recording at the cursor is to go."""
        current = self.current()
        if current:
            self.post_message(self.DeleteWanted(current))

    def action_open_path(self) -> None:
        """Ask for a file."""
        self.post_message(self.PathWanted())

    def _read(self) -> None:
        found: tuple[Summary, ...] = ()
        says = ""
        try:
            found = self._listing()
        except OvltuiError as error:
            says = str(error)
        self.post_message(self.Listed(found, says))

    @on(Listed)
    def _show(self, event: Listed) -> None:
        self._looks = False
        self._found = {one.path: one for one in event.found}
        self.show(sheet_of(event.found), event.says or _NOTHING)

    @on(RowTable.Opened)
    def _play(self) -> None:
        current = self.current()
        if current:
            self.post_message(self.PlayWanted(current.path))

    @on(RowTable.Arranged)
    def _say_keys(self) -> None:
        table = self.filtered()
        table.border_subtitle = Text("enter plays it" if table.row_count else "")


def sheet_of(found: tuple[Summary, ...]) -> Sheet:
    """Return recordings as a table."""
    return Sheet(_COLUMNS, tuple(_entry(one) for one in found), ())


def _entry(one: Summary) -> Entry:
    known = one.start_ns is not None and one.end_ns is not None
    length = span(one.start_ns or 0, one.end_ns or 0) if known else "-"
    began = moment(one.start_ns).partition(".")[0] if one.start_ns is not None else "-"
    records = "-" if one.records is None else f"{one.records}"
    ended = one.says or (one.ending or Ending.FOREIGN).value
    cells = (one.name, one.host or "-", began, length, records, size_words(one.size), ended)
    lasted = (one.end_ns or 0) - (one.start_ns or 0)
    by = (None, None, float(one.start_ns or 0), float(lasted), float(one.records or -1), float(one.size), None)
    return Entry(one.path, cells, by)
