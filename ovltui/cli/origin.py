"""From where a verb that looks once has what it prints: the living machine, or a moment of a recording.

Source: the arguments. Privileges: of a recording the right to read it. Incomplete: of a recording what could not be
read is said on stderr at the end.
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ovltui.cli.fleet import address_in
from ovltui.cli.hosts import add_hosts, are_meant
from ovltui.cli.output import Output
from ovltui.cli.progress import progress
from ovltui.errors import UsageError
from ovltui.session.moments import moment, time_at
from ovltui.text import clean

if TYPE_CHECKING:
    from ovltui.session.player import Player
    from ovltui.session.recalled import Recalled

_S = 10**9


def add_origin(parser: argparse.ArgumentParser) -> None:
    """Add the options of a verb that can look at a recording, or at several machines, too."""
    add_hosts(parser)
    parser.add_argument(
        "--from",
        metavar="FILE",
        dest="file",
        help="look into this recording, not at the living machine; or at a fleet: nats://[user@]SERVER[:port]",
    )
    add_moment(parser)


def add_moment(parser: argparse.ArgumentParser) -> None:
    """Add the option that says when in a recording."""
    parser.add_argument(
        "--at", metavar="TIME", type=time_text, help="as it was at 14:02:10, or 2026-11-23T14:02:10, not at its end"
    )


def time_text(text: str) -> str:
    """Return what ``session.moments`` takes as a time."""
    try:
        time_at(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text


def is_recorded(arguments: argparse.Namespace) -> bool:
    """Return whether a recording is meant.

    Raises:
        UsageError: a time is, but no recording; or machines are as well.
    """
    if address_in(arguments):
        return False
    if arguments.at and not arguments.file:
        raise UsageError("--at says when in a recording: name its file, too.")
    if arguments.file and are_meant(arguments):
        raise UsageError("a recording holds the hosts that were recorded: leave out --host and --swarm.")
    return bool(arguments.file)


@contextmanager
def recalled(arguments: argparse.Namespace, out: Output, path: str | None = None) -> Iterator["Recalled"]:
    """Open the recording at the moment that is meant; say at the end what of it could not be read.

    Args:
        arguments: with ``file`` and ``at``.
        out: where to say that.
        path: of the file, where it is another one.

    Raises:
        RecordingError: it is no recording, or one that this version cannot read.
        UsageError: it was not yet begun at that time, or over.
    """
    from ovltui.session.player import Player  # noqa: PLC0415  (what looks at the living machine needs none of it)
    from ovltui.session.recalled import Recalled  # noqa: PLC0415

    opened = path or arguments.file
    with progress(out, f"opening {clean(opened)}") as told:
        player = Player(opened, told)
    try:
        yield Recalled(player, _time_in(player, arguments.at) if arguments.at else None)
        for sentence in player.missing:
            out.say(f"{sentence}.")
    finally:
        player.close()


def _time_in(player: "Player", text: str) -> int:
    """Return the time that is meant, which is typed in whole seconds mostly; errors as in ``recalled``."""
    first, last, found = player.start_ns, player.end_ns, time_at(text, player.start_ns)
    if not first // _S <= found // _S <= last // _S:
        raise UsageError(f"--at {text} is not within {player.name}: {moment(first)} to {moment(last)}.")
    return min(max(found, first), last)
