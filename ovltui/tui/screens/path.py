"""The page of a path: whether it works, in a sentence, and each hop with the entry that decided; it stays current."""

from collections.abc import Callable
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from ovltui.errors import OvltuiError
from ovltui.netns.model import NetnsKey
from ovltui.topology.hops import Path, Verdict
from ovltui.tui.clipboard import copy
from ovltui.tui.ink import Ink
from ovltui.tui.screens import about
from ovltui.tui.widgets.hop_list import HopList
from ovltui.tui.widgets.key_line import KeyLine
from ovltui.tui.widgets.saying import Saying

_LOOK_S = 0.25
_STYLES = {Verdict.OK: Ink.FINE, Verdict.UNKNOWN: Ink.WARNING}
_BAD = Ink.ERROR_BOX
_WIDEST, _FRAME = 140, 4
_BESIDE, _MOST_SAID = 6, 4
"""Lines of frame, titles, the hop in full and the footer below; and lines of the verdict, at most."""


class PathScreen(ModalScreen[None]):
    """The page.

    Args:
        look: returns the path as it is now; raises an OvltuiError where an end is gone.
        open_netns: opens the page of a namespace.
        ascii_only: draw with ASCII alone.
    """

    ABOUT = about.PATH
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Back", id="page.back"),
        Binding("s", "app.shell_pane", "Shell", priority=True, id="shell.pane"),
        Binding("3", "app.show_topology", "In the topology", id="path.topology"),
        Binding("question_mark,f1", "app.help", "Help", key_display="?", id="app.help"),
    ]
    DEFAULT_CSS = """
    PathScreen {
        align: center middle;
        background: $background 60%;
        & Vertical {
            width: 100%; max-width: 140; height: auto; max-height: 100%;
            border: $frame $border-focus; border-title-color: $border-focus; border-title-style: bold;
            border-subtitle-color: $dim; background: $panel; padding: 0 1;
        }
        & #verdict { height: auto; max-height: 4; }
        & #heading { height: 1; color: $dim; text-style: bold; }
        & #whole { height: 2; }
        & HopList, & HopList:focus { border: none; height: auto; max-height: 100%; background: $panel; }
    }
    """

    def __init__(
        self, look: Callable[[], Path], open_netns: Callable[[NetnsKey], None], *, ascii_only: bool = False
    ) -> None:
        super().__init__(classes="-ascii" if ascii_only else "")
        self._look = look
        self._open_netns = open_netns
        self._path: Path | None = None
        self._said = ""

    def compose(self) -> ComposeResult:
        """The verdict, the hops, and the current one in full."""
        frame = Vertical(
            Static("", id="verdict", markup=False),
            Static("", id="heading", markup=False),
            HopList(id="hops"),
            Saying(id="whole"),
        )
        frame.border_subtitle = "esc goes back, enter opens, s shell, y copies, 3 shows it drawn, ? help"
        yield frame
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin to look."""
        hops = self.query_one(HopList)
        hops.ascii_only = self.has_class("-ascii")
        self.set_focus(hops)
        self.look()
        self.set_interval(_LOOK_S, self.look)

    @property
    def netns(self) -> NetnsKey | None:
        """The namespace of the current hop."""
        hop = self.query_one(HopList).current
        return hop.key if hop else None

    def look(self) -> None:
        """Show the path as it is now."""
        try:
            path = self._look()
        except OvltuiError as error:
            self._say(f"{error}; this is how it was", _BAD)
            return
        if path == self._path:
            return
        first, self._path = self._path is None, path
        frame, hops = self.query_one(Vertical), self.query_one(HopList)
        frame.border_title = Text(f"path from {path.of} to {path.to}")
        hops.show(path, to_culprit=first)
        self._say(path.says, _STYLES.get(path.verdict, _BAD))
        self.on_resize()

    def on_resize(self) -> None:
        """Leave the hops the lines that all else does not need."""
        inner = max(1, min(self.size.width, _WIDEST) - _FRAME)
        verdict = -(-cell_len(self._said) // inner) if self._said else 1
        room = self.size.height - _BESIDE - min(verdict, _MOST_SAID)
        hops = self.query_one(HopList)
        self._tell()
        hops.styles.height = max(1, min(len(self._path.hops) if self._path else 1, room))

    @on(HopList.Opened)
    def _open(self, event: HopList.Opened) -> None:
        if event.hop.key:
            self._open_netns(event.hop.key)

    @on(HopList.CopyWanted)
    async def _copy(self, event: HopList.CopyWanted) -> None:
        self.notify(await copy(self.app, event.text), timeout=2, markup=False)

    @on(HopList.Moved)
    def _tell(self) -> None:
        hops = self.query_one(HopList)
        self.query_one("#heading", Static).update(Text(hops.heading()))
        hop = hops.current
        if hop:
            way = f"{hop.way}: " if hops.narrow else ""
            where = f"{hop.netns}/{hop.ifname}" if hop.ifname else hop.netns
            self.query_one(Saying).says = f"{way}{where}: {hop.by}"

    def _say(self, says: str, style: str) -> None:
        if says != self._said:
            self._said = says
            self.query_one("#verdict", Static).update(Text().append(says, style))
