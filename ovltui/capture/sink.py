"""The file that a recording is written to, or a pipe.

Source: the file system. Privileges: the right to write there. A file is made for its owner alone (0600), never over one
that exists unless that is asked for, and only by one recorder at a time (flock). What was handed over is in the file
at once, and readable by itself: a full disk loses the last piece alone, which is taken away again.
"""

import errno
import fcntl
import os
import select
import stat
import zlib
from collections.abc import Sequence
from typing import Protocol

from ovltui.errors import RecordingError
from ovltui.text import clean

PIPE = "-"
"""Stands for stdout."""
_GZIP = 31
"""zlib's word for a window of 32 KiB in gzip's format."""

_AT_ONCE = 512
"""Pieces that are written at once: the kernel takes up to 1,024."""


class Into(Protocol):
    """Where a recording goes; one thread writes."""

    path: str
    name: str
    """Clean text."""
    size: int
    """Bytes so far."""

    def write(self, data: bytes, /) -> None:
        """Take whole blocks; they are there after ``flush``."""

    def flush(self) -> None:
        """Hand on what was taken; errors as of ``Sink``."""

    def close(self) -> None:
        """Hand on the rest, and end; a second call does nothing."""


class Sink:
    """A file or a pipe; one thread writes.

    Args:
        path: of the file, ``-`` for stdout.
        force: write over a file that exists.
        gzip: compress.

    Raises:
        RecordingError: it cannot be made.
    """

    def __init__(self, path: str, *, force: bool = False, gzip: bool = False) -> None:
        self.path = path
        self.name = "stdout" if path == PIPE else clean(path)
        self.size = 0
        """Bytes in the file."""
        self._packer = zlib.compressobj(zlib.Z_BEST_SPEED, zlib.DEFLATED, _GZIP) if gzip else None
        self._pending: list[bytes] = []
        self._fd = os.dup(1) if path == PIPE else self._open(force=force)
        self._is_file = stat.S_ISREG(os.fstat(self._fd).st_mode) and path != PIPE

    def write(self, data: bytes) -> None:
        """Take bytes; they are in the file after ``flush``."""
        self._pending.append(data)

    def flush(self) -> None:
        """Write what was taken, so that it can be read whatever happens then.

        Raises:
            RecordingError: there is no room.
            BrokenPipeError: the other end of the pipe is closed.
        """
        if not self._is_file:
            self._look_for_reader()
        if self._pending:
            pieces, self._pending = self._pending, []
            if self._packer:
                pieces = [*map(self._packer.compress, pieces), self._packer.flush(zlib.Z_SYNC_FLUSH)]
            self._put(pieces)

    def close(self) -> None:
        """Write the rest and close; a second call does nothing. Errors as in ``flush``."""
        if self._fd < 0:
            return
        try:
            self.flush()
            if self._packer:
                self._put([self._packer.flush(zlib.Z_FINISH)])
            if self._is_file:
                os.fsync(self._fd)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise RecordingError(f"{self.name} cannot be written ({error.strerror}).") from error
        finally:
            os.close(self._fd)
            self._fd = -1

    def _open(self, *, force: bool) -> int:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | (0 if force else os.O_EXCL)
        try:
            fd = os.open(self.path, flags, 0o600)
        except FileExistsError as error:
            raise RecordingError(f"{self.name} exists already; --force writes over it.") from error
        except OSError as error:
            raise RecordingError(f"{self.name} cannot be made ({error.strerror}).") from error
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if stat.S_ISREG(os.fstat(fd).st_mode):
                os.fchmod(fd, 0o600)
                os.ftruncate(fd, 0)
        except BlockingIOError as error:
            os.close(fd)
            raise RecordingError(f"{self.name} is being written by another recorder.") from error
        return fd

    def _look_for_reader(self) -> None:
        poll = select.poll()
        poll.register(self._fd, 0)
        if any(events & (select.POLLERR | select.POLLHUP) for _, events in poll.poll(0)):
            raise BrokenPipeError(errno.EPIPE, "nobody reads it any more")

    def _put(self, pieces: Sequence[bytes]) -> None:
        done = 0
        try:
            for start in range(0, len(pieces), _AT_ONCE):
                done += self._write_out(pieces[start : start + _AT_ONCE])
        except BrokenPipeError:
            raise
        except OSError as error:
            if self._is_file:
                os.ftruncate(self._fd, self.size)  # a torn piece would only look like damage
            raise RecordingError(f"{self.name} cannot be written any more ({_says(error)}).") from error
        self.size += done

    def _write_out(self, pieces: Sequence[bytes]) -> int:
        """Write pieces to their end, uncopied where the kernel takes them all at once; return their bytes."""
        total, done = sum(map(len, pieces)), os.writev(self._fd, pieces)
        if done < total:
            with memoryview(b"".join(pieces)) as whole:
                while done < total:
                    done += os.write(self._fd, whole[done:])
        return total


def _says(error: OSError) -> str:
    return "the disk is full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else error.strerror or str(error)
