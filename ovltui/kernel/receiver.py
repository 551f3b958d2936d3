"""The near end of the reader process: start it, read its frames, end it.

Source: ``ovltui.kernel.reader``, which says what it needs and misses. Privileges: those of the caller are inherited.
Incomplete: when the reader dies, ``read`` returns nothing more; its last words say why.
"""

import contextlib
import fcntl
import os
import subprocess

from ovltui.kernel.reader import BACKLOG, RECEIVE_BUFFER
from ovltui.kernel.relaunch import module_command

_PIPE_BYTES = 1 << 20
_F_SETPIPE_SZ = 1031
_READ_BYTES = 1 << 20
_PATIENCE_S = 2.0


class Receiver:
    """A running reader process; one thread calls ``read``, any thread may call ``close``.

    Args:
        receive_buffer: bytes of the reader's receive buffer.
        backlog: bytes of frames that the reader keeps while nobody reads.
    """

    def __init__(self, receive_buffer: int = RECEIVE_BUFFER, backlog: int = BACKLOG) -> None:
        near, far = os.pipe()
        # An ordinary user's pipe allowance may be used up: 64 KiB do as well.
        with contextlib.suppress(PermissionError):
            fcntl.fcntl(near, _F_SETPIPE_SZ, _PIPE_BYTES)
        self._near = near
        self._process = subprocess.Popen(
            module_command("ovltui.kernel.reader", str(far), str(receive_buffer), str(backlog), bare=True),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=(far,),
            start_new_session=True,
        )
        os.close(far)

    @property
    def pid(self) -> int:
        """Process id of the reader."""
        return self._process.pid

    def read(self) -> bytes:
        """Wait for frames and return some, cut anywhere; empty once the reader has ended."""
        return os.read(self._near, _READ_BYTES)

    def last_words(self) -> str:
        """Return the last line that the reader wrote to stderr; wait for its end."""
        _, stderr = self._process.communicate()
        lines = stderr.decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else f"exit status {self._process.returncode}"

    def close(self) -> None:
        """End the reader; a ``read`` under way in another thread returns nothing."""
        self._process.kill()
        self._process.wait(_PATIENCE_S)

    def release(self) -> None:
        """Close the pipe, after the last ``read``."""
        os.close(self._near)
        if self._process.stderr:
            self._process.stderr.close()
