"""Draws every screen at every size in every theme: ``python tests/matrix.py DIRECTORY [SCREEN ...]``, as root.

The installed ``ovltui`` runs in tmux, on a machine of its own with a lab in which something is broken. Each screen is
brought up once, then the terminal is resized and ``T`` pressed; what shows is kept as text, and each screen becomes one
sheet of pictures for each theme. Needs what ``needs_root`` and ``needs_tmux`` stand for, and ``rsvg-convert``.
"""

import argparse
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.bed.picture import png, svg
from tests.bed.signals import end_as_on_interrupt
from tests.bed.terminal import Terminal

OVLTUI = str(Path(sys.executable).parent / "ovltui")
SIZES = ((120, 36), (80, 24), (100, 30), (200, 60), (40, 12))
"""The first one is that in which keys are pressed."""
THEMES = ("dark", "light", "contrast", "16", "mono")
_ALONE = ("unshare", "--mount", "--pid", "--net", "--fork", "--kill-child", "--mount-proc", "--propagation", "slave")
_BEGIN = (
    "mount -t tmpfs tmpfs /run && ip link set lo up && export HOME=/run XDG_STATE_HOME=/run/state"
    " && {0} lab up >/dev/null && {0} lab break fdb-lost >/dev/null; exec {0} --no-docker {1}"
)
_SETTLE_S = 0.6
_GAP, _TITLE = 12, 20
_VIEW_BOX = re.compile(r'viewBox="0 0 (\d+) (\d+)"')


@dataclass(frozen=True, slots=True)
class Scene:
    """A screen, and the keys that lead there from the events."""

    name: str
    keys: Sequence[str]
    """As of ``Terminal.keys``; ``text:`` is typed, ``wait:`` waited for."""
    says: str = ""
    """What shows when it is there."""
    themed: bool = True
    """Whether ``T`` works there; where it does not, it is drawn in the first theme alone."""


SCENES = (
    Scene("events", (), "LIVE"),
    Scene("narrowed", ("Down", "Down", "Down"), "only"),
    Scene("paused", ("Tab", "Up", "Up", "Up"), "PAUSED"),
    Scene("shell", ("Down", "Down", "Down", "s", "wait:#", "text:ip -br link\n"), "lo", themed=False),
    Scene("event", ("Tab", "Enter"), "event", themed=False),
    Scene("kinds", ("Tab", "K"), "kinds of", themed=False),
    Scene("filter", ("Tab", "/", "text:/[/"), "filter", themed=False),
    Scene("help", ("?",), "help", themed=False),
    Scene("palette", (":",), "a command", themed=False),
    Scene("namespaces", ("2",), "NAME"),
    Scene("inspector", ("2", "Down", "Down", "Enter"), "overview"),
    Scene("links", ("2", "Down", "Down", "Enter", "Tab"), "links"),
    Scene("topology", ("3",), "attached"),
    Scene("path", ("P", "text:docker1n docker2n", "Enter"), "BY", themed=False),
    Scene("checks", ("4",), "findings"),
    Scene("check", ("4", "Enter"), "remedy", themed=False),
    Scene("shells", ("5",), "shell"),
    Scene("recordings", ("6",), "recordings"),
)


def drive(terminal: Terminal, keys: Sequence[str]) -> None:
    """Press keys, one behind the other."""
    for key in keys:
        if key.startswith("text:"):
            terminal.type(key.removeprefix("text:"))
        elif key.startswith("wait:"):
            terminal.wait(key.removeprefix("wait:"))
        else:
            terminal.keys(key)
        time.sleep(_SETTLE_S / 2)


def sheet(drawings: Sequence[tuple[str, str]]) -> str:
    """Return one drawing of many, each below its title."""
    body, top, width = [], 0, 0
    for title, drawing in drawings:
        found = _VIEW_BOX.search(drawing)
        assert found
        wide, high = int(found[1]), int(found[2])
        placed = drawing.replace("<svg ", f'<svg x="0" y="{top + _TITLE}" width="{wide}" height="{high}" ', 1)
        body.append(f'<text x="0" y="{top + _TITLE - 5}" font-size="15">{title}</text>{placed}')
        top, width = top + high + _TITLE + _GAP, max(width, wide)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {top}">'
    return f'{head}<rect width="100%" height="100%" fill="#b0b0b0"/>{"".join(body)}</svg>'


def draw(scene: Scene, directory: Path, options: str, themes: Sequence[str]) -> None:
    """Draw one screen in all sizes and themes."""
    command = [*_ALONE, "sh", "-c", _BEGIN.format(OVLTUI, options)]
    with Terminal(*SIZES[0], command, {"PS1": "# "}) as terminal:
        terminal.wait("docker2n", 40)
        terminal.wait("!", 40)
        drive(terminal, scene.keys)
        if scene.says and scene.says not in terminal.text():
            print(f"{scene.name}: {scene.says!r} does not show")
        for theme in themes if scene.themed else themes[:1]:
            drawings = []
            for width, height in SIZES:
                terminal.resize(width, height)
                time.sleep(_SETTLE_S)
                title = f"{scene.name} {width}x{height} {theme}"
                (directory / f"{title.replace(' ', '-')}.txt").write_text(terminal.text(), encoding="utf-8")
                drawings.append((title, svg(terminal.ansi(), width, height)))
            drawing = directory / f"{scene.name}-{theme}.svg"
            drawing.write_text(sheet(drawings), encoding="utf-8")
            png(drawing, drawing.with_suffix(".png"))
            terminal.resize(*SIZES[0])
            terminal.keys("T")
            time.sleep(6 * _SETTLE_S)
    print(scene.name)


def main() -> None:
    """Draw the screens that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path, metavar="DIRECTORY")
    parser.add_argument("screens", nargs="*", metavar="SCREEN", help=", ".join(scene.name for scene in SCENES))
    parser.add_argument("--options", default="", help="of ovltui, such as --ascii")
    parser.add_argument("--themes", type=int, default=len(THEMES), metavar="N", help="only the first N")
    options = parser.parse_args()
    if unknown := set(options.screens) - {scene.name for scene in SCENES}:
        parser.error(f"no such screen: {', '.join(sorted(unknown))}")
    end_as_on_interrupt()
    options.directory.mkdir(parents=True, exist_ok=True)
    for scene in SCENES:
        if not options.screens or scene.name in options.screens:
            draw(scene, options.directory, options.options, THEMES[: options.themes])


if __name__ == "__main__":
    main()
