"""A connection ends with its process, with silence, and with us."""

import sys
import threading
import time

import psutil
import pytest

from ovltui.remote import line
from ovltui.remote.line import CLOSED, Line

MAGIC = b"\n\r\r\n"
_LED = """import os, sys
left = b""
put(b"\\n\\r\\r\\n")
while True:
    piece = os.read(0, 100)
    if not piece:
        break
    put(piece)
"""


def python(work: str, **settings: object) -> Line:
    """Return a connection to a process that does ``work``; ``put`` writes bytes."""
    code = f"import os, sys, time\nput = lambda data: os.write(1, data)\n{work}"
    return Line([sys.executable, "-S", "-c", code], **settings)  # type: ignore[arg-type]


def test_what_the_process_writes_comes_whole_and_its_last_words_tell_why_it_ended() -> None:
    one = python("put(b'\\n\\r\\r\\n' + b'x' * 300000); sys.stderr.write('first\\n\\x1b[31mlast\\n'); sys.exit(3)")
    assert b"".join(one.pieces()) == MAGIC + b"x" * 300_000
    assert one.ended == r"it ended: \x1b[31mlast"


def test_a_process_that_says_nothing_at_its_end_is_told_by_its_status() -> None:
    one = python("sys.exit(7)")
    assert list(one.pieces()) == []
    assert one.ended == "it ended with status 7, and said nothing."


def test_the_greeting_comes_first_and_a_clock_line_follows_each_half_second() -> None:
    began_ns, heard = time.time_ns(), b""
    one = python(_LED, greeting=b"secret\n" + b"z" * 200_000)
    for piece in one.pieces():
        heard += piece
        if heard.count(b"clock") >= 3 and heard.endswith(b"\n"):
            break
    one.close()
    assert one.ended == CLOSED
    assert heard.startswith(MAGIC + b"secret\n" + b"z" * 200_000 + b"clock ")
    tokens = [int(word) for word in heard.split() if word.isdigit()]
    assert began_ns <= tokens[0] < tokens[1] < tokens[2] <= time.time_ns()
    assert tokens[1] - tokens[0] > 0.3e9


def test_what_a_login_prints_before_the_recording_is_passed_over() -> None:
    one = python("put(b'Welcome!\\n\\r'); time.sleep(0.1); put(b'more\\n\\n\\r'); time.sleep(0.1); put(b'\\r\\nrest')")
    assert b"".join(one.pieces()) == MAGIC + b"rest"


def test_a_login_that_prints_without_end_is_no_recording() -> None:
    one = python("while True: put(b'y\\n' * 1000)")
    assert list(one.pieces()) == []
    assert one.ended == "what comes is no recording: does its login print something without end?"


def test_silence_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "SILENCE_S", 0.3)
    one = python("put(b'\\n\\r\\r\\nhalf a blo'); time.sleep(60)")
    process = psutil.Process(one._process.pid)
    assert b"".join(one.pieces()) == MAGIC + b"half a blo"
    assert one.silent
    assert one.ended == "nothing came for 0 s: the line is cut, or the machine hangs."
    assert not process.is_running()


def test_it_is_closed_from_another_thread_and_a_stubborn_process_is_killed() -> None:
    one = python("import signal; signal.signal(15, signal.SIG_IGN); put(b'\\n\\r\\r\\n')\nwhile True: time.sleep(9)")
    pieces = one.pieces()
    assert next(pieces) == MAGIC
    closer = threading.Thread(target=one.close)
    closer.start()
    assert list(pieces) == []
    closer.join(10)
    one.close()
    assert one.ended == CLOSED
    assert one._process.returncode == -9


def test_a_process_that_reads_nothing_does_not_hold_up_the_end() -> None:
    one = python("put(b'\\n\\r\\r\\n'); time.sleep(60)", greeting=b"z" * 10_000_000)
    assert next(one.pieces()) == MAGIC
    began = time.monotonic()
    one.close()
    assert time.monotonic() - began < 3


def test_nobody_reads_it_and_it_ends_without_leaving_anything_open() -> None:
    one = python("time.sleep(60)")
    one.close()
    assert list(one.pieces()) == []
    assert one._stdout.closed
