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
from functools import partial
from platform import release

from ovltui.capture.inputs import FORMAT, Start
from ovltui.capture.parts import Parts
from ovltui.capture.redact import Redactor
from ovltui.capture.sink import PIPE
from ovltui.cli.arguments import count, seconds, session_options
from ovltui.cli.netns import PATIENCE_S, resolve
from ovltui.cli.output import Output
from ovltui.cli.says import tell_gaps
from ovltui.cli.versions import version_of
from ovltui.errors import ExitStatus, OvltuiError, UsageError
from ovltui.session.live import LiveSession
from ovltui.session.progress import GONE
from ovltui.session.recorder import Recorder
from ovltui.session.rtmon_recorder import RtmonRecorder

_LIMIT = re.compile(r"(\d+)([kMG]|s|min|h|d)")
_BYTES = {"k": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
_STATUS_S = 1.0
_ENGINES_S = 1.0
Full = Callable[[int, float], bool]
"""Takes the bytes of a file and the monotonic time at which it began."""


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the verb."""
    parser.add_argument("file", metavar="FILE", help="pcapng, which Wireshark opens too; - for stdout")
    parser.add_argument("--rotate", metavar="LIMIT", type=_limit, help="begin a new file after 100M, 2G, 30min, 1h, 1d")
    parser.add_argument("--keep", metavar="N", type=count, default=0, help="keep only the newest N of these files")
    parser.add_argument("--gzip", action="store_true", help="compress")
    parser.add_argument(
        "--redact", action="store_true", help="replace addresses, MACs and names as ovltui convert does"
    )
    parser.add_argument("--rtmon", action="store_true", help="the format of rtmon, for ip monitor file; one namespace")
    parser.add_argument("--netns", metavar="NETNS", default="host", help="which namespace, with --rtmon")
    parser.add_argument("--for", metavar="SECONDS", type=seconds, dest="seconds", help="end after so many seconds")
    parser.add_argument("--force", action="store_true", help="write over a file that exists")


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Record until an end is reached; return the exit status."""
    _check(arguments)
    parts = Parts(
        arguments.file,
        gzip=arguments.gzip,
        force=arguments.force,
        rotated=arguments.rotate is not None,
        keep=arguments.keep,
    )
    ended = threading.Event()
    with _until_signalled(ended):
        session = LiveSession(session_options(arguments))
        try:
            session.start()
            session.start_engines()
            session.wait_for_engines(PATIENCE_S if arguments.rtmon else _ENGINES_S)
            tell_gaps(session.snapshot(), out)
            recorder = _recorder(arguments, session, parts)
            recorder.start()
            if not arguments.rtmon:
                session.start_checks()  # what engines intend and what is wrong is part of it
            deadline = time.monotonic() + arguments.seconds if arguments.seconds else None
            _wait(recorder, session, ended, deadline, out)
            recorder.close()
        finally:
            session.close()
    return _end(recorder, session)


def _end(recorder: "Recorder | RtmonRecorder", session: LiveSession) -> int:
    if recorder.failure and recorder.failure != GONE:
        raise OvltuiError(f"{recorder.failure} What was recorded until then is whole.")
    if session.ended:
        raise OvltuiError(f"{session.ended}.")
    return ExitStatus.FINE


def _recorder(arguments: argparse.Namespace, session: LiveSession, parts: Parts) -> "Recorder | RtmonRecorder":
    if arguments.rtmon:
        return RtmonRecorder(session, resolve(session, arguments.netns), parts.next)
    start = Start(FORMAT, version_of("ovltui") or "0", "", None, 0, kernel=release())
    redactor = Redactor() if arguments.redact else None
    return Recorder(session, parts.next, start, arguments.rotate or _never, redactor)


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


def _check(arguments: argparse.Namespace) -> None:
    several = [name for name in ("rotate", "gzip", "redact") if getattr(arguments, name)]
    if arguments.rtmon and several:
        raise UsageError(f"--rtmon and --{several[0]} do not go together.")
    if not arguments.rtmon and arguments.netns != "host":
        raise UsageError("a recording holds every namespace; --netns goes with --rtmon only.")
    if arguments.keep and not arguments.rotate:
        raise UsageError("--keep needs --rotate.")
    if arguments.file == PIPE and arguments.rotate:
        raise UsageError("--rotate needs a file, not stdout.")
    if arguments.file == PIPE and sys.stdout is not None and sys.stdout.isatty():
        raise UsageError("a recording is no text for a terminal: send it into a pipe or a file.")


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
