"""The file that a recording is read from: plain or compressed by gzip, also one that is still being written.

Source: the file system, or stdin. Privileges: the right to read it. Incomplete: of compression that breaks off, all
before is there, and ``torn`` says so. A compressed file, and stdin, are unpacked into a file without a name in the
temporary directory where somebody wants to jump about in them.
"""

import os
import stat
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO

from ovltui.capture.kinds import GZIP
from ovltui.errors import RecordingError
from ovltui.text import clean

PIPE = "-"
Told = Callable[[int, int], None]
"""Takes in how many bytes were read, and of how many; 0 where that is not known."""
_PIECE = 1 << 20
_GZIP = 31


class Source:
    """A file that is open; close it.

    Args:
        path: of the file, ``-`` for stdin.
        told: is told how far it was read.

    Raises:
        RecordingError: it cannot be read.
    """

    def __init__(self, path: str, told: Told | None = None) -> None:
        self._told = told
        self.name = "stdin" if path == PIPE else clean(path)
        self.torn = ""
        """Why its compression ended early, a sentence."""
        try:
            self._fd = os.dup(sys.stdin.fileno()) if path == PIPE else os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            self._regular = stat.S_ISREG(os.fstat(self._fd).st_mode)
            self._head = os.read(self._fd, _PIECE)
        except OSError as error:
            raise RecordingError(f"{self.name} cannot be read ({error.strerror}).") from error
        self._unpacked: IO[bytes] | None = None

    @property
    def head(self) -> bytes:
        """The first bytes of what is in it, unpacked."""
        if not self._head.startswith(GZIP):
            return self._head
        try:
            return zlib.decompressobj(_GZIP).decompress(self._head, _PIECE)
        except zlib.error:
            return self._head

    def pieces(self) -> Iterator[bytes]:
        """Yield all that is in it, once."""
        yield from self._inflated() if self._head.startswith(GZIP) else self._raw()

    def _raw(self) -> Iterator[bytes]:
        piece, done, size = self._head, 0, os.fstat(self._fd).st_size
        while piece:
            yield piece
            done += len(piece)
            if self._told:
                self._told(done, size)
            try:
                piece = os.read(self._fd, _PIECE)
            except OSError as error:
                raise RecordingError(f"{self.name} cannot be read ({error.strerror}).") from error

    def _inflated(self) -> Iterator[bytes]:
        unpacker, begun = zlib.decompressobj(_GZIP), False
        for piece in self._raw():
            rest = piece
            while rest:
                begun = True
                try:
                    found = unpacker.decompress(rest, _PIECE)
                except zlib.error:
                    self.torn = f"{self.name}: its compression is damaged, what follows is not read"
                    return
                rest = unpacker.unconsumed_tail
                if found:
                    yield found
                if unpacker.eof:
                    rest, unpacker, begun = unpacker.unused_data, zlib.decompressobj(_GZIP), False
        if begun:
            self.torn = f"{self.name} breaks off: it was not closed"

    def seekable(self) -> None:
        """Have ``pread`` and ``size`` work."""
        if not self._unpacked and (self._head.startswith(GZIP) or not self._regular):
            self._unpacked = tempfile.TemporaryFile(prefix="ovltui-")  # noqa: SIM115  (closed with this)
            for piece in self.pieces():
                self._unpacked.write(piece)
            self._unpacked.flush()

    @property
    def size(self) -> int:
        """Its bytes, unpacked."""
        return os.fstat(self._unpacked.fileno() if self._unpacked else self._fd).st_size

    def pread(self, offset: int, length: int) -> bytes:
        """Return bytes of it, fewer at its end."""
        fd = self._unpacked.fileno() if self._unpacked else self._fd
        if self._told:
            self._told(offset, self.size)
        return os.pread(fd, length, offset) if offset >= 0 and length > 0 else b""

    def close(self) -> None:
        """Close it."""
        os.close(self._fd)
        if self._unpacked:
            self._unpacked.close()
