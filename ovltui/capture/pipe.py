"""A pipe that a recording is written to, whose reader may stop to read for good.

Source: stdout. Privileges: none. A write that would wait is not begun: whoever ends the recording need not wait for a
reader that sleeps, or for a line that is cut. What was not written by then is lost.
"""

import errno
import os
import select
import threading
from collections.abc import Sequence

from ovltui.capture.sink import PIPE, Sink

_POLL_MS = 100


class Pipe(Sink):
    """Stdout; one thread writes.

    Args:
        ended: set when nobody needs the rest.
    """

    def __init__(self, ended: threading.Event) -> None:
        super().__init__(PIPE)
        self._ended = ended

    def _write_out(self, pieces: Sequence[bytes]) -> int:
        whole = b"".join(pieces)
        with memoryview(whole) as rest:
            done = 0
            while done < len(whole):
                self._await_room()
                # The kernel takes as much as PIPE_BUF without waiting where a poll says that there is room.
                done += os.write(self._fd, rest[done : done + select.PIPE_BUF])
        return done

    def _await_room(self) -> None:
        poll = select.poll()
        poll.register(self._fd, select.POLLOUT)
        while not poll.poll(_POLL_MS):
            if self._ended.is_set():
                raise BrokenPipeError(errno.EPIPE, "nobody reads it any more")
