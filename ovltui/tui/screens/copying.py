"""What the events screen hands out: a line, the command that shows the same by hand, all lines plainly."""

from ovltui.config.model import Settings, TimeForm
from ovltui.events.line import as_text, line
from ovltui.session.by_hand import commands_of
from ovltui.session.session import Session
from ovltui.session.snapshot import Row
from ovltui.session.typed import typed
from ovltui.tui.screens.handing_out import copy_name, copy_text, copy_way_in
from ovltui.tui.screens.seeking import Seeking
from ovltui.tui.shells import Shells
from ovltui.tui.widgets.event_pane import EventPane


class Copying(Seeking):
    """A screen of event panes whose lines can be taken away, and whose times can be told in another way.

    Args:
        session: holds the records.
        shells: those that are open.
        settings: how lines look at the start.
        ascii_only: draw with ASCII alone.
    """

    def __init__(self, session: Session, shells: Shells, settings: Settings, *, ascii_only: bool = False) -> None:
        super().__init__(session, shells, ascii_only=ascii_only)
        self._settings = settings

    def chosen(self) -> Row | None:
        """The namespace that commands are meant for."""
        raise NotImplementedError

    async def action_copy(self) -> None:
        """Copy the line at the cursor, or the newest one; in the list of namespaces, a name."""
        pane = self._pane()
        if pane is None:
            await copy_name(self, self.chosen())
            return
        record = pane.record_or_newest()
        text = as_text(line(record, self._session.names), 0) if record else ""
        await copy_text(self, text, "There is no line to copy.")

    async def action_copy_command(self) -> None:
        """Copy the command that shows by hand what the line is about; of a namespace, the one that leads inside."""
        pane = self._pane()
        record = pane.record_or_newest() if pane else None
        if record is None:
            await copy_way_in(self, self.chosen(), self._session)
            return
        key = self._session.netns_of(record)
        found = next((row.netns for row in self._session.snapshot().rows if row.netns.key == key), None)
        host = self._session.host_of(found) if found else None
        commands = commands_of(record, found, self._session.mntns)
        await copy_text(self, "; ".join(typed(host, commands)), "No command shows this, now or any more.")

    def action_times(self) -> None:
        """Tell times in the next way."""
        forms = [*TimeForm]
        for pane in self.query(EventPane):
            pane.time = forms[(forms.index(pane.time) + 1) % len(forms)]
            pane.advance(changed=True)

    def action_wrap(self) -> None:
        """Break long lines, or cut them again."""
        for pane in self.query(EventPane):
            pane.wrap = not pane.wrap
            pane.advance(changed=True)

    def plain_lines(self) -> list[str]:
        """Return the lines of the focused pane, as far as it looks back, each as ``ovltui watch`` prints it."""
        focused = self._pane() or next(iter(self.panes()))
        return focused.plain_lines()

    def _pane(self) -> EventPane | None:
        return self.focused if isinstance(self.focused, EventPane) else None
