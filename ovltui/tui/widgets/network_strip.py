"""The line that says which network is drawn, and which others there are."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text
from textual.widget import Widget

from ovltui.topology.draw.networks import Network
from ovltui.tui.ink import Ink
from ovltui.tui.widgets.column_fit import cut

_ASCII = str.maketrans("·◂▸", "|<>")


class NetworkStrip(Widget):
    """As many names as fit, the current one always among them."""

    DEFAULT_CSS = """
    NetworkStrip { height: 1; padding: 0 1; color: $dim; }
    """

    def __init__(self, *, id: str, ascii_only: bool) -> None:  # noqa: A002
        super().__init__(id=id)
        self._ascii = ascii_only
        self._names: tuple[str, ...] = ()
        self._at = 0
        self._more = ""

    def show(self, networks: Sequence[Network], current: Network | None, more: str) -> None:
        """Show which there are; ``more`` is said at the right, in words of ours."""
        names = tuple(network.name for network in networks)
        at = networks.index(current) if current else 0
        if (names, at, more) != (self._names, self._at, self._more):
            self._names, self._at, self._more = names, at, more
            self.refresh()

    def render(self) -> Text:
        """Return the line."""
        room = self.size.width - (cell_len(self._more) + 2 if self._more else 0)
        first, last = self._window(room)
        text = Text("◂ " if first else "", no_wrap=True)
        for at in range(first, last):
            text.append(" · " if at > first else "")
            text.append(cut(self._names[at], room - 4), style="bold reverse" if at == self._at else "")
        text.append(" ▸" if last < len(self._names) else "")
        if self._more:
            text.append(" " * max(1, self.size.width - cell_len(text.plain) - cell_len(self._more)))
            text.append(self._more, style=Ink.WARN)
        if self._ascii:
            text.plain = text.plain.translate(_ASCII).encode("ascii", "replace").decode()
        return text

    def _window(self, room: int) -> tuple[int, int]:
        """Return which names fit, around the current one."""
        if not self._names:
            return 0, 0
        first, last, used = self._at, self._at + 1, min(room, cell_len(self._names[self._at]) + 4)
        while True:
            ahead = cell_len(self._names[last]) + 3 if last < len(self._names) else None
            back = cell_len(self._names[first - 1]) + 3 if first else None
            if ahead is not None and used + ahead <= room:
                last, used = last + 1, used + ahead
            elif back is not None and used + back <= room:
                first, used = first - 1, used + back
            else:
                return first, last
