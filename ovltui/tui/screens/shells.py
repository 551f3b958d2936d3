"""All shells, one of them at the whole size of the terminal."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Label

from ovltui.tui.screens import about
from ovltui.tui.screens.with_shells import WithShells
from ovltui.tui.widgets.key_line import KeyLine
from ovltui.tui.widgets.shell_pane import ShellPane


class ShellsScreen(WithShells):
    """The shells.

    Args:
        shells: all of them.
        ascii_only: draw with ASCII alone.
    """

    ABOUT = about.SHELLS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="shells.back"),
        Binding("1", "events", "Events", id="shells.events"),
        Binding("question_mark,f1", "app.help", "Help", key_display="?", id="app.help"),
        Binding("q", "app.quit", "Quit", id="app.quit"),
        Binding("colon,ctrl+p", "app.command_palette", "Commands", show=False, id="app.commands"),
        Binding("ctrl+l", "app.redraw", "Redraw", show=False, id="app.redraw"),
        Binding("ctrl+c", "app.interrupt", "Quit (twice)", show=False, priority=True, id="app.interrupt"),
    ]
    DEFAULT_CSS = """
    ShellsScreen {
        & #none { width: 1fr; height: 1fr; padding: 1 2; color: $dim; }
    }
    """

    def compose(self) -> ComposeResult:
        """The pane, or what to do where there is nothing to show."""
        yield ShellPane(self.shells, id="shell")
        yield Label("no shells are open: s on a namespace of the first screen opens one", id="none", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        """Show the current shell."""
        self.shell_pane.ascii_only = self.has_class("-ascii")
        self.shells_changed()
        if self.shells.current:
            self.set_focus(self.shell_pane)

    def shells_changed(self) -> None:
        """Show the current shell, or that there is none."""
        super().shells_changed()
        self.query_one("#none").display = self.shells.current is None

    def action_back(self) -> None:
        """Go back to where we came from."""
        self.dismiss()

    def action_events(self) -> None:
        """Go to the screen of events, wherever we came from."""
        self.dismiss()
        self.app.call_later(self.app.run_action, "show_events")

    def give_focus_back(self) -> None:
        """Stay: there is nothing else here to go to."""
