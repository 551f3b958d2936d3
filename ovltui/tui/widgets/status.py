"""The status line: where we are, how much happens, and whether what is shown is live; in words."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from time import monotonic
from typing import Protocol, runtime_checkable

from rich.cells import cell_len
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from ovltui.identity.model import Kind
from ovltui.session.hosts import HostState, HostStatus
from ovltui.session.session import Session
from ovltui.session.snapshot import EngineStatus, Snapshot
from ovltui.tui.ink import Ink
from ovltui.tui.verdicts import NOTHING, Tally
from ovltui.tui.widgets.column_fit import cut

_RATE_S = 1.5
"""Seconds over which the rate of events is taken, at most."""
_RATE_POINTS = 10
_NAME = 6
"""Cells of our name, which gives way to all else."""
_BESIDE_NAMES = 34
"""Cells that other words need beside the names of hosts that are not heard; else these are counted."""
_LEAST_SCOPE = 8
"""Cells of the name to which panes are narrowed that are always left; it never takes more than a third of the line."""
_WORDS = 60
"""Columns from which what is wrong is said in words; below, it is a number."""


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
    wrong: Tally = NOTHING
    """What the checks found."""
    hosts: tuple[HostStatus, ...] = ()
    """How the line to each machine is; none where there is this one alone."""


@dataclass(frozen=True, slots=True)
class Mode:
    """What it says of recording and replaying, in words."""

    replay: str = ""
    """Stands in the place of ``LIVE``."""
    recording: str = ""


@runtime_checkable
class Moded(Protocol):
    """An app that knows whether a recording is made or shown."""

    def mode(self) -> Mode:
        """Return what the line says of it."""


def status_of(session: Session, snapshot: Snapshot | None, rate: int, wrong: Tally) -> Status:
    """Return what the line says on every screen.

    Args:
        session: whose it is.
        snapshot: what there is; None before it is known.
        rate: events in the last second.
        wrong: what the checks found.
    """
    return Status(
        host=session.host,
        kinds=tuple(row.identity.kind for row in snapshot.rows) if snapshot else (),
        engines=snapshot.engines if snapshot and (snapshot.engines or not session.searching) else None,
        rate=rate,
        lost=session.stream.lost,
        wrong=wrong,
        hosts=tuple(replace(host, lost=0, offset_ns=None, uncertainty_ns=None) for host in session.hosts),
    )


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

    mode: reactive[Mode] = reactive(Mode())
    """Whether a recording is made or shown."""

    def on_mount(self) -> None:
        """Never say ``LIVE`` of a recording, not even before the first painting."""
        if isinstance(self.app, Moded):
            self.mode = self.app.mode()

    def render(self) -> Text:
        """Return the line, without what does not fit."""
        width = self.size.width
        right = self._right()
        room = width - cell_len(right.plain)
        left = Text("ovltui" if room > _NAME else "", style="bold")
        pieces = [Text(f" · {word}", style=style) for word, style in self._left()] if left else []
        kept, used = [], cell_len(left.plain)
        for piece in sorted(pieces, key=lambda piece: piece.style != Ink.WARN):  # what is amiss has room first
            if used + cell_len(piece.plain) < room:
                kept.append(piece)
                used += cell_len(piece.plain)
        for piece in pieces:
            left.append_text(piece if piece in kept else Text())
        gap = " " * max(1, room - cell_len(left.plain))
        return Text.assemble(left, gap, right)

    def _left(self) -> list[tuple[str, str]]:
        now = self.status
        if not now.host and not now.hosts:  # nothing was drawn yet
            return []
        words = [*self._hosts(), (f"{len(now.kinds)} netns", "")]
        for kind, noun in ((Kind.OVERLAY, "overlay"), (Kind.CONTAINER, "container")):
            number = now.kinds.count(kind)
            if number:
                words.append((f"{number} {noun}{'s' if number > 1 else ''}", ""))
        silent = [engine.label for engine in now.engines or () if engine.says and not engine.answers]
        if now.engines == ():
            words.append(("no Docker", Ink.DIM))
        elif silent:
            words.append((f"{', '.join(silent)} silent", Ink.WARN))
        asked = [engine.label for engine in now.engines or () if not engine.says and not engine.answers]
        if asked:
            words.append((f"asking {', '.join(asked)}", Ink.DIM))
        return words

    def _hosts(self) -> Iterator[tuple[str, str]]:
        """Yield where we are, and which machines are not heard."""
        hosts = self.status.hosts
        if not hosts:
            yield self.status.host, ""
            return
        yield (f"{len(hosts)} hosts" if len(hosts) > 1 else hosts[0].name), ""
        for state in (state for state in HostState if state is not HostState.LIVE):
            names = [host.name for host in hosts if host.state is state]
            if names:
                told = ", ".join(names)
                yield f"{told if cell_len(told) <= self.size.width - _BESIDE_NAMES else len(names)} {state}", Ink.WARN

    def _right(self) -> Text:
        """Return what stands at the right; in a narrow terminal without what matters least."""
        pieces = list(self._pieces())
        for expendable in ("way back", "rate", "scope"):
            if sum(cell_len(text) for _, text, _ in pieces) < self.size.width:
                break
            pieces = [piece for piece in pieces if piece[0] != expendable]
        return Text.assemble(*((text, style) for _, text, style in pieces), no_wrap=True)

    def _pieces(self) -> Iterator[tuple[str, str, str]]:
        """Yield what each piece is, its text and its style."""
        now = self.status
        if now.scope:
            yield "scope", f"only {cut(now.scope, max(_LEAST_SCOPE, self.size.width // 3))}", Ink.WARN
            yield "way back", " (a: all)", Ink.DIM
            yield "scope", "  ", ""
        if not self.mode.replay:
            yield "rate", f"{now.rate} ev/s  ", "" if now.rate else Ink.DIM
        if now.wrong.total:
            words = now.wrong.words if self.size.width >= _WORDS else str(now.wrong.total)
            yield "wrong", f"! {words}", Ink.ERROR_BOX if now.wrong.errors else Ink.WARNING_BOX
            yield "wrong", "  ", ""
        if now.lost:
            yield "lost", f"LOST {now.lost}", Ink.ERROR_BOX
            yield "lost", "  ", ""
        if self.mode.recording:
            yield "recording", self.mode.recording, Ink.ERROR_BOX
            yield "recording", "  ", ""
        if now.waiting is not None:
            yield "live", f"PAUSED +{now.waiting}", Ink.WARNING_BOX
        elif not self.mode.replay:
            yield "live", "LIVE", Ink.FINE
        if self.mode.replay:
            yield "live", f"{'  ' if now.waiting is not None else ''}{self.mode.replay}", Ink.HEADING
