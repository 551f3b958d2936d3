"""A recording that is led: whoever reads it says twice a second that they are there, and asks for the time.

Source: lines on stdin, ``clock TOKEN``. Privileges: none. It ends with its reader: when stdin is at its end, or when no
line came for ``LED_PATIENCE_S``, as after a cut of the network that nobody tells. ``main`` is what runs on a machine to
which the recording part of this package was sent.
"""

import argparse
import os
import re
import select
import sys
import threading
import time
from collections.abc import Callable
from importlib import import_module

from ovltui.cli.arguments import Parser, add_common
from ovltui.cli.output import Output, standard_output
from ovltui.errors import ExitStatus, OvltuiError

LED_PATIENCE_S = 2.5
RECORDS = 200_000
"""Records that wait at most for a slow line."""
_LINE = re.compile(rb"clock (\d{1,20})")
_PIECE, _LONGEST = 4096, 256
_POLL_MS = 100
_LATE = ("ovltui.identity.client", "ovltui.identity.engines", "ovltui.session.findings", "ovltui.netns.watch")
"""Modules that threads import: several at once out of a zip are too much for Python 3.9."""
_END_S = 0.45
"""Seconds in which all is closed in order; the reader process ends by itself, whatever happens to this one."""


class Leader:
    """Hears whoever leads; a thread of its own, which ends with the process.

    Args:
        ended: set when nobody leads any more.
    """

    def __init__(self, ended: threading.Event) -> None:
        self._ended = ended
        self._asked: Callable[[int], None] = lambda _token: None
        threading.Thread(target=self._hear, name="ovltui-leader", daemon=True).start()

    def answers(self, asked: Callable[[int], None]) -> None:
        """Call ``asked``, in the leader's thread, with each token from now on."""
        self._asked = asked

    def _hear(self) -> None:
        rest, heard = b"", time.monotonic()
        poll = select.poll()
        poll.register(0, select.POLLIN)
        while time.monotonic() - heard < LED_PATIENCE_S and not self._ended.is_set():
            if not poll.poll(_POLL_MS):
                continue
            piece = os.read(0, _PIECE)
            if not piece:
                break
            *lines, rest = (rest + piece).split(b"\n")
            rest = rest[-_LONGEST:]
            for found in filter(None, map(_LINE.fullmatch, lines)):
                heard = time.monotonic()
                self._asked(int(found[1]))
        self._ended.set()
        time.sleep(_END_S)
        os._exit(ExitStatus.FINE)  # whatever waits here, waits for somebody who is gone


def main() -> int:
    """Record as ``ovltui record - --led`` does, where nothing else of ovltui is; return the exit status."""
    from ovltui.cli import record  # noqa: PLC0415  (it imports this module)

    for module in _LATE:
        import_module(module)
    parser = Parser(prog="ovltui record")
    add_common(parser, verb=False)
    record.register(parser, alone=False)
    try:
        return _recorded(parser, record.run)
    except BrokenPipeError:
        return ExitStatus.FINE
    except KeyboardInterrupt:
        return ExitStatus.INTERRUPTED
    except OvltuiError as error:
        sys.stderr.write(f"ovltui: {error}\n")
        return error.status


def _recorded(parser: Parser, run: Callable[[argparse.Namespace, Output], int]) -> int:
    arguments = parser.parse_args(["-", "--led", *sys.argv[1:]])
    return run(arguments, standard_output(arguments.color, os.environ, ascii_only=arguments.ascii))
