"""Redacting: the same recording with other addresses, MACs, names and labels, so that it can be shown to others.

Pure but for the key of ``pseudonyms``. Netlink messages are built anew by ``redact_tables``: what stands in no table is
left out. Of notes every text is replaced, except the words that the kernel, Docker and ovltui themselves use.
Numbers stay: times, indexes, VNIs, process ids, VLANs, ports.
"""

import json
import re
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from ipaddress import ip_address
from typing import Any

from ovltui.capture.index import Interface
from ovltui.capture.inputs import joined, parted
from ovltui.capture.notes import Note
from ovltui.capture.pseudonyms import Pseudonyms
from ovltui.capture.redact_tables import FORMS, HOP, KINDS, SLAVE_KINDS, Act, Nest, Rules
from ovltui.capture.words import KEPT_FIELDS, SENTENCES, WORDS
from ovltui.events.gap import UNKNOWN_COUNT, notice_of, pack_gap, unpack_gap
from ovltui.events.record import MESSAGES, Kind, Record
from ovltui.kernel.wire import ATTRIBUTE_HEADER, NLA_TYPE_MASK, NLMSG_HEADER, attribute

_ID = re.compile(r"[0-9a-f]{12,64}")
_MAC = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}")
_PREFIX = re.compile(r"([0-9a-fA-F.:]+)(?:/(\d{1,3}))?")
_TOKEN = re.compile(r"[^@/\s]+")
_PLAIN = re.compile(r"\d+|net:\[\d+\]|if\d+")
_ACTION = re.compile(r"[a-z_]+")
_AF_MPLS = 28
_LABELS = (1, 19)
_RTNEXTHOP = struct.Struct("=HBBi")
_MDB_ENTRY = struct.Struct("=iBBH16s2s2x")
_ADDRESS_LENGTHS = {b"\x08\x00": 4, b"\x86\xdd": 16}
"""By protocol of a group, in network order; a group of any other is a MAC."""
Attribute = tuple[int, bytes]


class Redactor:
    """Redacts one recording.

    Args:
        pseudonyms: what it is filled with.
    """

    def __init__(self, pseudonyms: Pseudonyms | None = None) -> None:
        self._other = pseudonyms or Pseudonyms()
        self._acts: Mapping[Act, Callable[[bytes], bytes]] = {
            Act.KEEP: bytes,
            Act.ADDRESS: self._other.address,
            Act.LLADDR: self._other.lladdr,
            Act.NAME: self._name,
            Act.BRIDGE_ID: lambda raw: raw[:2] + self._other.lladdr(raw[2:]),
            Act.VIA: lambda raw: raw[:2] + self._other.address(raw[2:]),
            Act.HOPS: lambda raw: b"".join(self._hops(raw)),
            Act.LINKINFO: self._linkinfo,
            Act.GROUP: self._group,
            Act.PORT: lambda raw: raw[:4],
        }

    def record(self, record: Record) -> Record:
        """Return a record that says the same of others."""
        if record.kind in MESSAGES:
            return replace(record, raw=self.message(record.raw))
        return replace(record, raw=self._docker(record.raw) if record.kind is Kind.DOCKER else self._gap(record.raw))

    def note(self, note: Note) -> Note:
        """Return a note that says the same of others."""
        blobs = (joined(map(self.message, parted(blob))) for blob in note.blobs)
        return replace(note, value=self._value("", note.value), blobs=tuple(blobs))

    def interface(self, interface: Interface) -> Interface:
        """Return a namespace under another name."""
        return replace(interface, name=self.text(interface.name))

    def message(self, raw: bytes) -> bytes:
        """Return a netlink message with other contents; of one that breaks off what is before that."""
        if len(raw) < NLMSG_HEADER.size:
            return b""
        _, kind, flags, seq, pid = NLMSG_HEADER.unpack_from(raw)
        form = FORMS.get(kind)
        body = b""
        if form and len(raw) >= NLMSG_HEADER.size + form.body:
            start = NLMSG_HEADER.size + form.body
            head = raw[NLMSG_HEADER.size : start]
            lengths = {number: head[at] for number, at in form.lengths.items()}
            rules = form.rules
            if head[0] == _AF_MPLS:
                rules = {**rules, **dict.fromkeys(_LABELS, Act.KEEP)}
            body = head + self._attributes(raw[start:], rules, lengths)
        return NLMSG_HEADER.pack(NLMSG_HEADER.size + len(body), kind, flags, seq, pid) + body

    def text(self, text: str) -> str:
        """Return another text: of addresses, MACs and ids one of their kind, of all else each word another name."""
        if not text or text in WORDS:
            return text
        if _MAC.fullmatch(text):
            return self._other.lladdr(bytes.fromhex(text.replace(":", ""))).hex(":")
        found = self._address_text(text)
        return found or _TOKEN.sub(lambda match: self._token(match[0]), text)

    def _token(self, token: str) -> str:
        if token in WORDS or _PLAIN.fullmatch(token):
            return token
        if _ID.fullmatch(token):
            return self._other.identifier(token)
        return self._address_text(token) or self._other.name(token)

    def _address_text(self, text: str) -> str:
        match = _PREFIX.fullmatch(text)
        try:
            address = ip_address(match[1]) if match else None
        except ValueError:
            return ""
        if match is None or address is None:
            return ""
        if match[2] is None:
            return str(ip_address(self._other.address(address.packed)))
        # An address with its length is written as it is, a network with zeros behind its prefix.
        length = min(int(match[2]), address.max_prefixlen)
        network = int(address) & ((1 << (address.max_prefixlen - length)) - 1) == 0
        other = self._other.address(address.packed)
        return f"{ip_address(_masked(other, length) if network else other)}/{length}"

    def _attributes(self, data: bytes, rules: Rules, lengths: Mapping[int, int] | None = None) -> bytes:
        found = []
        for kind, payload in _each(data):
            number = kind & NLA_TYPE_MASK
            rule = rules.get(number)
            if isinstance(rule, Nest):
                found.append(attribute(kind, self._attributes(payload, rule.rules)))
            elif rule is Act.PREFIX:
                found.append(attribute(kind, _masked(self._other.address(payload), (lengths or {}).get(number, 0))))
            elif rule is not None:
                found.append(attribute(kind, self._acts[rule](payload)))
        return b"".join(found)

    def _name(self, raw: bytes) -> bytes:
        text = raw.split(b"\0", 1)[0].decode("utf-8", "replace")
        return (text if text in WORDS else self._other.name(text)).encode() + b"\0" if text else b"\0"

    def _hops(self, raw: bytes) -> Iterator[bytes]:
        start = 0
        while start + _RTNEXTHOP.size <= len(raw):
            length, flags, hops, ifindex = _RTNEXTHOP.unpack_from(raw, start)
            if length < _RTNEXTHOP.size or start + length > len(raw):
                return
            inner = self._attributes(raw[start + _RTNEXTHOP.size : start + length], HOP)
            yield _RTNEXTHOP.pack(_RTNEXTHOP.size + len(inner), flags, hops, ifindex) + inner
            start += (length + 3) & ~3

    def _linkinfo(self, raw: bytes) -> bytes:
        found = list(_each(raw))
        parts = {kind & NLA_TYPE_MASK: payload.split(b"\0", 1)[0].decode("ascii", "replace") for kind, payload in found}
        tables: dict[int, Rules] = {2: KINDS.get(parts.get(1, ""), {}), 5: SLAVE_KINDS.get(parts.get(4, ""), {})}
        made = []
        for kind, payload in found:
            number = kind & NLA_TYPE_MASK
            if number in (1, 4):
                made.append(attribute(kind, payload))
            elif number in tables:
                made.append(attribute(kind, self._attributes(payload, tables[number])))
        return b"".join(made)

    def _group(self, raw: bytes) -> bytes:
        if len(raw) < _MDB_ENTRY.size:
            return b""
        port, state, flags, vid, address, protocol = _MDB_ENTRY.unpack_from(raw)
        other, length = self._other.address, _ADDRESS_LENGTHS.get(protocol)
        made = (other(address[:length]) if length else self._other.lladdr(address[:6])).ljust(16, b"\0")
        return _MDB_ENTRY.pack(port, state, flags, vid, made, protocol)

    def _docker(self, raw: bytes) -> bytes:
        try:
            value = json.loads(raw)
        except (ValueError, RecursionError):
            return b"{}"
        if isinstance(value, dict) and isinstance(action := value.get("action"), str):
            # What was executed in a container stands behind the action: exec_start: /bin/sh -c …
            begins = _ACTION.match(action)
            value["action"] = begins[0] if begins else ""
        return json.dumps(self._value("", value)).encode()

    def _gap(self, raw: bytes) -> bytes:
        told = notice_of(raw)
        if told is None:
            return raw
        lost, span_ns = unpack_gap(raw)
        host, key, says = self.text(told.host), self.text(told.key), "redacted" if told.says else ""
        notice = replace(told, host=host, key=key, says=says)
        return pack_gap(UNKNOWN_COUNT if lost is None else lost, span_ns or 0, notice)

    def _value(self, key: str, value: Any) -> Any:
        if isinstance(value, str):
            if key in SENTENCES:
                return "redacted" if value else ""
            return value if key in KEPT_FIELDS else self.text(value)
        if isinstance(value, list):
            return [self._value(key, inner) for inner in value]
        if isinstance(value, dict):
            return {name: self._value(name, inner) for name, inner in value.items()}
        return value


def _each(data: bytes) -> Iterator[Attribute]:
    """Yield type with flags and payload of each attribute, up to the first broken one."""
    start = 0
    while start + ATTRIBUTE_HEADER.size <= len(data):
        length, kind = ATTRIBUTE_HEADER.unpack_from(data, start)
        if length < ATTRIBUTE_HEADER.size or start + length > len(data):
            return
        yield kind, data[start + ATTRIBUTE_HEADER.size : start + length]
        start += (length + 3) & ~3


def _masked(raw: bytes, length: int) -> bytes:
    width = 8 * len(raw)
    kept = max(0, min(length, width))
    return (int.from_bytes(raw, "big") >> (width - kept) << (width - kept)).to_bytes(len(raw), "big")
