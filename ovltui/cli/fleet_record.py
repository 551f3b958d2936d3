"""``ovltui record nats://SERVER``: what happens here, published for viewers anywhere.

Source: as ``record``. Privileges: as ``record``, and to publish. Incomplete: what ``--only``, ``--netns`` and
``--rate`` leave out, what the server does not take in time; both are told to viewers.
"""

import argparse
import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from ovltui.capture.inputs import Start
from ovltui.capture.redact import Redactor
from ovltui.cli.arguments import session_options
from ovltui.cli.fleet import server_of
from ovltui.cli.led import RECORDS
from ovltui.cli.output import Output
from ovltui.cli.says import tell_gaps
from ovltui.errors import ExitStatus, OvltuiError, UsageError
from ovltui.lab.place import boot_id
from ovltui.remote.nats_client import NatsClient
from ovltui.remote.nats_publisher import PublishedPart, Publisher, is_over
from ovltui.remote.nats_subjects import STREAM, Published
from ovltui.session.live import LiveSession
from ovltui.session.recorder import Manner, Recorder
from ovltui.session.reduction import Reduction
from ovltui.text import clean

_MANNER = Manner(0.25, streams=True, most_notes=20_000)
_ID = Path("/etc/machine-id")
"""What tells machines of one name apart; where it is missing, the kernel's id of its boot does."""
_LOOK_S = 0.5
_ENGINES_S = 1.0
_OF_FILES = ("rotate", "keep", "gzip", "rtmon", "force", "led")


@contextmanager
def publishing(arguments: argparse.Namespace, host: str, out: Output) -> Iterator[Publisher]:
    """Publish to the server that is recorded to; say at the end what it did not take.

    Args:
        arguments: of ``record``.
        host: name of this machine.
        out: where to say it.

    Raises:
        RemoteError: the server cannot be reached, or takes nothing.
    """
    client = NatsClient(server_of(arguments, arguments.file), f"ovltui record on {clean(host)}")
    try:
        publisher = Publisher(client, Published(host, machine_id()))
        if publisher.made:
            out.say(f"made the stream {STREAM}, which keeps a day and 1 GiB; nats stream edit changes that")
        try:
            yield publisher
        finally:
            publisher.close()
            if publisher.lost:
                out.say(f"{publisher.lost} events were not published, since the server did not take them in time")
    finally:
        client.close()


class Complaints:
    """Says on stderr when the server takes nothing, and when it does again.

    Args:
        publisher: which knows it.
        out: where to say it.
    """

    def __init__(self, publisher: Publisher, out: Output) -> None:
        self._publisher = publisher
        self._out = out
        self._said = False

    def look(self) -> None:
        """Say what is new; called again and again."""
        trouble = self._publisher.trouble
        if trouble and not self._said:
            self._out.say(f"{trouble}; recording goes on, what waits too long is left out and counted")
            self._said = True
        elif not trouble and self._said:
            lost = self._publisher.lost
            self._out.say(f"{self._publisher.address} takes it again; {lost} events were left out so far")
            self._said = False


def machine_id() -> str:
    """Return eight digits that no other machine has, and that tell nothing of it."""
    try:
        text = _ID.read_text(encoding="ascii").strip()
    except OSError:  # as in a container
        text = ""
    return hashlib.sha256(f"ovltui {text or boot_id()}".encode()).hexdigest()[:8]


def publish(arguments: argparse.Namespace, start: Start, ended: threading.Event, out: Output) -> int:
    """Publish until an end is reached; return the exit status.

    Args:
        arguments: of ``record``.
        start: with what the recording begins.
        ended: set when a signal asks for the end.
        out: where to say what is missing.
    """
    wrong = next((name for name in _OF_FILES if getattr(arguments, name)), "")
    if wrong:
        raise UsageError(f"--{wrong} is for files; it does not go with nats://.")
    session = LiveSession(replace(session_options(arguments), limit=RECORDS))
    with publishing(arguments, session.host, out) as publisher:
        try:
            session.start()
            session.start_engines()
            session.wait_for_engines(_ENGINES_S)
            tell_gaps(session.snapshot(), out)
            recorder = _recorder(arguments, session, publisher, start)
            recorder.start()
            session.start_checks()
            deadline = time.monotonic() + arguments.seconds if arguments.seconds else None
            _wait(recorder, session, ended, deadline, Complaints(publisher, out))
            recorder.close()
        finally:
            session.close()
    if recorder.failure or session.ended:
        raise OvltuiError(recorder.failure or f"{session.ended}.")
    return ExitStatus.FINE


def _recorder(arguments: argparse.Namespace, session: LiveSession, publisher: Publisher, start: Start) -> Recorder:
    reduction = Reduction(arguments.only or (), tuple(arguments.netns or ()), arguments.rate or 0)

    def is_full(size: int, since: float) -> bool:
        return reduction.is_due or is_over(publisher, size, time.monotonic() - since)

    return Recorder(
        session,
        partial(PublishedPart, publisher, lambda: reduction.begins_anew),
        start,
        is_full,
        Redactor() if arguments.redact else None,
        manner=_MANNER,
        reduction=reduction if reduction.reduces else None,
    )


def _wait(
    recorder: Recorder,
    session: LiveSession,
    ended: threading.Event,
    deadline: float | None,
    complaints: Complaints,
) -> None:
    while not (ended.is_set() or recorder.failure or session.ended):
        left = _LOOK_S if deadline is None else min(_LOOK_S, deadline - time.monotonic())
        if left <= 0:
            return
        ended.wait(left)
        complaints.look()
