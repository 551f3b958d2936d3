"""A recording as lines of JSON, and back: the lines of ``watch --json``, each message with its bytes in ``raw``.

Source: ``events.tojson``. Pure. Incomplete: lines have the records and the names of their namespaces, but not what was
there before the first one. A message whose line has no ``raw`` cannot be had back, and is refused.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from ovltui.capture.index import Interface
from ovltui.errors import RecordingError
from ovltui.events.decode_docker import pack_docker
from ovltui.events.gap import UNKNOWN_COUNT, Notice, pack_gap
from ovltui.events.names import Names
from ovltui.events.record import MESSAGES, OWN_NSID, Kind, Record
from ovltui.events.tojson import as_json
from ovltui.events.vocabulary import Object
from ovltui.text import clean

_NANO = 10**9
_LONGEST = 16 << 20
"""Bytes of a line that are believed."""


def with_raw(record: Record, names: Names) -> dict[str, Any]:
    """Return a record as ``watch --json`` prints it, with its bytes where they are a message."""
    found = as_json(record, names)
    return {**found, "raw": record.raw.hex()} if record.kind in MESSAGES else found


def is_lines(head: bytes) -> bool:
    """Return whether a file that begins with ``head`` may be lines of JSON."""
    return head.lstrip()[:1] == b"{"


def items(pieces: Iterable[bytes], name: str) -> Iterator[Interface | Record]:
    """Yield what lines say; each namespace before its first record.

    Raises:
        RecordingError: a line says no record.
    """
    known: dict[int, str] = {}
    for number, text in enumerate(_lines(pieces, name), 1):
        if not text.strip():
            continue
        try:
            value = json.loads(text)
            record = _record(value, number - 1)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError) as error:
            raise RecordingError(f"{name}: line {number} is no event of ovltui watch --json.") from error
        if record is None:
            raise RecordingError(f"{name}: line {number} has no raw: only watch --json --raw prints lines to convert.")
        netns = value.get("netns")
        if record.kind in MESSAGES and isinstance(netns, str) and known.get(record.nsid) != netns:
            known[record.nsid] = netns
            yield Interface(record.nsid, clean(netns))
        yield record


def _lines(pieces: Iterable[bytes], name: str) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
        if len(rest) > _LONGEST:
            raise RecordingError(f"{name} is no recording: it has a line without an end.")
    yield rest


def _record(value: dict[str, Any], seq: int) -> Record | None:
    """Return what a line says; None where its bytes are missing."""
    time_ns = _time_ns(value["time"])
    of = _WORDLESS.get(value["object"])
    if of:
        kind, raw = of
        return Record(seq, time_ns, OWN_NSID, kind, raw(value))
    if "raw" not in value:
        return None
    nsid = OWN_NSID if value["nsid"] is None else int(value["nsid"])
    if not OWN_NSID <= nsid < 1 << 31:
        raise ValueError("no nsid")
    kind = Kind.RESYNC if value.get("resync") is True else Kind.MESSAGE
    return Record(seq, time_ns, nsid, kind, bytes.fromhex(value["raw"]))


def _time_ns(text: str) -> int:
    whole, _, rest = text.removesuffix("Z").partition(".")
    seconds = datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
    return int(seconds.timestamp()) * _NANO + int(rest.ljust(9, "0")[:9] or 0)


def _docker(value: dict[str, Any]) -> bytes:
    texts = {key: clean(value[key]) for key in ("engine", "type", "event", "id", "name")}
    attributes = {clean(key): clean(inner) for key, inner in value["attributes"].items()}
    return pack_docker(
        texts["engine"],
        texts["type"],
        texts["event"],
        subject=texts["id"],
        name=texts["name"],
        attributes=attributes,
    )


def _gap(value: dict[str, Any]) -> bytes:
    lost, host = value["lost"], value.get("host")
    return pack_gap(
        UNKNOWN_COUNT if lost is None else min(int(lost), UNKNOWN_COUNT),
        int(value["span_ns"] or 0) & (1 << 64) - 1,
        None if host is None else Notice(clean(str(host)), clean(str(value.get("says", "")))),
    )


_WORDLESS: dict[str, tuple[Kind, Callable[[dict[str, Any]], bytes]]] = {
    Object.DOCKER: (Kind.DOCKER, _docker),
    Object.GAP: (Kind.GAP, _gap),
}
