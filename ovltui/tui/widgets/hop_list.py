"""The hops of a path as a list, the one that is not well marked."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.message import Message

from ovltui.topology.hops import Hop, Path, Verdict
from ovltui.tui.widgets.case_words import cell
from ovltui.tui.widgets.line_list import LineList, Part

_TITLES = ("WAY", "HOP", "NETNS", "LINK", "VERDICT", "BY")
_WIDEST = 20
_WIDE = 56
"""Cells from which the way has a column of its own; below, the verdict needs its place."""
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
        """Another hop is the current one, or there is another width for what is said of it."""

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
        return self._drawable(f" {self._joined(_TITLES)}")

    def parts(self, row: int) -> list[Part]:
        """Return the cells of a hop."""
        hop = self._path.hops[row]
        cells = _cells(row + 1, hop)
        style = {Verdict.OK: "ok", Verdict.UNKNOWN: "unknown"}.get(hop.verdict, "bad")
        return [
            (f" {self._joined(cells[:2])}", "cell"),
            (self._joined(cells[2:4], 2), "name"),
            (self._joined(cells[4:5], 4), style),
            (cells[5], "cell" if style == "ok" else style),
        ]

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self.bring_into_sight(self.cursor_row or 0)
        self.post_message(self.Moved())

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

    @property
    def narrow(self) -> bool:
        """Whether there is no room to say of each hop whether it is there or back."""
        shown = self.app.size.width if self.is_attached else 0
        return (self.size.width or shown) < _WIDE  # its own is known when it is laid out

    def _joined(self, cells: Sequence[str], at: int = 0) -> str:
        """Return cells from column ``at`` on, each in the width of its column."""
        widths = self._widths[at:] or (4,) * len(cells)
        shown = zip(cells, widths, range(at, len(_TITLES)), strict=False)
        return "".join(f"{cell(text, width)}  " for text, width, column in shown if column or not self.narrow)


def _cells(number: int, hop: Hop) -> tuple[str, ...]:
    return (str(hop.way), str(number), hop.netns, hop.ifname or "-", str(hop.verdict), hop.by)
