"""The detail view of one record: every attribute, its bytes, and what it means in a sentence.

Source: pyroute2's decoders (imported when first needed, a tenth of a second) for the message types that they
know; for the others, and for messages on which they fail, the bare attributes. Privileges: none. Incomplete:
where pyroute2 does not know an attribute it is shown as bytes under its number.
"""

import logging
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ovltui.events.attributes import each
from ovltui.events.decode import decode
from ovltui.events.gap import notice_of, unpack_gap
from ovltui.events.meaning import meaning
from ovltui.events.record import Kind, Record
from ovltui.events.vocabulary import Object
from ovltui.kernel.wire import NLA_TYPE_MASK, NLMSG_HEADER, Rtm, attributes
from ovltui.text import clean

__all__ = ["Row", "hexdump", "meaning", "tree"]

Row = tuple[int, str, str]
"""Depth from 0, name, value; all clean text."""

_CHOKES = (
    ArithmeticError,
    AttributeError,
    LookupError,
    NotImplementedError,
    TypeError,
    ValueError,
    struct.error,
)
"""What pyroute2's decoders raise on bytes that they do not expect."""
_DEEPEST = 12
_ROUTE_ATTRIBUTES, _RTA_MULTIPATH, _RTA_ENCAP = 28, 9, 22
_PRINTABLE = range(0x20, 0x7F)
_NSIDS = frozenset(("IFLA_LINK_NETNSID", "IFLA_NEW_NETNSID", "NETNSA_NSID", "NDA_LINK_NETNSID"))
"""Signed numbers that pyroute2 reads as unsigned ones."""
_BODY_LENGTHS = {
    **dict.fromkeys((Rtm.NEWNETCONF, Rtm.DELNETCONF, Rtm.NEWNSID, Rtm.DELNSID), 4),
    **dict.fromkeys((Rtm.NEWLINK, Rtm.DELLINK), 16),
    **dict.fromkeys((Rtm.NEWROUTE, Rtm.DELROUTE, Rtm.NEWNEIGH, Rtm.DELNEIGH, Rtm.GETNEIGH), 12),
    **dict.fromkeys((Rtm.NEWRULE, Rtm.DELRULE, Rtm.NEWPREFIX, Rtm.NEWSTATS), 12),
}
_USUAL_BODY_LENGTH = 8
"""Of ifaddrmsg, nhmsg, br_port_msg, br_vlan_msg and tunnel_msg."""


def tree(record: Record) -> list[Row]:
    """Return a record as rows of a tree, in the kernel's or Docker's names and order; never raises."""
    if record.kind is Kind.GAP:
        lost, span_ns = unpack_gap(record.raw)
        notice = notice_of(record.raw)
        told = [(0, "host", notice.host), (0, "says", notice.says)] if notice else []
        return [(0, "lost", _number(lost)), (0, "span_ns", _number(span_ns)), *told]
    if record.kind is Kind.DOCKER:
        return _docker(record)
    if len(record.raw) < NLMSG_HEADER.size:
        return [(0, "bytes", record.raw.hex(" "))]
    body = _body(record.raw) if _readable(record) else _bare(record.raw)
    return [*_header(record.raw), *body]


def _docker(record: Record) -> list[Row]:
    event = decode(record)
    if event.object is Object.UNKNOWN:
        return [(0, "bytes", record.raw.hex(" "))]
    texts = [(0, name, value) for name, value in event.fields.items() if isinstance(value, str)]
    attributes = event.fields["attributes"].items()
    return [*texts, (0, "attributes", ""), *((1, name, value) for name, value in attributes)]


def _number(number: int | None) -> str:
    return "unknown" if number is None else str(number)


def _header(raw: bytes) -> Iterator[Row]:
    length, rtm_type, flags, seq, pid = NLMSG_HEADER.unpack_from(raw)
    known = Rtm(rtm_type).name if rtm_type in set(Rtm) else None
    yield 0, "nlmsghdr", f"RTM_{known}" if known else f"type {rtm_type}"
    for name, value in (
        ("len", length),
        ("type", rtm_type),
        ("flags", hex(flags)),
        ("seq", seq),
        ("pid", pid),
    ):
        yield 1, f"nlmsg_{name}", str(value)


def _readable(record: Record) -> bool:
    """Return whether pyroute2 can be trusted with a message.

    Its decoder of RTA_ENCAP searches for RTA_ENCAP_TYPE without looking at lengths and may never come back;
    and it makes something up of messages that break off.
    """
    event = decode(record)
    if event.object is Object.UNKNOWN:
        return False
    if event.object not in (Object.ROUTE, Object.MROUTE):
        return True
    hops = b"".join(each(record.raw, _ROUTE_ATTRIBUTES, _RTA_MULTIPATH))
    return _RTA_ENCAP not in hops and not any(True for _ in each(record.raw, _ROUTE_ATTRIBUTES, _RTA_ENCAP))


def _body(raw: bytes) -> list[Row]:
    # The package is imported here, since the rest of the room must start without it.
    from pyroute2.netlink.exceptions import NetlinkError  # noqa: PLC0415
    from pyroute2.netlink.rtnl.marshal import MarshalRtnl  # noqa: PLC0415

    marshal = MarshalRtnl()
    if NLMSG_HEADER.unpack_from(raw)[1] not in marshal.msg_map:
        return _bare(raw)
    try:
        with _silence():
            return [row for message in marshal.parse(raw) for row in _fields(0, message)]
    except (*_CHOKES, NetlinkError):
        return _bare(raw)


@contextmanager
def _silence() -> Iterator[None]:
    # pyroute2 logs what it cannot read through the root logger, which without a handler of its own would be
    # given one that writes to stderr, where the screen is.
    root, handler = logging.getLogger(), logging.NullHandler()
    before = root.manager.disable
    root.addHandler(handler)
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)
        root.removeHandler(handler)


def _fields(depth: int, message: Any) -> Iterator[Row]:
    declared = {field[0] for field in getattr(message, "fields", ())} if depth == 0 else set()
    for name, value in message.items():
        # At the top, only what the kernel's struct has: pyroute2 adds findings of its own, and padding.
        if depth == 0 and (name not in declared or name.startswith("__")):
            continue
        if name not in ("attrs", "header", "event", "value"):
            yield from _rows(depth, str(name), value)
    for attribute in message.get("attrs", ()):
        yield from _rows(depth, *_named(attribute))


def _named(attribute: Any) -> tuple[str, Any]:
    name, value = attribute[0], attribute[1]
    if name == "UNKNOWN" and hasattr(value, "data"):
        header = value["header"]
        start = value.offset + 4
        return f"attribute {header['type'] & NLA_TYPE_MASK}", bytes(value.data[start : value.offset + header["length"]])
    if name in _NSIDS and isinstance(value, int) and value >= 1 << 31:
        return name, value - (1 << 32)
    return name, value


def _rows(depth: int, name: str, value: Any) -> Iterator[Row]:
    if depth >= _DEEPEST:
        yield depth, clean(name), "…"
    elif isinstance(value, dict):
        yield depth, clean(name), ""
        yield from _fields(depth + 1, value)
    elif isinstance(value, (list, tuple)) and any(isinstance(item, (dict, list, tuple)) for item in value):
        yield depth, clean(name), ""
        for index, item in enumerate(value):
            yield from _rows(depth + 1, str(index), item)
    else:
        shown = value.hex(" ") if isinstance(value, (bytes, bytearray)) else str(value)
        yield depth, clean(name), clean(shown)


def _bare(raw: bytes) -> list[Row]:
    rtm_type = NLMSG_HEADER.unpack_from(raw)[1]
    start = NLMSG_HEADER.size + _BODY_LENGTHS.get(rtm_type, _USUAL_BODY_LENGTH)
    rows = [(0, "header", raw[NLMSG_HEADER.size : start].hex(" "))]
    rows += [(0, f"attribute {kind}", payload.hex(" ")) for kind, payload in attributes(raw, start)]
    return rows


def hexdump(raw: bytes) -> list[str]:
    """Return bytes as lines of an offset, sixteen pairs and the printable ASCII characters."""
    return [
        f"{start:04x}  {raw[start : start + 16].hex(' '):<47}  {_printable(raw[start : start + 16])}"
        for start in range(0, len(raw), 16)
    ]


def _printable(raw: bytes) -> str:
    return "".join(chr(byte) if byte in _PRINTABLE else "." for byte in raw)
