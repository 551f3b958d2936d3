"""The status line: where we are, how much happens, and whether what is shown is live; in words."""

from dataclasses import dataclass
from time import monotonic

from rich.cells import cell_len
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from ovltui.identity.model import Kind
from ovltui.session.snapshot import EngineStatus

_RATE_S = 1.5
"""Seconds over which the rate of events is taken, at most."""
_RATE_POINTS = 10


@dataclass(frozen=True, slots=True)
class Status:
    """What the line says."""

    host: str = ""
    kinds: tuple[Kind, ...] = ()
    """The kind of each namespace."""
    engines: tuple[EngineStatus, ...] | None = None
    """The Docker Engines; None before they were looked for."""
    scope: str = ""
    """To what the panes are narrowed; empty for all."""
    rate: int = 0
    """Events in the last second."""
    waiting: int | None = None
    """Events that came since the panes were frozen; None while live."""
    lost: int = 0
    """Events that the kernel dropped."""


class Rate:
    """How many events came in about the last second.

    Args:
        count: events so far.
    """

    def __init__(self, count: int) -> None:
        self._counts = [(monotonic(), count)]

    def per_second(self, count: int) -> int:
        """Return the rate, now that there are ``count`` events."""
        now = monotonic()
        recent = [(when, events) for when, events in self._counts if now - when < _RATE_S]
        self._counts = [*recent, (now, count)][-_RATE_POINTS:]
        since, before = self._counts[0]
        return round((count - before) / max(1.0, now - since))


class StatusLine(Widget):
    """One line on top of every screen."""

    DEFAULT_CSS = """
    StatusLine { height: 1; background: $panel; color: $foreground; padding: 0 1; }
    """

    status: reactive[Status] = reactive(Status())
    """What it says now."""

    def render(self) -> Text:
        """Return the line, without what does not fit."""
        width = self.size.width
        right = self._right()
        room = width - cell_len(right.plain)
        left = Text("ovltui", style="bold")
        for word, style in self._left():
            piece = Text(f" · {word}", style=style)
            if cell_len(left.plain) + cell_len(piece.plain) < room:
                left.append_text(piece)
        gap = " " * max(1, room - cell_len(left.plain))
        return Text.assemble(left, gap, right)

    def _left(self) -> list[tuple[str, str]]:
        now = self.status
        words = [(now.host, ""), (f"{len(now.kinds)} netns", "")]
        for kind, noun in ((Kind.OVERLAY, "overlay"), (Kind.CONTAINER, "container")):
            number = now.kinds.count(kind)
            if number:
                words.append((f"{number} {noun}{'s' if number > 1 else ''}", ""))
        silent = [engine.label for engine in now.engines or () if engine.says and not engine.answers]
        if now.engines == ():
            words.append(("no Docker", "#808080"))
        elif silent:
            words.append((f"{', '.join(silent)} silent", "#ffaf5f"))
        return words

    def _right(self) -> Text:
        now = self.status
        text = Text(no_wrap=True)
        if now.scope:
            text.append(f"only {now.scope}", style="#ffaf5f")
            text.append(" (a: all)  ", style="#808080")
        text.append(f"{now.rate} ev/s  ", style="#808080" if not now.rate else "")
        if now.lost:
            text.append(f"LOST {now.lost}", style="bold reverse #ff5f5f")
            text.append("  ")
        if now.waiting is None:
            text.append("LIVE", style="bold #87d787")
        else:
            text.append(f"PAUSED +{now.waiting}", style="bold reverse #ffaf5f")
        return text
