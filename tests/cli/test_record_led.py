"""``ovltui record - --led``: it answers, and it ends with whoever reads it."""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from ovltui.capture.decode import Decoder, Item
from ovltui.capture.inputs import Clock
from ovltui.capture.notes import Note, NoteKind
from ovltui.capture.values import decoded
from ovltui.cli.led import LED_PATIENCE_S
from ovltui.remote.here import SPEAKS
from tests.cli.command import OVLTUI, environment, ovltui, reader_of

pytestmark = pytest.mark.needs_root
ENDS_S = 3.0
"""Seconds within which it ends, whatever happens."""
BUSY_S = 2.0
"""Beyond that, on a machine that does much else."""


@contextmanager
def led() -> Iterator[subprocess.Popen[bytes]]:
    """Start a recording that is led; kill it at the end."""
    process = subprocess.Popen(
        [*OVLTUI, "record", "-", "--led", "--no-docker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        cwd="/",
        env=environment(),
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def say(process: subprocess.Popen[bytes], token: int) -> None:
    assert process.stdin
    process.stdin.write(b"clock %d\n" % token)


def items(process: subprocess.Popen[bytes]) -> Iterator[Item]:
    assert process.stdout
    fd = process.stdout.fileno()
    return Decoder("it").items(iter(lambda: os.read(fd, 1 << 16), b""))


def until_it_begins(process: subprocess.Popen[bytes]) -> tuple[Iterator[Item], str]:
    """Read up to the key frame; return what follows, and the pid of the reader process."""
    say(process, 1)
    found = items(process)
    assert any(isinstance(item, Note) and item.kind is NoteKind.STATE for item in found)
    say(process, 2)
    return found, reader_of(process.pid)


def gone_after(process: subprocess.Popen[bytes], reader: str, began: float) -> float:
    """Wait until both processes have ended; return when, in seconds after ``began``."""
    process.wait(30)
    while os.path.exists(f"/proc/{reader}"):
        time.sleep(0.01)
    return time.monotonic() - began


def test_a_line_is_answered_with_its_token_and_the_time() -> None:
    with led() as process:
        found, _ = until_it_begins(process)
        before = time.time_ns()
        say(process, before)
        notes = (item for item in found if isinstance(item, Note) and item.kind is NoteKind.CLOCK)
        clock = next(clock for note in notes if (clock := decoded(Clock, note.value)).token == before)
        assert before <= clock.time_ns <= time.time_ns()


def test_it_ends_when_its_stdin_does() -> None:
    with led() as process:
        _, reader = until_it_begins(process)
        assert process.stdin
        began = time.monotonic()
        process.stdin.close()
        assert gone_after(process, reader, began) < ENDS_S
        assert process.returncode == 0


def test_it_ends_when_no_line_comes_any_more() -> None:
    with led() as process:
        found, reader = until_it_begins(process)
        began = time.monotonic()
        drained = threading.Thread(target=list, args=(found,))
        drained.start()
        assert LED_PATIENCE_S - 0.5 < gone_after(process, reader, began) < ENDS_S + BUSY_S
        drained.join(10)


def test_it_ends_although_nobody_takes_what_it_writes() -> None:
    with led() as process:
        assert process.stdin
        assert process.stdout
        say(process, 1)
        assert os.read(process.stdout.fileno(), 12)
        deadline = time.monotonic() + 20
        while _waits_in_pipe(process.pid, lambda: say(process, 1)) and time.monotonic() < deadline:
            pass
        reader = reader_of(process.pid)
        began = time.monotonic()
        process.stdin.close()
        assert gone_after(process, reader, began) < ENDS_S


def _waits_in_pipe(pid: int, lead: Callable[[], None]) -> bool:
    """Lead it on for a while; return whether there is a reader process yet to be waited for."""
    for _ in range(400):
        lead()
    time.sleep(0.1)
    return not reader_of(pid)


def test_what_it_speaks_is_printed() -> None:
    assert ovltui("record", "--speaks").out == f"{SPEAKS}\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("a.pcapng", "--led"), "--led goes with - only"),
        (("-", "--led", "--gzip"), "--led and --gzip do not go together"),
        (("-", "--led", "--rtmon"), "--rtmon and --led do not go together"),
        ((), "record into which FILE?"),
    ],
)
def test_words_that_contradict_each_other_are_refused(words: tuple[str, ...], says: str) -> None:
    ended = ovltui("record", *words)
    assert ended.status == 2
    assert says in ended.err
