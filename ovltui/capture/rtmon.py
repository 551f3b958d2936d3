"""The format of rtmon: the netlink messages of one namespace, each behind a stamp of when it came.

Source: iproute2's ``rtmon`` writes it, ``ip monitor file`` prints it. Pure. Incomplete: it has room for messages alone,
neither for the names of namespaces nor for what was lost; times are in microseconds.
"""

import struct
from collections.abc import Iterable, Iterator

from ovltui.events.record import OWN_NSID, Kind, Record
from ovltui.kernel.wire import NLMSG_HEADER

_STAMP = struct.Struct("=IHHIIII")
"""nlmsghdr, seconds, microseconds."""
_TSTAMP = 15
"""NLMSG_TSTAMP: its nlmsg_type."""
_MAX = 1 << 24
"""Bytes of a message that are believed."""
_NANO, _MICRO = 10**9, 1000


def entry(time_ns: int, raw: bytes) -> bytes:
    """Return a message as it stands in the file, with its stamp."""
    seconds, rest = divmod(time_ns, _NANO)
    stamp = _STAMP.pack(_STAMP.size, _TSTAMP, 0, 0, 0, seconds & 0xFFFFFFFF, rest // _MICRO)
    return stamp + raw + bytes(-len(raw) & 3)


def is_rtmon(head: bytes) -> bool:
    """Return whether a file that begins with ``head`` is of this format."""
    return len(head) >= NLMSG_HEADER.size and NLMSG_HEADER.unpack_from(head)[:2] == (_STAMP.size, _TSTAMP)


def records(pieces: Iterable[bytes], missing: list[str], name: str) -> Iterator[Record]:
    """Yield the messages of a file, all of our own namespace.

    Args:
        pieces: its bytes, cut anywhere.
        missing: gets a sentence where the file breaks off or is damaged.
        name: of the file, for that sentence.
    """
    data, start, offset, time_ns, seq = b"", 0, 0, 0, 0
    for piece in pieces:
        offset += start
        data, start = data[start:] + piece, 0
        while (size := _size(data, start)) > 0:
            raw = data[start : start + size]
            start += size + (-size & 3)
            if int.from_bytes(raw[4:6], "little") == _TSTAMP:
                time_ns = _time_of(raw)
                continue
            yield Record(seq, time_ns, OWN_NSID, Kind.MESSAGE, raw)
            seq += 1
        if size < 0:
            missing.append(f"{name} is damaged at byte {offset + start}: what follows is not read")
            return
    if start < len(data):
        missing.append(f"{name} breaks off at byte {offset + start}")


def _size(data: bytes, start: int) -> int:
    """Return the length of the message that begins at ``start``: 0 where it is not all there, -1 where it is none."""
    if start + NLMSG_HEADER.size > len(data):
        return 0
    length = int(NLMSG_HEADER.unpack_from(data, start)[0])
    if not NLMSG_HEADER.size <= length <= _MAX:
        return -1
    return length if start + length + (-length & 3) <= len(data) else 0


def _time_of(raw: bytes) -> int:
    if len(raw) < _STAMP.size:
        return 0
    seconds, micros = _STAMP.unpack_from(raw)[5:]
    return int(seconds * _NANO + micros * _MICRO)
