"""``ovltui watch``: events as they come, one a line, or as ``ip monitor`` prints them.

Source: the stream of this machine, or those of several, from the moment at which the verb was started. Privileges:
root to hear other namespaces than our own, the right to connect for events of Docker. Incomplete: what cannot be heard
is said on stderr before the first event, what was lost at its place in the stream. An event of a namespace that just
appeared, or of a container that starts, waits up to two seconds for its name, and those behind it with it. That a
namespace got its nsid from us when we began is no event. It changes nothing more, but for what ``--solicit`` asks for.
"""

import argparse
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, NoReturn, TypeVar

from ovltui.cli.arguments import count, seconds, session_options
from ovltui.cli.fleet import begins_now
from ovltui.cli.follow import Follower, Wake
from ovltui.cli.hosts import add_hosts, are_meant
from ovltui.cli.joint import await_hosts, joined, unreached
from ovltui.cli.netns import LOOKING, PATIENCE_S, resolve
from ovltui.cli.output import Output
from ovltui.cli.printer import Printer
from ovltui.cli.progress import progress
from ovltui.cli.says import tell_gaps
from ovltui.cli.solicit import link_name, soliciting
from ovltui.errors import ExitStatus, OvltuiError, UsageError
from ovltui.events.filter import Filter, FilterError, parse
from ovltui.events.vocabulary import Object
from ovltui.netns.model import Netns, NetnsKey
from ovltui.session.hosts import HostState
from ovltui.session.live import LiveSession
from ovltui.session.session import Session
from ovltui.session.snapshot import Row
from ovltui.session.stream import Hearing

if TYPE_CHECKING:
    from ovltui.session.joined import JoinedSession

OBJECTS = tuple(str(kind) for kind in Object if kind not in (Object.GAP, Object.UNKNOWN))
_ENGINES_S = 1.0
"""How long names may take before the first line, where none was asked for."""
_HELLO_S = 2.0
"""How long the reader process may take to say what it hears."""
S = TypeVar("S", "LiveSession", "JoinedSession")


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the verb."""
    parser.add_argument("objects", metavar="OBJECT", nargs="*", type=object_of, help=f"only these: {' '.join(OBJECTS)}")
    parser.add_argument(
        "--netns", metavar="NETNS", action="append", help="only this namespace; may be given several times"
    )
    parser.add_argument(
        "--filter",
        metavar="TEXT",
        type=filter_of,
        default="",
        help="only lines that match all of: text !not /regex/ dev:eth0 netns:NAME action:del",
    )
    parser.add_argument("--count", metavar="N", type=count, help="end after N events")
    parser.add_argument("--for", metavar="SECONDS", type=seconds, dest="seconds", help="end after so many seconds")
    parser.add_argument(
        "--solicit",
        metavar="DEV",
        action="append",
        type=link_name,
        help="have the kernel tell of each IPv4 neighbour that it looks for on link DEV of these namespaces, else of "
        "ours; delays the first broadcast of a lookup by a second; may be given several times; set back at the end",
    )
    add_hosts(parser)
    parser.add_argument("--raw", action="store_true", help="with --json: each message's bytes too, for ovltui convert")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object a line")
    form.add_argument("--ip", action="store_true", help="the lines of ip monitor, each event behind its [namespace]")


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Print events until an end is reached; return the exit status."""
    if are_meant(arguments):
        if arguments.solicit:
            raise UsageError("--solicit works on this machine alone: leave out --host and --swarm.")
        return _run_joined(arguments, out)
    wake = Wake()
    with running(LiveSession(session_options(arguments)), wake, out) as session:
        deadline = _deadline(arguments)
        numbered = _numbers(session)
        session.start_engines()
        session.wait_for_engines(PATIENCE_S if arguments.netns else _ENGINES_S)
        _await_hello(session, wake)
        chosen, printer = _prepare(session, arguments, out)
        keys = frozenset(netns.key for netns in chosen)
        with soliciting(session, chosen, arguments.solicit or (), out):
            _begin(session, keys, printer, out)
            follower = Follower(session, printer, out, keys, numbered)
            _follow(follower, wake, out, deadline, arguments.count)
        if session.ended:
            raise OvltuiError(f"{session.ended}.")
    return ExitStatus.FINE


def _run_joined(arguments: argparse.Namespace, out: Output) -> int:
    """Print the events of several machines; one that is not reached is tried again."""
    wake = Wake()
    with running(joined(arguments), wake, out) as session:
        await_hosts(session, out)
        first = session.ring.end if begins_now(arguments) else None
        deadline = _deadline(arguments)
        for host in session.hosts:
            if host.state is not HostState.LIVE:
                out.say(unreached(host))
        chosen, printer = _prepare(session, arguments, out)
        keys = frozenset(netns.key for netns in chosen)
        _begin(session, keys, printer, out)
        follower = Follower(session, printer, out, keys, _numbers(session), first=first)
        _follow(follower, wake, out, deadline, arguments.count)
    return ExitStatus.FINE


def _deadline(arguments: argparse.Namespace) -> float | None:
    return time.monotonic() + arguments.seconds if arguments.seconds else None


def _numbers(session: Session) -> set[int]:
    return {row.netns.nsid for row in session.snapshot().rows if row.netns.nsid is not None}


def _prepare(session: Session, arguments: argparse.Namespace, out: Output) -> tuple[tuple[Netns, ...], Printer]:
    """Return the namespaces that are wanted, and what prints their events."""
    tell_gaps(session.snapshot(), out)
    chosen = tuple(resolve(session, text) for text in arguments.netns or ())
    form = {"json": arguments.json, "ip": arguments.ip, "raw": arguments.raw}
    printer = Printer(out, session.names, frozenset(arguments.objects), arguments.filter, **form)
    printer.number_of = session.number_of if session.hosts else None
    return chosen, printer


def _follow(follower: Follower, wake: Wake, out: Output, deadline: float | None, most: int | None) -> None:
    """Follow; where that is ended from outside, say how much was not printed."""
    try:
        follower.follow(wake, deadline=deadline, most=most)
    except (KeyboardInterrupt, SystemExit):
        if follower.waiting:
            out.last_word(f"up to {follower.waiting} records before the end were not printed.")
        raise


@contextmanager
def running(session: S, wake: Wake, out: Output) -> Iterator[S]:
    """Start a session and close it at the end, also when SIGTERM asks for it; say that it takes long where it does."""
    before = signal.signal(signal.SIGTERM, _end)
    session.on_change(wake.now)
    try:
        with progress(out, LOOKING):
            session.start()
        yield session
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        session.close()
        signal.signal(signal.SIGTERM, before)


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(ExitStatus.FINE)


def _await_hello(session: LiveSession, wake: Wake) -> None:
    deadline = time.monotonic() + _HELLO_S
    while session.stream.hearing is None and not session.ended and time.monotonic() < deadline:
        wake.wait(0.05)


def _begin(session: Session, keys: frozenset[NetnsKey], printer: Printer, out: Output) -> None:
    """Make room for the names of what is watched, and say how much that is."""
    snapshot = session.snapshot()
    wanted = [row for row in snapshot.rows if not keys or row.netns.key in keys]
    printer.make_room(row.identity.name for row in wanted)
    if out.talks_to_a_person:
        number = sum(bool(session.hosts) or _is_heard(row, session.stream.hearing) for row in wanted)
        live = sum(host.state is HostState.LIVE for host in session.hosts)
        where = f" on {live} host{'' if live == 1 else 's'}" if session.hosts else ""
        out.say(f"watching {number} namespace{'' if number == 1 else 's'}{where}; ctrl+c ends")


def _is_heard(row: Row, hearing: Hearing | None) -> bool:
    return row.netns.own or (hearing is not None and hearing.all_nsid and row.netns.nsid is not None)


def object_of(text: str) -> Object:
    """Return the object that an argument names."""
    if text not in OBJECTS:
        raise argparse.ArgumentTypeError(f"{text!r} is no object; choose from {', '.join(OBJECTS)}")
    return Object(text)


def filter_of(text: str) -> Filter:
    """Return the filter that an argument describes."""
    try:
        return parse(text)
    except FilterError as error:
        raise argparse.ArgumentTypeError(str(error).rstrip(".")) from error
