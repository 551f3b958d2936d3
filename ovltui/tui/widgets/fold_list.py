"""A tree of keys and values, each object or list to be folded, all of it to be searched."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType

from ovltui.events.filter import Filter
from ovltui.session.inspect import Node
from ovltui.tui.widgets.line_list import LineList, Part

_Path = tuple[int, ...]
"""Where a node stands: the numbers of its ancestors and its own, each among its siblings."""


@dataclass(frozen=True, slots=True)
class _Line:
    path: _Path
    node: Node


class FoldList(LineList):
    """The tree; the first level is open from the beginning."""

    PREFIX = "fold-list"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "fold", "Fold", id="fold.toggle"),
        Binding("right", "open", "Open", show=False, id="fold.open"),
        Binding("left", "close", "Close", show=False, id="fold.close"),
        Binding("n", "match(1)", "Next match", show=False, id="fold.next"),
        Binding("N", "match(-1)", "Previous match", show=False, id="fold.previous"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"fold-list--{part}" for part in ("cursor", "cursor-focus", "rail", "key", "value", "match", "placeholder")
    }
    """Styles of the cursor's row, of keys and values, and of what was searched for."""
    DEFAULT_CSS = """
    FoldList {
        & .fold-list--cursor { background: $cursor; }
        & .fold-list--cursor-focus { background: $cursor-focus; }
        & .fold-list--rail { color: $dimmer; text-style: $quiet; }
        & .fold-list--key { color: $secondary; }
        & .fold-list--value { color: $foreground; }
        & .fold-list--match { color: $accent; text-style: bold; }
        & .fold-list--placeholder { color: $dim; text-style: $quiet; }
    }
    """

    def __init__(self, waiting: str, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._says = waiting
        self._trees: tuple[Node, ...] = ()
        self._open: set[_Path] = set()
        self._lines: tuple[_Line, ...] = ()
        self._cursor = 0
        self._wanted = ""
        self._filter: Filter | None = None
        self._found = 0

    @property
    def row_count(self) -> int:
        """Lines in sight or above or below it."""
        return len(self._lines)

    @property
    def cursor_row(self) -> int | None:
        """The current line."""
        return self._cursor if self._lines else None

    @property
    def current(self) -> Node | None:
        """What is at the cursor."""
        return self._lines[self._cursor].node if self._lines else None

    @property
    def filter(self) -> Filter | None:
        """What is searched for; None for nothing."""
        return self._filter

    @property
    def arrangement(self) -> str:
        """How many matches a search has, in words."""
        if self._filter is None:
            return "enter folds"
        return f"{self._found} match{'' if self._found == 1 else 'es'}, n next"

    def apply_filter(self, wanted: Filter | None) -> None:
        """Search for the text of ``wanted``; what does not match stays in sight."""
        self._filter = wanted
        self._found = self.search(wanted.text if wanted else "")

    def show(self, nodes: Sequence[Node], otherwise: str) -> None:
        """Show these trees; where there is none, say ``otherwise``."""
        self._trees, self._says = tuple(nodes), otherwise
        self._open = {(number,) for number in range(len(self._trees))}
        self._rebuild()

    def placeholder(self) -> str:
        """What there is to wait for, or why there is nothing."""
        return self._says

    def parts(self, row: int) -> list[Part]:
        """Return key and value of a line."""
        line = self._lines[row]
        mark = "  " if not line.node.children else "▾ " if line.path in self._open else "▸ "
        rail = f" {'  ' * (len(line.path) - 1)}{mark}"
        if self._matches(line.node):
            return [(rail, "rail"), (f"{line.node.key}  {line.node.text}", "match")]
        return [(rail, "rail"), (f"{line.node.key}  ", "key"), (line.node.text, "value")]

    def move_cursor(self, row: int) -> None:
        """Make a line current."""
        self._cursor = row
        self.bring_into_sight(row)

    def search(self, wanted: str) -> int:
        """Mark the lines that contain ``wanted``, open what they are in, go to the first; return how many there are."""
        self._wanted = wanted.casefold()
        found = [path for path, node in _walk(self._trees) if self._matches(node)]
        for path in found:
            self._open.update(path[:depth] for depth in range(1, len(path)))
        self._rebuild()
        if found and not (self._lines and self._matches(self._lines[self._cursor].node)):
            self.action_match(1)
        return len(found)

    def action_fold(self) -> None:
        """Open or close what is at the cursor."""
        if self._lines:
            self._set_open(opened=self._lines[self._cursor].path not in self._open)

    def action_open(self) -> None:
        """Open what is at the cursor."""
        self._set_open(opened=True)

    def action_close(self) -> None:
        """Close what is at the cursor; on what is closed, go to what it is in."""
        if not self._lines:
            return
        path = self._lines[self._cursor].path
        if path in self._open:
            self._set_open(opened=False)
        elif len(path) > 1:
            self.move_cursor(next(at for at, line in enumerate(self._lines) if line.path == path[:-1]))

    def action_match(self, by: int) -> None:
        """Go to the next or previous line that matches, round the end."""
        count = len(self._lines)
        steps = ((self._cursor + by * step) % count for step in range(1, count + 1))
        at = next((at for at in steps if self._matches(self._lines[at].node)), None)
        if at is not None:
            self.move_cursor(at)

    def _matches(self, node: Node) -> bool:
        return bool(self._wanted) and self._wanted in f"{node.key} {node.text}".casefold()

    def _set_open(self, *, opened: bool) -> None:
        if self._lines and self._lines[self._cursor].node.children:
            path = self._lines[self._cursor].path
            (self._open.add if opened else self._open.discard)(path)
            self._rebuild()

    def _rebuild(self) -> None:
        current = self._lines[self._cursor].path if self._lines else ()
        self._lines = tuple(_Line(path, node) for path, node in _walk(self._trees, self._open))
        self._cursor = next((at for at, line in enumerate(self._lines) if line.path == current), 0)
        self.show_from(self.top)


def _walk(nodes: Sequence[Node], opened: set[_Path] | None = None, above: _Path = ()) -> Iterator[tuple[_Path, Node]]:
    """Yield nodes with their places, top down; with ``opened`` only what is in sight."""
    for number, node in enumerate(nodes):
        path = (*above, number)
        yield path, node
        if opened is None or path in opened:
            yield from _walk(node.children, opened, path)
