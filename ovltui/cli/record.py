"""``ovltui record``: all events, and all that is needed to show everything again, into a file or a pipe.

Source: the session's stream and what else comes in. Privileges: root to hear other namespaces than our own, the right
to write the file. Incomplete: what cannot be heard is said on stderr and in the recording; a crash or a full disk loses
the last second.
"""

import argparse
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from importlib import import_module
from platform import release
from typing import Any

from ovltui.capture.inputs import FORMAT, Start
from ovltui.capture.parts import Parts
from ovltui.capture.pipe import Pipe
from ovltui.capture.redact import Redactor
from ovltui.capture.sink import PIPE
from ovltui.cli.arguments import count, seconds, session_options
from ovltui.cli.led import RECORDS, Leader
from ovltui.cli.netns import LOOKING, PATIENCE_S, resolve
from ovltui.cli.output import Output
from ovltui.cli.progress import progress
from ovltui.cli.says import tell_gaps
from ovltui.cli.versions import version_of
from ovltui.errors import ExitStatus, OvltuiError, UsageError
from ovltui.lab.place import boot_id
from ovltui.remote.here import SPEAKS
from ovltui.session.live import LiveSession
from ovltui.session.progress import GONE
from ovltui.session.recorder import LINE, Recorder
from ovltui.session.rtmon_recorder import RtmonRecorder

_LIMIT = re.compile(r"(\d+)([kMG]|s|min|h|d)")
_BYTES = {"k": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
_STATUS_S = 1.0
_ENGINES_S = 1.0
_HOSTS, _JOINT = "ovltui.cli.hosts", "ovltui.cli.joint"
"""Loaded by name: what is sent along to other machines needs none of it."""
Full = Callable[[int, float], bool]
"""Takes the bytes of a file and the monotonic time at which it began."""


def register(parser: argparse.ArgumentParser, *, alone: bool = True) -> None:
    """Add the arguments of the verb; those of a fleet where it is not led by another machine."""
    parser.add_argument("file", metavar="FILE", nargs="?", help="pcapng, which Wireshark opens too; - for stdout")
    parser.add_argument("--rotate", metavar="LIMIT", type=_limit, help="begin a new file after 100M, 2G, 30min, 1h, 1d")
    parser.add_argument("--keep", metavar="N", type=count, default=0, help="keep only the newest N of these files")
    parser.add_argument("--gzip", action="store_true", help="compress")
    parser.add_argument(
        "--redact", action="store_true", help="replace addresses, MACs and names as ovltui convert does"
    )
    parser.add_argument("--rtmon", action="store_true", help="the format of rtmon, for ip monitor file; one namespace")
    parser.add_argument("--netns", metavar="NETNS", action="append", help="which one, with --rtmon or to nats://…")
    parser.add_argument("--for", metavar="SECONDS", type=seconds, dest="seconds", help="end after so many seconds")
    parser.add_argument("--force", action="store_true", help="write over a file that exists")
    parser.add_argument("--led", action="store_true", help="for ovltui on another machine: end with its lines on stdin")
    parser.add_argument("--speaks", action="store_true", help="print what --led understands, and end")
    if alone:
        _fleet().register(parser)
        import_module(_HOSTS).add_machines(parser)


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Record until an end is reached; return the exit status."""
    if arguments.speaks:
        out.line(SPEAKS)
        return ExitStatus.FINE
    if not arguments.led and _fleet().pages(arguments, out):
        return ExitStatus.FINE
    _check(arguments)
    several = _are_several(arguments)
    if _is_published(arguments):
        return _publish(arguments, out)
    parts = Parts(
        arguments.file,
        gzip=arguments.gzip,
        force=arguments.force,
        rotated=arguments.rotate is not None,
        keep=arguments.keep,
    )
    ended = threading.Event()
    leader = Leader(ended) if arguments.led else None
    with _until_signalled(ended):
        session = _session(arguments, several=several)
        try:
            with progress(out, LOOKING):
                session.start()
            _await_names(session, arguments)
            if not leader:  # whoever leads reads them in the recording
                tell_gaps(session.snapshot(), out)
            recorder = _led(session, ended, leader) if leader else _recorder(arguments, session, parts)
            recorder.start()
            if not arguments.rtmon:
                session.start_checks()  # what engines intend and what is wrong is part of it
            deadline = time.monotonic() + arguments.seconds if arguments.seconds else None
            _wait(recorder, session, ended, deadline, out)
            recorder.close()
        finally:
            ended.set()
            session.close()
    return _end(recorder, session)


def _session(arguments: argparse.Namespace, *, several: bool) -> Any:
    """Return the session of this machine, or of several; both can be recorded."""
    if several:
        return import_module(_JOINT).joined(arguments)
    options = session_options(arguments)
    return LiveSession(replace(options, limit=RECORDS) if arguments.led else options)


def _await_names(session: Any, arguments: argparse.Namespace) -> None:
    """Wait for what gives names: a recording begins with them."""
    if isinstance(session, LiveSession):
        session.start_engines()
        session.wait_for_engines(PATIENCE_S if arguments.rtmon else _ENGINES_S)
    else:
        session.wait_for_hosts(import_module(_JOINT).ANSWER_S)


def _fleet() -> Any:
    """Return what publishes; by a name that is not sent along to other machines, since it needs a package."""
    return import_module("ovltui.cli.fleet_options")


def _publish(arguments: argparse.Namespace, out: Output) -> int:
    ended = threading.Event()
    with _until_signalled(ended):
        published: int = _fleet().publish(arguments, _start(), ended, out)
        return published


def _is_published(arguments: argparse.Namespace) -> bool:
    return arguments.file is not None and arguments.file.startswith(("nats://", "tls://"))


def _led(session: LiveSession, ended: threading.Event, leader: Leader) -> Recorder:
    recorder = Recorder(session, partial(Pipe, ended), _start(), manner=LINE)
    leader.answers(recorder.clock)
    return recorder


def _start() -> Start:
    return Start(FORMAT, version_of("ovltui") or "0", "", None, 0, kernel=release(), boot=boot_id())


def _end(recorder: "Recorder | RtmonRecorder", session: LiveSession) -> int:
    if recorder.failure and recorder.failure != GONE:
        raise OvltuiError(f"{recorder.failure} What was recorded until then is whole.")
    if session.ended:
        raise OvltuiError(f"{session.ended}.")
    return ExitStatus.FINE


def _recorder(arguments: argparse.Namespace, session: LiveSession, parts: Parts) -> "Recorder | RtmonRecorder":
    if arguments.rtmon:
        return RtmonRecorder(session, resolve(session, *(arguments.netns or ("host",))), parts.next)
    redactor = Redactor() if arguments.redact else None
    return Recorder(session, parts.next, _start(), arguments.rotate or _never, redactor)


def _wait(
    recorder: "Recorder | RtmonRecorder",
    session: LiveSession,
    ended: threading.Event,
    deadline: float | None,
    out: Output,
) -> None:
    """Wait for the end; on a terminal, say every second how far it is."""
    shown = False
    while not (ended.is_set() or recorder.failure or session.ended):
        left = _STATUS_S if deadline is None else min(_STATUS_S, deadline - time.monotonic())
        if left <= 0:
            break
        ended.wait(left)
        if out.talks_to_a_person:
            progress = recorder.progress
            said = (
                f"REC {_clock(time.time_ns() - progress.began_ns)}  {_size(progress.size)}  {progress.records} records"
            )
            sys.stderr.write(f"\r{said}\x1b[K")
            sys.stderr.flush()
            shown = True
    if shown:
        sys.stderr.write("\n")


def _are_several(arguments: argparse.Namespace) -> bool:
    """Return whether several machines are to be recorded into one file.

    Raises:
        UsageError: that cannot be.
    """
    if arguments.led or not import_module(_HOSTS).are_named(arguments):
        return False
    if arguments.rtmon or _is_published(arguments):
        raise UsageError("with --rtmon, or to nats://, a machine records itself alone: leave out --host and --swarm.")
    return True


def _check(arguments: argparse.Namespace) -> None:
    if arguments.file is None:
        raise UsageError("record into which FILE? ovltui record --help tells more.")
    if arguments.led and arguments.file != PIPE:
        raise UsageError("--led goes with - only: ovltui record - --led.")
    several = [name for name in ("rotate", "gzip", "redact", "led") if getattr(arguments, name)]
    if arguments.led and several[0] != "led":
        raise UsageError(f"--led and --{several[0]} do not go together.")
    if arguments.rtmon and several:
        raise UsageError(f"--rtmon and --{several[0]} do not go together.")
    if not _is_published(arguments):
        _check_whole(arguments)
    if arguments.keep and not arguments.rotate:
        raise UsageError("--keep needs --rotate.")
    if arguments.file == PIPE and arguments.rotate:
        raise UsageError("--rotate needs a file, not stdout.")
    if arguments.file == PIPE and sys.stdout is not None and sys.stdout.isatty():
        raise UsageError("a recording is no text for a terminal: send it into a pipe or a file.")


def _check_whole(arguments: argparse.Namespace) -> None:
    if arguments.netns and not (arguments.rtmon and len(arguments.netns) == 1):
        raise UsageError("a file holds every namespace; --netns goes with --rtmon, once, or with nats://.")
    if any(getattr(arguments, name, None) for name in ("only", "rate")):
        raise UsageError("a file holds all events; --only and --rate go with nats:// only.")


@contextmanager
def _until_signalled(ended: threading.Event) -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, lambda _number, _frame: ended.set()) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _limit(text: str) -> Full:
    found = _LIMIT.fullmatch(text)
    if not found or not int(found[1]):
        raise argparse.ArgumentTypeError(f"{text!r} is neither a size (100M) nor a time (1h)")
    if found[2] in _BYTES:
        return partial(_is_large, int(found[1]) * _BYTES[found[2]])
    return partial(_is_old, int(found[1]) * _SECONDS[found[2]])


def _is_large(limit: int, size: int, _since: float) -> bool:
    return size >= limit


def _is_old(limit: int, _size: int, since: float) -> bool:
    return time.monotonic() - since >= limit


def _never(_size: int, _since: float) -> bool:
    return False


def _clock(span_ns: int) -> str:
    minutes, rest = divmod(span_ns // 10**9, 60)
    return f"{minutes:02}:{rest:02}"


def _size(size: int) -> str:
    return f"{size / (1 << 20):.1f}M"
