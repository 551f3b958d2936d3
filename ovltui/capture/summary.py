"""What a list of recordings says of a file, without reading all of it.

Source: the head of the file and the index at its end. Privileges: the right to read it. Incomplete: of a file that was
not closed, that is compressed, or that another tool made, the end and the number of records are not known.
"""

import fcntl
import os
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from ovltui.capture.decode import Decoder
from ovltui.capture.index import index_at_end
from ovltui.capture.kinds import GZIP
from ovltui.capture.notes import NoteKind
from ovltui.errors import RecordingError
from ovltui.text import clean

_HEAD = 1 << 16


class Ending(StrEnum):
    """How a recording ended."""

    CLOSED = "closed"
    WRITTEN = "being written"
    TORN = "not closed"
    PACKED = "compressed"
    FOREIGN = "of another tool"


@dataclass(frozen=True, slots=True)
class Summary:
    """One file."""

    path: str
    """As it is opened; not to be shown."""
    name: str
    """Without its directory, clean text."""
    size: int
    """Bytes."""
    changed_ns: int
    """When it was last written to, in nanoseconds since the epoch."""
    host: str = ""
    ending: Ending | None = None
    """None where it is no recording."""
    says: str = ""
    """Why it cannot be played, a sentence."""
    start_ns: int | None = None
    end_ns: int | None = None
    records: int | None = None


def summary(path: str) -> Summary:
    """Return what there is to say of a file.

    Raises:
        OSError: it cannot be looked at.
    """
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        found = os.fstat(fd)
        head = os.pread(fd, _HEAD, 0)
        one = Summary(path, clean(Path(path).name), found.st_size, found.st_mtime_ns)
        return _with_head(one, head, fd)
    finally:
        os.close(fd)


def _with_head(one: Summary, head: bytes, fd: int) -> Summary:
    if head.startswith(GZIP):
        return replace(one, ending=Ending.PACKED)
    decoder = Decoder(one.name)
    try:
        first = next(decoder.items(iter((head,))), None)
    except RecordingError as error:
        return replace(one, says=str(error))
    if decoder.start is None:
        return replace(one, ending=Ending.FOREIGN) if first else replace(one, says=f"{one.name} is empty.")
    one = replace(one, host=decoder.start.host)
    index = index_at_end(lambda offset, size: os.pread(fd, size, offset), one.size)
    if index is None:
        return replace(one, ending=Ending.WRITTEN if _is_locked(fd) else Ending.TORN)
    times = [place.time_ns for place in index.notes if place.kind is not NoteKind.START]
    records = sum(chunk.count for chunk in index.chunks)
    start_ns, end_ns = min(times, default=None), max(times, default=None)
    return replace(one, ending=Ending.CLOSED, records=records, start_ns=start_ns, end_ns=end_ns)


def _is_locked(fd: int) -> bool:
    """Return whether a recorder writes it at this moment."""
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(fd, fcntl.LOCK_UN)
    return False
