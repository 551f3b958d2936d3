"""The hops of a path as a list, the one that is not well marked."""

from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from textual.binding import Binding, BindingType
from textual.message import Message

from ovltui.topology.hops import Hop, Path, Verdict
from ovltui.tui.widgets.line_list import LineList, Part

_TITLES = ("WAY", "HOP", "NETNS", "LINK", "VERDICT", "BY")
_WIDEST = 20
_NO_PATH = Path((), "", "")


class HopList(LineList):
    """The list."""

    PREFIX = "hop-list"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="path.open"),
        Binding("y", "copy", "Copy", id="path.copy"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"hop-list--{part}" for part in ("cursor", "cursor-focus", "cell", "name", "ok", "bad", "unknown")
    }
    """Styles of the cursor's row and of cells."""
    DEFAULT_CSS = """
    HopList {
        & .hop-list--cursor { background: $cursor; text-style: bold; }
        & .hop-list--cursor-focus { background: $cursor-focus; text-style: bold; }
        & .hop-list--cell { color: $dim; text-style: $quiet; }
        & .hop-list--name { color: $foreground; }
        & .hop-list--ok { color: $success; }
        & .hop-list--bad { color: $error; text-style: bold; }
        & .hop-list--unknown { color: $accent; }
    }
    """

    class Moved(Message):
        """Another hop is the current one."""

    class Opened(Message):
        """The user wants to see the namespace of a hop."""

        def __init__(self, hop: Hop) -> None:
            self.hop = hop
            super().__init__()

    class CopyWanted(Message):
        """The user wants a hop in the clipboard."""

        def __init__(self, text: str) -> None:
            self.text = text
            super().__init__()

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._path = _NO_PATH
        self._cursor = 0
        self._widths: tuple[int, ...] = ()

    @property
    def row_count(self) -> int:
        """Number of hops."""
        return len(self._path.hops)

    @property
    def cursor_row(self) -> int | None:
        """The current hop."""
        return min(self._cursor, self.row_count - 1) if self.row_count else None

    @property
    def current(self) -> Hop | None:
        """The hop at the cursor."""
        return None if self.cursor_row is None else self._path.hops[self.cursor_row]

    def show(self, path: Path, *, to_culprit: bool = False) -> None:
        """Show a path; ``to_culprit`` puts the cursor on the hop that is not well."""
        if path == self._path:
            return
        self._path = path
        cells = [_cells(number, hop) for number, hop in enumerate(path.hops, 1)]
        columns = zip(_TITLES, *cells, strict=True)
        self._widths = tuple(min(_WIDEST, max(map(cell_len, column))) for column in columns)
        if to_culprit and path.culprit:
            self._cursor = path.hops.index(path.culprit)
        self.bring_into_sight(self.cursor_row or 0)

    def heading(self) -> str:
        """Return the titles of the columns."""
        return self._drawable(self._joined(_TITLES))

    def parts(self, row: int) -> list[Part]:
        """Return the cells of a hop."""
        hop = self._path.hops[row]
        way, number, netns, link, verdict, by = _cells(row + 1, hop)
        style = {Verdict.OK: "ok", Verdict.UNKNOWN: "unknown"}.get(hop.verdict, "bad")
        widths = self._widths
        return [
            (f" {set_cell_size(way, widths[0])}  {set_cell_size(number, widths[1])}  ", "cell"),
            (f"{set_cell_size(netns, widths[2])}  {set_cell_size(link, widths[3])}  ", "name"),
            (f"{set_cell_size(verdict, widths[4])}  ", style),
            (by, "cell" if style == "ok" else style),
        ]

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self.bring_into_sight(self.cursor_row or 0)

    def placeholder(self) -> str:
        """Say why there is nothing to see."""
        return "no hop"

    def move_cursor(self, row: int) -> None:
        """Make a hop current."""
        self._cursor = row
        self.bring_into_sight(row)
        self.post_message(self.Moved())

    def action_open(self) -> None:
        """Ask for the page of the namespace."""
        if self.current:
            self.post_message(self.Opened(self.current))

    def action_copy(self) -> None:
        """Ask for a copy."""
        if self.current and self.cursor_row is not None:
            cells = _cells(self.cursor_row + 1, self.current)
            self.post_message(self.CopyWanted("  ".join(cells)))

    def _joined(self, cells: tuple[str, ...]) -> str:
        padded = (set_cell_size(cell, width) for cell, width in zip(cells, self._widths or (4,) * 6, strict=True))
        return f" {'  '.join(padded)}"


def _cells(number: int, hop: Hop) -> tuple[str, ...]:
    return (str(hop.way), str(number), hop.netns, hop.ifname or "-", str(hop.verdict), hop.by)
