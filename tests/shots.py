"""Takes all screenshots of the README, or those named: ``sh tests/bed/apart.sh python tests/shots.py [NAME ...]``.

Two Docker Engines are brought up, the installed ``ovltui`` runs in tmux, each scene drives it by keys, and
what the terminal then shows goes to ``screenshots/NAME.svg`` and ``.png``. All of them take about two minutes. Apart,
no other namespace of the machine is in the picture. Needs root, what ``needs_docker`` and ``needs_tmux`` stand for, and
``rsvg-convert``.
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.bed.engines import TwoEngines
from tests.bed.means import MISSING, command
from tests.bed.picture import png, svg
from tests.bed.signals import end_as_on_interrupt
from tests.bed.terminal import Terminal

ROOT = Path(__file__).resolve().parent.parent
LARGE = (120, 36)
SMALL = (80, 24)
_MOST_NETWORKS = 40
_SETTLE = 1.0
"""Seconds after which a screen that gets no events does not change any more."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What to show, and how to get there."""

    name: str
    """Name of the picture's files."""
    size: tuple[int, int]
    play: Callable[[Terminal, TwoEngines], None]
    """Drives the program, which has just started and drawn itself."""


def select(terminal: Terminal, name: str) -> None:
    """Move the browser's cursor from its first row down to the row of ``name``."""
    rows = [row.split("│")[1] if "│" in row else "" for row in terminal.wait(name).splitlines()]
    first = next(number for number, row in enumerate(rows) if "all namespaces" in row)
    wanted = next(number for number, row in enumerate(rows) if number > first and name in row)
    terminal.keys(*["Down"] * (wanted - first))


def events(terminal: Terminal, engines: TwoEngines) -> None:
    """Start a third container and let it reach the one on the other node."""
    engines.run(0, "docker3n", "-h", "docker3h")
    engines.nodes[0].docker("exec", "docker3n", "ping", "-c", "3", "docker2n")
    engines.nodes[0].docker("exec", "docker3n", "ping", "-c", "1", "-W", "1", "10.13.17.99", check=False)
    terminal.wait("docker3n")


def narrowed(terminal: Terminal, engines: TwoEngines) -> None:
    """Select ``mynet01`` among the namespaces."""
    events(terminal, engines)
    select(terminal, f"mynet01@{engines.nodes[0].netns}")


def filtered(terminal: Terminal, engines: TwoEngines) -> None:
    """Filter the focused pane."""
    events(terminal, engines)
    terminal.keys("Tab")
    time.sleep(_SETTLE)
    terminal.keys("/")
    terminal.type("docker3n")


def detailed(terminal: Terminal, engines: TwoEngines) -> None:
    """Open the newest neighbour event: a lookup that missed."""
    events(terminal, engines)
    terminal.keys("Tab", "Tab", "Tab")
    time.sleep(_SETTLE)
    terminal.keys("Enter")


def opened(terminal: Terminal, engines: TwoEngines) -> None:
    """Open the namespace of the overlay network."""
    select(terminal, f"mynet01@{engines.nodes[0].netns}")
    terminal.keys("Down", "Enter")


def inspected(terminal: Terminal, engines: TwoEngines) -> None:
    """Look at the links of the overlay's namespace, and at what they are tied to."""
    engines.run(0, "docker3n", "-h", "docker3h")
    engines.nodes[0].docker("exec", "docker3n", "ping", "-c", "3", "docker2n")
    opened(terminal, engines)
    terminal.wait("[Overview]")
    terminal.keys("Tab")
    terminal.wait("[Links]")


def checked(terminal: Terminal, engines: TwoEngines) -> None:
    """Lose the forwarding entry of the container on the other node, and show what is found of it."""
    far = engines.nodes[1]
    mac = far.docker("inspect", "-f", "{{range .NetworkSettings.Networks}}{{.MacAddress}}{{end}}", "docker2n").strip()
    select(terminal, f"mynet01@{engines.nodes[0].netns}")
    terminal.keys("Down", "!")
    terminal.wait("run in mynet01")
    terminal.type(f"bridge fdb del {mac} dev vxlan0 dst {far.address} self")
    terminal.keys("Enter")
    terminal.wait("! 1 error", timeout=30)
    terminal.keys("C-]", "4")
    terminal.wait("fdb-lost")


def shelled(terminal: Terminal, engines: TwoEngines) -> None:
    """Reach the other node's container by its name, in a shell beside the events of both nodes."""
    select(terminal, "docker1n")
    terminal.keys(":")
    terminal.type("new shell in docker1n with its names")
    terminal.wait("and its resolv.conf")
    terminal.keys("Enter")
    terminal.wait("+names")
    terminal.type("cd; clear; ping -i 0.5 docker2n\n")
    terminal.wait("icmp_seq=2")
    terminal.keys("C-]", "a")
    time.sleep(_SETTLE)
    terminal.keys("C-]")
    events(terminal, engines)


def helped(terminal: Terminal, _engines: TwoEngines) -> None:
    """Open the help."""
    terminal.keys("?")


def drawn(terminal: Terminal, engines: TwoEngines) -> None:
    """Show who is wired to whom, with a third container; select its port."""
    engines.run(0, "docker3n", "-h", "docker3h")
    engines.nodes[0].docker("exec", "docker3n", "ping", "-c", "3", "docker2n")
    terminal.keys("3")
    terminal.wait("vxlan0")
    for _ in range(_MOST_NETWORKS):  # other engines of this machine have drawings too
        if "docker3n" in terminal.text():
            break
        terminal.keys("w")
        time.sleep(_SETTLE)
    terminal.wait("docker3n")
    time.sleep(_SETTLE)
    terminal.keys("Right")


def walked(terminal: Terminal, engines: TwoEngines) -> None:
    """Show the way between the two containers, hop by hop."""
    drawn(terminal, engines)
    terminal.keys("P")
    terminal.wait("path from")
    terminal.type("docker1n docker2n")
    terminal.keys("Enter")
    terminal.wait("ok by all tables", timeout=30)


def traced(terminal: Terminal, engines: TwoEngines) -> None:
    """Show that way in the drawing."""
    walked(terminal, engines)
    terminal.keys("Escape")


def replayed(terminal: Terminal, engines: TwoEngines) -> None:
    """Record how a container starts, and play it again up to there."""
    terminal.keys("R")
    terminal.wait("record into")
    terminal.keys("Enter")
    terminal.wait("REC 0")
    events(terminal, engines)
    terminal.keys("R")
    terminal.wait(lambda screen: "REC 0" not in screen)
    terminal.keys("6")
    terminal.wait("closed")
    terminal.keys("Enter")
    terminal.wait("q leaves")
    terminal.wait(lambda screen: "q leaves" not in screen, timeout=30)
    terminal.keys("Space")
    terminal.wait("start docker3n", timeout=30)
    terminal.keys("Space")


SCENES = (
    Scene("events", LARGE, events),
    Scene("events-80x24", SMALL, events),
    Scene("narrowed", LARGE, narrowed),
    Scene("filter", LARGE, filtered),
    Scene("event", LARGE, detailed),
    Scene("namespace", LARGE, opened),
    Scene("inspector", LARGE, inspected),
    Scene("shell", LARGE, shelled),
    Scene("topology", LARGE, drawn),
    Scene("topology-80x24", SMALL, drawn),
    Scene("path", LARGE, walked),
    Scene("topology-path", LARGE, traced),
    Scene("help", LARGE, helped),
    Scene("replay", LARGE, replayed),
    Scene("checks", LARGE, checked),
)
"""Every picture; what it breaks stays broken, so the last one is that of a fault."""


def take(scene: Scene, argv: list[str], engines: TwoEngines, directory: Path) -> None:
    """Play a scene in a terminal of its own and write its picture."""
    with TemporaryDirectory() as state, Terminal(*scene.size, argv, {"XDG_STATE_HOME": state}) as terminal:
        terminal.wait(lambda screen: screen.strip())
        time.sleep(_SETTLE)
        scene.play(terminal, engines)
        time.sleep(_SETTLE)
        drawing = directory / f"{scene.name}.svg"
        drawing.write_text(svg(terminal.ansi(), *scene.size), encoding="utf-8")
        png(drawing, drawing.with_suffix(".png"))
    engines.nodes[0].docker("rm", "-f", "docker3n", check=False)
    print(drawing)


def main() -> None:
    """Take the pictures that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(scene.name for scene in SCENES))
    parser.add_argument("--program", default=str(Path(sys.executable).parent / "ovltui"))
    parser.add_argument("--directory", type=Path, default=ROOT / "screenshots")
    options = parser.parse_args()
    if unknown := set(options.names) - {scene.name for scene in SCENES}:
        parser.error(f"no such picture: {', '.join(sorted(unknown))}")
    missing = [reason for marker in ("needs_root", "needs_docker", "needs_tmux") if (reason := MISSING[marker]())]
    if missing or not command("rsvg-convert"):
        parser.error("; ".join(missing) or "needs rsvg-convert (librsvg2-bin)")
    end_as_on_interrupt()
    options.directory.mkdir(exist_ok=True)
    with TwoEngines() as engines:
        argv = [options.program, *(part for node in engines.nodes for part in ("--docker", node.url))]
        for scene in SCENES:
            if not options.names or scene.name in options.names:
                take(scene, argv, engines, options.directory)


if __name__ == "__main__":
    main()
