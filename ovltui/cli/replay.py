"""``ovltui replay``: a recording on the screens, or its events as ``ovltui watch`` prints them.

Source: a file of ``ovltui record``, of rtmon, of ``watch --json --raw``, or another pcapng of netlink messages; from a
pipe also while it grows. Privileges: the right to read it. Incomplete: what was damaged or torn is said on stderr.
"""

import argparse
import os
import sys
import threading
from array import array
from collections.abc import Iterator
from contextlib import contextmanager

from ovltui.capture.source import PIPE, Source
from ovltui.cli.arguments import count
from ovltui.cli.follow import Follower, Wake
from ovltui.cli.looks import screen_settings
from ovltui.cli.netns import resolve
from ovltui.cli.origin import time_text
from ovltui.cli.output import Output
from ovltui.cli.printer import Printer
from ovltui.cli.progress import progress
from ovltui.cli.watch import filter_of, object_of
from ovltui.errors import ExitStatus, UsageError
from ovltui.netns.model import NetnsKey
from ovltui.session.fed import fed
from ovltui.session.moments import time_at
from ovltui.session.player import Player
from ovltui.text import clean

_BATCH = 4096
"""Records that are taken in before those before them are printed: their names are known by then."""


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the verb."""
    parser.add_argument("file", metavar="FILE", help="a recording; - for stdin")
    parser.add_argument(
        "objects", metavar="OBJECT", nargs="*", type=object_of, help="only these events, as of ovltui watch"
    )
    parser.add_argument("--netns", metavar="NETNS", action="append", help="only this namespace, as it is called there")
    parser.add_argument(
        "--filter", metavar="TEXT", type=filter_of, default="", help="only lines that match, as of ovltui watch"
    )
    parser.add_argument("--at", metavar="TIME", type=time_text, help="from then on: 14:02:10, or 2026-11-23T14:02:10")
    parser.add_argument("--count", metavar="N", type=count, help="end after N events")
    parser.add_argument("--print", action="store_true", help="print them, also where there is a terminal for screens")
    parser.add_argument("--slow", action="store_true", default=argparse.SUPPRESS, help="paint the screens seldom")
    parser.add_argument("--raw", action="store_true", help="with --json: each message's bytes too, for ovltui convert")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object a line")
    form.add_argument("--ip", action="store_true", help="the lines of ip monitor, each event behind its [namespace]")


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Show the screens, or print the events; return the exit status."""
    if arguments.file == PIPE:
        return _run_on_pipe(arguments, out)
    if _wants_screens(arguments):
        return _show(arguments, out)
    with _playing(arguments.file, out) as player:
        start = player.seq_at(time_at(arguments.at, player.start_ns)) if arguments.at else player.first
        keys = _keys(player, arguments.netns or ())
        session = player.seek(start)
        printer = Printer(out, session.names, frozenset(arguments.objects), arguments.filter, **_form(arguments))
        _print(player, start, keys, printer, arguments.count)
        out.flush()
        for sentence in player.missing:
            out.say(f"{sentence}.")
        return ExitStatus.FINE


def _print(player: Player, start: int, keys: frozenset[NetnsKey], printer: Printer, most: int | None) -> None:
    seq, shown, session = start, 0, player.session
    while seq < player.end:
        end = min(seq + _BATCH, player.end)
        player.step(end + _BATCH - session.ring.end)
        ring = session.ring
        wanted = array("Q", [at for at in range(seq, end) if not keys or session.is_in(ring[at], keys)])
        while wanted:
            some = wanted[: None if most is None else most - shown]
            shown += printer.print_all(ring, ring.excerpts(some))
            if shown == most:
                return
            wanted = wanted[len(some) :]
        seq = end


def _keys(player: Player, names: "list[str] | tuple[()]") -> frozenset[NetnsKey]:
    """Return the namespaces that are meant, dead ones too where they are named as they were called."""
    session = player.seek(player.end)
    return frozenset(key for name in names for key in session.called(name) or (resolve(session, name).key,))


def _run_on_pipe(arguments: argparse.Namespace, out: Output) -> int:
    if arguments.at:
        raise UsageError("--at needs a file, not stdin.")
    wake = Wake()
    session = fed(Source(PIPE))
    session.on_change(wake.now)
    threading.Thread(target=session.run, name="ovltui-pipe", daemon=True).start()
    session.begun.wait()
    keys = frozenset(resolve(session, name).key for name in arguments.netns or ())
    printer = Printer(out, session.names, frozenset(arguments.objects), arguments.filter, **_form(arguments))
    Follower(session, printer, out, keys, set()).follow(wake, most=arguments.count)
    if session.error:
        raise session.error
    for sentence in session.missing if session.ended else ():
        out.say(f"{sentence}.")
    return ExitStatus.FINE


def _form(arguments: argparse.Namespace) -> dict[str, bool]:
    return {"json": arguments.json, "ip": arguments.ip, "raw": arguments.raw}


@contextmanager
def _playing(path: str, out: Output) -> Iterator[Player]:
    player = opened(path, out)
    try:
        yield player
    finally:
        player.close()


def _wants_screens(arguments: argparse.Namespace) -> bool:
    """Return whether screens are meant: on a terminal, where nothing says what to print."""
    told = ("objects", "netns", "count", "raw", "json", "ip", "print")
    streams = (sys.stdin, sys.stdout, sys.stderr)
    terminals = all(stream is not None and stream.isatty() for stream in streams)
    prints = bool(arguments.filter.text) or any(map(vars(arguments).get, told))
    return terminals and not prints and os.environ.get("TERM", "dumb") not in ("", "dumb")


def opened(path: str, out: Output) -> Player:
    """Return a recording, and say meanwhile how far it was read; errors as of ``Player``."""
    with progress(out, f"opening {clean(path)}") as told:
        return Player(path, told)


def _show(arguments: argparse.Namespace, out: Output) -> int:
    settings, player = screen_settings(arguments), opened(arguments.file, out)
    from ovltui.tui.run import replay  # noqa: PLC0415  (Textual takes longer than every other verb)

    return replay(player, arguments.at, color=arguments.color, settings=settings)
