"""Records the short film of the README from a living run: ``python tests/cast.py``, for root.

Two Docker Engines in a swarm are started and stopped for it. A container starts, the panes narrow to its network, the
network is drawn, one of its forwarding entries is lost, and what is found of that is shown. The screen is read ten
times a second; what stands still is cut short. It becomes one SVG that plays by itself, also where a page shows it as a
picture: each piece of a line is drawn once, and shown while it stood there. Needs what ``needs_docker`` and
``needs_tmux`` stand for.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby, pairwise
from math import ceil
from pathlib import Path
from threading import Event, Thread
from typing import Self

from rich.cells import cell_len

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.bed.engines import TwoEngines
from tests.bed.means import MISSING
from tests.bed.picture import BASELINE, CELL_HEIGHT, CELL_WIDTH, FONT_SIZE, Look, Run, lines, paper_of_page, words
from tests.bed.signals import end_as_on_interrupt
from tests.bed.terminal import Terminal
from tests.shots import events, select

ROOT = Path(__file__).resolve().parent.parent
SIZE = (110, 32)
_EVERY_S = 0.1
_STILL_S = 1.6
"""How long a screen that does not change is shown at most."""
_LAST_S = 4.0
_BORDER = "│"
_FIRST, _LAST = 0, 1

Piece = tuple[Run, ...]
Span = tuple[float, float]
"""From when until when, in seconds."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What the screen showed."""

    at: float
    """Since when, in seconds from the beginning."""
    screen: str
    """Lines with SGR sequences."""


class Camera:
    """Reads a terminal's screen until it is stopped, beside what drives it."""

    def __init__(self, terminal: Terminal) -> None:
        self.frames: list[Frame] = []
        self._terminal = terminal
        self._stop = Event()
        self._thread = Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        began = time.monotonic()
        while not self._stop.wait(_EVERY_S):
            screen = self._terminal.ansi()
            if not self.frames or screen != self.frames[-1].screen:
                self.frames.append(Frame(time.monotonic() - began, screen))


def play(terminal: Terminal, engines: TwoEngines) -> None:
    """Show the whole story."""
    near, far = engines.nodes
    events(terminal, engines)
    time.sleep(_STILL_S)
    select(terminal, f"mynet01@{near.netns}")
    time.sleep(_STILL_S)
    terminal.keys("3")
    terminal.wait("vxlan0")
    for _ in range(4):
        time.sleep(_STILL_S / 4)
        terminal.keys("Right")
    time.sleep(_STILL_S)
    terminal.keys("1", "Down", "!")
    terminal.wait("run in mynet01")
    mac = far.docker("inspect", "-f", "{{range .NetworkSettings.Networks}}{{.MacAddress}}{{end}}", "docker2n").strip()
    for character in f"bridge fdb del {mac} dev vxlan0 dst {far.address} self":
        terminal.type(character)
    terminal.keys("Enter")
    terminal.wait("! 1 error", timeout=30)
    time.sleep(_STILL_S)
    terminal.keys("C-]", "4")
    terminal.wait("fdb-lost")
    time.sleep(_STILL_S)


def cut(frames: Sequence[Frame]) -> list[Frame]:
    """Return the frames with what stands still cut short."""
    at, kept = 0.0, [Frame(0.0, frames[0].screen)]
    for before, frame in pairwise(frames):
        at += min(frame.at - before.at, _STILL_S)
        kept.append(Frame(at, frame.screen))
    return kept


def pieces(runs: Iterable[Run]) -> Iterator[Piece]:
    """Cut a line at the borders of panes, so that a pane which scrolls leaves the others as they are."""
    inside: list[Run] = []
    for run in runs:
        column = run.column
        for is_border, group in groupby(run.text, key=_BORDER.__eq__):
            text = "".join(group)
            part = Run(column, text, run.look)
            column += cell_len(text)
            if not is_border:
                inside.append(part)
                continue
            yield tuple(inside)
            yield (part,)
            inside = []
    yield tuple(inside)


def spans(frames: Sequence[Frame], end: float) -> dict[tuple[int, Piece], list[Span]]:
    """Return for each piece on its row when it stood there."""
    stood: dict[tuple[int, Piece], list[Span]] = {}
    ends = [*(frame.at for frame in frames[1:]), end]
    for frame, until in zip(frames, ends, strict=True):
        for row, line in enumerate(lines(frame.screen, SIZE[1])):
            for piece in filter(None, pieces(line)):
                known = stood.setdefault((row, piece), [])
                if known and known[-1][_LAST] == frame.at:
                    known[-1] = (known[-1][_FIRST], until)
                else:
                    known.append((frame.at, until))
    return stood


class Film:
    """The SVG of frames: every look and every piece in it once."""

    def __init__(self, frames: Sequence[Frame]) -> None:
        self._end = frames[-1].at + _LAST_S
        self._spans = spans(frames, self._end)
        self._looks: dict[Look, str] = {}
        self._pieces: dict[Piece, str] = {}

    def svg(self) -> str:
        """Return it whole."""
        together: dict[tuple[Span, ...], list[tuple[int, Piece]]] = {}
        for place, stood in self._spans.items():
            together.setdefault(tuple(stood), []).append(place)
        groups = [self._group(stood, places) for stood, places in together.items()]
        drawn = [f'<g id="{name}">{self._drawn(piece)}</g>' for piece, name in self._pieces.items()]
        size = f"{ceil(SIZE[0] * CELL_WIDTH)} {ceil(SIZE[1] * CELL_HEIGHT)}"
        head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}">'
        page = f'<rect width="100%" height="100%" fill="{paper_of_page()}"/>'
        font = f"text{{white-space:pre;font:{FONT_SIZE}px 'DejaVu Sans Mono',monospace}}"
        style = "".join(f".{name}{{{_style(look)}}}" for look, name in self._looks.items())
        title = "<title>ovltui: a container starts, its network is drawn, a fault is found</title>"
        body = (f"<style>{font}{style}</style>", f"<defs>{''.join(drawn)}</defs>", page, *groups)
        return "\n".join((head, title, *body, "</svg>", ""))

    def _group(self, stood: tuple[Span, ...], places: Sequence[tuple[int, Piece]]) -> str:
        uses = "".join(
            f'<use href="#{self._pieces.setdefault(piece, f"p{len(self._pieces)}")}" y="{row * CELL_HEIGHT:.1f}"/>'
            for row, piece in places
        )
        return f"<g>{self._shown(stood)}{uses}</g>"

    def _shown(self, stood: tuple[Span, ...]) -> str:
        """Return what shows a group in its spans alone."""
        if stood == ((0.0, self._end),):
            return ""
        steps = {0.0: "none"}
        for since, until in stood:
            steps |= {since: "inline", until: "none"}
        steps.pop(self._end, None)
        times = ";".join(f"{at / self._end:.4f}".rstrip("0").rstrip(".") for at in steps)
        values = ";".join(steps.values())
        return (
            f'<animate attributeName="display" values="{values}" keyTimes="{times}" calcMode="discrete" '
            f'dur="{self._end:.1f}s" repeatCount="indefinite"/>'
        )

    def _drawn(self, piece: Piece) -> str:
        return "".join(part for run in piece for part in (*self._paper(run), *self._ink(run)))

    def _paper(self, run: Run) -> Iterator[str]:
        if run.look.paper != paper_of_page():
            box = f'x="{run.column * CELL_WIDTH:.1f}" width="{cell_len(run.text) * CELL_WIDTH:.1f}"'
            yield f'<rect {box} height="{CELL_HEIGHT:.1f}" fill="{run.look.paper}"/>'

    def _ink(self, run: Run) -> Iterator[str]:
        for word in words(run):
            look = self._looks.setdefault(run.look, f"l{len(self._looks)}")
            place = f'x="{word.column * CELL_WIDTH:.1f}" y="{BASELINE:.1f}"'
            yield f'<text class="{look}" {place}>{escape(word.text, quote=False)}</text>'


def _style(look: Look) -> str:
    """Return a look in CSS; its attributes are spelt alike there."""
    attributes = (pair.split("=") for pair in look.attributes.split())
    return ";".join((f"fill:{look.ink}", *(f"{name}:{value.strip(chr(34))}" for name, value in attributes)))


def recorded(argv: Sequence[str], act: Callable[[Terminal, TwoEngines], None], engines: TwoEngines) -> list[Frame]:
    """Play in a terminal of its own; return what was seen."""
    with Terminal(*SIZE, argv) as terminal:
        terminal.wait("LIVE", timeout=30)
        with Camera(terminal) as camera:
            act(terminal, engines)
        return camera.frames


def main() -> None:
    """Record the film."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(Path(sys.executable).parent / "ovltui"))
    parser.add_argument("--output", type=Path, default=ROOT / "screenshots/film.svg")
    options = parser.parse_args()
    missing = [reason for marker in ("needs_root", "needs_docker", "needs_tmux") if (reason := MISSING[marker]())]
    if missing:
        parser.error("; ".join(missing))
    end_as_on_interrupt()
    with TwoEngines() as engines:
        argv = [options.program, *(part for node in engines.nodes for part in ("--docker", node.url))]
        frames = cut(recorded(argv, play, engines))
    options.output.write_text(Film(frames).svg(), encoding="utf-8")
    print(f"{options.output}: {frames[-1].at:.0f} s, {options.output.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
