"""What the app does about the topology: its screen, paths through it, drawings in files.

Source: a ``Session``. Privileges: none beyond the session's. Nothing is written but the file whose name the user gives,
and never over one that exists.
"""

import os
from collections.abc import Iterable
from functools import partial
from pathlib import Path as File
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.binding import Binding

from ovltui.errors import OvltuiError
from ovltui.session.live import LiveSession
from ovltui.session.session import Session
from ovltui.session.snapshot import Row
from ovltui.text import clean
from ovltui.tui.screens.main_screen import MainScreen
from ovltui.tui.with_checks import AppWithChecks

if TYPE_CHECKING:
    from ovltui.netns.model import NetnsKey
    from ovltui.session.intents import Told
    from ovltui.session.ways import Ends
    from ovltui.topology.draw.networks import Network
    from ovltui.topology.hops import Path
    from ovltui.tui.screens.path import PathScreen
    from ovltui.tui.screens.topology import TopologyScreen
    from ovltui.tui.sights import Sights

TOPOLOGY_KEYS = (
    Binding("3", "show_topology", "Topology", id="screen.topology"),
    Binding("P", "path", "Path", show=False, id="path.ask"),
)
"""Keys that lead to the topology."""
_TOPOLOGY = "topology"


class AppWithTopology(AppWithChecks):
    """An app that has a screen of the topology.

    Args:
        session: says which namespaces there are.
        ascii_only: draw with ASCII alone.
    """

    def __init__(self, session: Session, *, ascii_only: bool = False) -> None:
        super().__init__(session, ascii_only=ascii_only)
        self._sights: Sights | None = None
        self._drawing: TopologyScreen | None = None
        self._path_page: PathScreen | None = None
        self._came_with: NetnsKey | None = None

    @property
    def sights(self) -> "Sights":
        """What the topology screen draws."""
        if self._sights is None:
            from ovltui.tui.sights import Sights  # noqa: PLC0415  (the first screen does not wait for it)

            self._sights = Sights(self.wiring, self._told)
        return self._sights

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the topology where it is not in sight, and paths on all main screens."""
        if not super().check_action(action, parameters):
            return False
        if action == "show_topology":
            return self.may_go_to(_TOPOLOGY) or self.path_page is not None
        return action != "path" or isinstance(self.screen, MainScreen)

    def chosen_or_current(self) -> Row | None:
        """The namespace of the current hop, where a path is shown."""
        page = self.path_page
        return self._row_of(page.netns) if page else super().chosen_or_current()

    @property
    def path_page(self) -> "PathScreen | None":
        """The page of a path, where that is in sight."""
        return self._path_page if self.screen is self._path_page else None

    @property
    def drawing(self) -> "TopologyScreen | None":
        """The screen of the topology, where that is in sight."""
        return self._drawing if self.screen is self._drawing else None

    def draw_around(self, row: Row) -> None:
        """Go to the drawing in which a namespace is a part, and select it there."""
        self._show_topology(row.netns.key)

    def action_show_topology(self) -> None:
        """Go to the screen of the topology, to the hop or the namespace that was chosen since it was left."""
        page = self.path_page
        if page:
            key = page.netns
            page.dismiss()
            self.call_later(self._show_topology, key)
            return
        row = self.chosen()
        key = row.netns.key if row and not row.netns.own else None
        self._show_topology(key if key != self._came_with else None)
        self._came_with = key

    def action_path(self) -> None:
        """Ask between what a path is looked for."""
        self._ask_path(self.chosen())

    def topology_commands(self) -> Iterable[SystemCommand]:
        """Offer the drawing of each network."""
        self.sights.look()
        for network in self.sights.networks:
            yield SystemCommand(f"Draw {network.name}", network.kind, partial(self._draw, network))

    def on_topology_screen_export_wanted(self, event: "TopologyScreen.ExportWanted") -> None:
        """Ask for a name for the file."""
        from ovltui.tui.screens.file_line import FileLine  # noqa: PLC0415  (as above)

        self.push_screen(FileLine(event.network.name), partial(self._export, event))

    def _told(self) -> "Told":
        findings = self._session.findings if isinstance(self._session, LiveSession) else None
        return findings.intents.told() if findings else {}

    def _draw(self, network: "Network") -> None:
        self.sights.choose(network)
        self._show_topology(None)

    def _show_topology(self, key: "NetnsKey | None") -> None:
        if self._drawing is None:
            from ovltui.tui.screens.topology import TopologyScreen  # noqa: PLC0415  (as above)

            self._drawing = TopologyScreen(self._session, self.sights, ascii_only=self._ascii_only)
            self.install_screen(self._drawing, _TOPOLOGY)
        self.show_main(_TOPOLOGY)
        if key:
            self.call_after_refresh(self._drawing.show_netns, key)

    def _ask_path(self, row: Row | None, typed: str = "") -> None:
        from ovltui.tui.screens.path_line import PathLine  # noqa: PLC0415  (as above)

        rows = self._session.snapshot().rows
        ask = PathLine(row.identity.name if row else "", [one.identity.name for one in rows], typed)
        self.push_screen(ask, partial(self._show_path, row))

    def _show_path(self, row: Row | None, text: str | None) -> None:
        from ovltui.session.ways import ends  # noqa: PLC0415  (as above)
        from ovltui.tui.screens.path import PathScreen  # noqa: PLC0415  (as above)

        if not text:
            return
        try:
            asked = ends(self._session, row.netns.key if row else None, text)
        except OvltuiError as error:
            self.notify(f"{error}.", severity="error", markup=False)
            self._ask_path(row, text)  # what was typed is not lost
            return
        self._path_page = PathScreen(partial(self._path, asked), self._open_netns, ascii_only=self._ascii_only)
        self.push_screen(self._path_page)

    def _path(self, asked: "Ends") -> "Path":
        from ovltui.session.ways import keys, way  # noqa: PLC0415  (as above)

        self.sights.look()
        found = way(self.sights.topology, asked)
        self.sights.path = keys(found)
        return found

    def _open_netns(self, key: "NetnsKey") -> None:
        row = self._row_of(key)
        if row:
            self.inspect(row)

    def _export(self, event: "TopologyScreen.ExportWanted", name: str | None) -> None:
        from ovltui.topology.svg import svg  # noqa: PLC0415  (as above)

        if not name:
            return
        title = f"{event.network.name} on {self._session.host}"
        try:
            with File(os.path.expanduser(name)).open("x", encoding="utf-8") as file:  # noqa: PTH111  (it never raises)
                file.write(svg(event.drawing, title))
        except (OSError, ValueError) as error:  # a name with a NUL is a ValueError
            says = getattr(error, "strerror", None) or error
            self.notify(f"{clean(name)} was not written: {says}.", severity="error", markup=False)
        else:
            self.notify(f"Saved as {clean(name)}.", markup=False)
