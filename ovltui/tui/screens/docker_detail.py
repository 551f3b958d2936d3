"""What Docker says of one namespace, as ``docker inspect`` prints it: asked for now, to be folded and searched."""

import threading
from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input

from ovltui.session.inspect import Node
from ovltui.tui.widgets.fold_list import FoldList

_HINT = "enter folds, / searches, n next, esc goes back"


class DockerDetail(ModalScreen[None]):
    """A page on a namespace in Docker's words.

    Args:
        name: what the namespace is called.
        ask: asks the engines and returns their answers; called in a thread, since it may take seconds.
        ascii_only: draw with ASCII alone.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="page.back"),
        Binding("q", "leave", "Back", show=False, id="page.leave"),
        Binding("slash", "search", "Search", key_display="/", id="docker.search"),
        Binding("ctrl+c", "app.interrupt", "Quit (twice)", show=False, priority=True, id="app.interrupt"),
    ]
    DEFAULT_CSS = """
    DockerDetail {
        align: center middle;
        background: $background 60%;
        & FoldList { height: 1fr; background: $panel; }
        & #page { width: 100%; max-width: 110; height: 94%; }
        & Input { display: none; height: 1; border: none; padding: 0 1; background: $panel; &:focus { border: none; } }
        &.-ascii LineList { border: ascii $border; &:focus { border: ascii $border-focus; } }
    }
    """

    class Answered(Message):
        """The engines have answered."""

        def __init__(self, nodes: tuple[Node, ...]) -> None:
            self.nodes = nodes
            super().__init__()

    def __init__(self, name: str, ask: Callable[[], tuple[Node, ...]], *, ascii_only: bool = False) -> None:
        super().__init__(classes="-ascii" if ascii_only else "")
        self._netns = name
        self._ask = ask

    def compose(self) -> ComposeResult:
        """The tree, and the line in which one types what to search for."""
        with Vertical(id="page"):
            yield FoldList("asking the engine…", id="docker")
            yield Input(placeholder="search", select_on_focus=False, id="wanted")

    def on_mount(self) -> None:
        """Ask."""
        tree = self.query_one(FoldList)
        tree.ascii_only = self.has_class("-ascii")
        tree.border_title = Text(f"Docker: {self._netns}")
        tree.border_subtitle = _HINT
        tree.focus()
        # A thread that nobody waits for: an engine may hang while the user quits.
        threading.Thread(target=self._fetch, name="ovltui-inspect", daemon=True).start()

    def _fetch(self) -> None:
        self.post_message(self.Answered(self._ask()))

    @on(Answered)
    def _show(self, event: Answered) -> None:
        self.query_one(FoldList).show(event.nodes, "no engine tells anything of this namespace")

    def action_search(self) -> None:
        """Type what to search for."""
        line = self.query_one(Input)
        line.display = True
        line.focus()

    def action_back(self) -> None:
        """Leave the search, else the page."""
        if isinstance(self.focused, Input):
            self._end_search()
        else:
            self.dismiss()

    def action_leave(self) -> None:
        """Leave the page."""
        self.dismiss()

    @on(Input.Changed)
    def _search(self, event: Input.Changed) -> None:
        tree = self.query_one(FoldList)
        found = tree.search(event.value)
        matches = f"{found} match{'' if found == 1 else 'es'}, n next, esc goes back"
        tree.border_subtitle = matches if event.value else _HINT

    @on(Input.Submitted)
    def _end_search(self) -> None:
        self.query_one(Input).display = False
        self.query_one(FoldList).focus()
