"""The time of a recording in one line: how much happened, what was found and marked, and where one is."""

from dataclasses import dataclass
from math import log1p

from rich.text import Text
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from ovltui.events.line import clock
from ovltui.tui.ink import Ink
from ovltui.tui.verdicts import MARK

_LEVELS = " ▁▂▃▄▅▆▇█"
_ASCII = " _.-=+*%#"
_SIGNS = {False: ("┃", "◆"), True: ("|", "^")}
"""Where one is, and what was marked, drawn with ASCII alone or not."""
_ROOMY = 60
"""Columns from which the times at both ends have seconds."""


@dataclass(frozen=True, slots=True)
class Chart:
    """What it shows; times in nanoseconds since the epoch."""

    start_ns: int = 0
    end_ns: int = 0
    here_ns: int = 0
    counts: tuple[int, ...] = ()
    """Records in equal parts of that time."""
    findings: tuple[int, ...] = ()
    marks: tuple[int, ...] = ()


class TimeBar(Widget):
    """The line.

    Args:
        ascii_only: draw with ASCII alone.
    """

    DEFAULT_CSS = """
    TimeBar { height: 1; background: $panel; color: $dim; padding: 0 1; }
    """

    chart: reactive[Chart] = reactive(Chart())
    """What it shows now."""

    class Chosen(Message):
        """The user pointed at a time."""

        def __init__(self, time_ns: int) -> None:
            self.time_ns = time_ns
            super().__init__()

    def __init__(self, *, ascii_only: bool = False) -> None:
        super().__init__()
        self._ascii = ascii_only

    def render(self) -> Text:
        """Return the line."""
        before, after = self._ends()
        cells = drawn(self.chart, self._room(), ascii_only=self._ascii)
        return Text.assemble((before, ""), *cells, (after, ""), no_wrap=True)

    def on_click(self, event: events.Click) -> None:
        """Choose the time at which the mouse points."""
        offset = event.get_content_offset(self)
        if offset is not None:
            at = offset.x - len(self._ends()[0])
            span = self.chart.end_ns - self.chart.start_ns
            self.post_message(self.Chosen(self.chart.start_ns + span * at // self._room()))

    def _ends(self) -> tuple[str, str]:
        cells = len("00:00:00") if self.size.width >= _ROOMY else len("00:00")
        return f"{clock(self.chart.start_ns)[:cells]} ", f" {clock(self.chart.end_ns)[:cells]}"

    def _room(self) -> int:
        before, after = self._ends()
        return max(1, self.size.width - len(before) - len(after))


def drawn(chart: Chart, width: int, *, ascii_only: bool = False) -> list[tuple[str, str]]:
    """Return the cells of a chart, each with its style.

    Args:
        chart: what to draw.
        width: cells.
        ascii_only: draw with ASCII alone.
    """
    levels = _ASCII if ascii_only else _LEVELS
    cells: list[tuple[str, str]] = [(levels[level], Ink.LEAD) for level in heights(chart.counts, width)]
    here, marked = _SIGNS[ascii_only]
    for time_ns in chart.marks:
        cells[_slot(chart, time_ns, width)] = (marked, Ink.WARNING)
    for time_ns in chart.findings:
        cells[_slot(chart, time_ns, width)] = (MARK, Ink.ERROR)
    at = _slot(chart, chart.here_ns, width)
    sign = cells[at][0] if cells[at][0] in (marked, MARK) else here
    cells[at] = (sign, Ink.NOW)
    return cells


def heights(counts: tuple[int, ...], width: int) -> list[int]:
    """Return how high each cell is, from 0 to 8; what happened at all is never 0."""
    sums = [0] * width
    for part, count in enumerate(counts):
        sums[part * width // len(counts)] += count
    if len(counts) < width:  # a part covers several cells
        sums = [counts[cell * len(counts) // width] for cell in range(width)] if counts else sums
    most = log1p(max(sums, default=0)) or 1.0
    top = len(_LEVELS) - 1
    return [max(1, round(top * log1p(count) / most)) if count else 0 for count in sums]


def _slot(chart: Chart, time_ns: int, width: int) -> int:
    span = max(1, chart.end_ns - chart.start_ns)
    return min(max(0, (time_ns - chart.start_ns) * width // span), width - 1)
