"""The routes of one family in one namespace.

Source: RTM_NEWROUTE and RTM_DELROUTE as they come, and dumps. Pure. Incomplete: several routes may share table,
destination and metric. Where the kernel does not say which of them it replaced or joined, ``put`` and ``remove`` say
so, and the table must be read again.
"""

import struct
from collections.abc import Iterable, Iterator
from functools import lru_cache

from ovltui.kernel.wire import ATTRIBUTE_HEADER, NLM_F_EXCL, NLM_F_REPLACE, Rtm
from ovltui.state.keys import AF_INET, AF_INET6, BODY, NO_METRIC, PLAIN_HEADERS, RTM_F_CLONED, attributes

_ATTRIBUTES = 28
_LASTING_FLAGS = 0x6
"""RTNH_F_PERVASIVE and RTNH_F_ONLINK: the other flags of a nexthop come and go with its link, silently."""
_RTA_GATEWAY, _RTA_MULTIPATH, _RTA_CACHEINFO, _RTA_VIA, _RTA_NH_ID = 5, 9, 12, 18, 30
_HOPS = frozenset((_RTA_GATEWAY, 4, _RTA_MULTIPATH, _RTA_VIA, 21, 22, _RTA_CACHEINFO))
"""Attributes that follow from the nexthop object, where there is one; 4, 21 and 22 are RTA_OIF and encapsulation."""
_JOINS = frozenset((_RTA_GATEWAY, _RTA_MULTIPATH, _RTA_VIA))
_header = ATTRIBUTE_HEADER.unpack_from
Held = bytes | tuple[bytes, ...]
_RTNEXTHOP = struct.Struct("=HB").unpack_from
"""rtnh_len, rtnh_flags."""
_u16 = struct.Struct("=H").unpack_from
_PLAIN = struct.Struct("=4xH10xB3s4xI4s4s4s4s4s4x")
"""Of what ``keys`` calls a plain route: type, family, lengths and TOS, flags, its attributes but for the link."""
_TABLE, _DST, _OIF = PLAIN_HEADERS
_NEW, _DEL = int(Rtm.NEWROUTE), int(Rtm.DELROUTE)


def identity(raw: bytes) -> bytes:
    """Return what makes a route this one: all but stamps, states of its links, and what a nexthop object says."""
    return _identity(raw[BODY:])


@lru_cache(maxsize=4096)
def _identity(body: bytes) -> bytes:
    # The same routes come and go again and again, with their links.
    found = attributes(body, _ATTRIBUTES - BODY)
    passing = _HOPS if _RTA_NH_ID in found else (_RTA_CACHEINFO,)
    return _head(body, found) + b"".join(
        b"".join((bytes((kind,)), _settled(kind, payload))) for kind, payload in found.items() if kind not in passing
    )


def sense(raw: bytes) -> bytes:
    """Return all that a route says but for stamps and states of its links."""
    found = attributes(raw, _ATTRIBUTES)
    return raw[16:24] + b"".join(
        b"".join((bytes((kind,)), _settled(kind, payload))) for kind, payload in found.items() if kind != _RTA_CACHEINFO
    )


def _head(body: bytes, found: dict[int, bytes]) -> bytes:
    # A blackhole nexthop makes a blackhole of the route: then the type (the last byte) follows from the object too.
    end = 7 if _RTA_NH_ID in found else 8
    return body[:end] + bytes((body[8] & _LASTING_FLAGS,))


def _settled(kind: int, payload: bytes) -> bytes:
    return _without_states(payload) if kind == _RTA_MULTIPATH else payload


def _without_states(hops: bytes) -> bytes:
    settled, start = bytearray(hops), 0
    while start + 8 <= len(hops):
        length, flags = _RTNEXTHOP(hops, start)
        settled[start + 2] = flags & _LASTING_FLAGS
        if length < ATTRIBUTE_HEADER.size:
            break
        start += (length + 3) & ~3
    return bytes(settled)


def is_same(one: bytes, other: bytes) -> bool:
    """Return whether two messages are about the same route."""
    same_bytes = one[24] == other[24] and one[16:24] == other[16:24] and one[28:] == other[28:]
    return same_bytes or identity(one) == identity(other)


class Routes:
    """Routes by prefix: a message each, or a tuple of them where several share it."""

    def __init__(self) -> None:
        self.held: dict[bytes, Held] = {}

    def __iter__(self) -> Iterator[bytes]:
        for held in self.held.values():
            yield from _several(held)

    def get(self, key: bytes) -> tuple[bytes, ...]:
        """Return the routes of a prefix."""
        return _several(self.held.get(key, ()))

    def load(self, key: bytes, raw: bytes) -> None:
        """Take in a route of a dump."""
        # A dump of a table that changes meanwhile may tell a route twice.
        self._hold(key, (*_without(self.get(key), raw), raw))

    def put(self, key: bytes, raw: bytes) -> bool:
        """Take in a RTM_NEWROUTE; return whether it says for sure what is there now."""
        before = self.held.get(key)
        if before is None:
            self.held[key] = raw
            return True
        routes, sure = _joined(before, raw)
        self._hold(key, routes)
        return sure

    def remove(self, key: bytes, raw: bytes) -> bool:
        """Take in a RTM_DELROUTE; return whether it says for sure what is there now."""
        before = self.held.get(key)
        if before is None:
            return True
        if isinstance(before, bytes):
            if same := is_same(before, raw):
                del self.held[key]
            return same
        others = _without(before, raw)
        self._hold(key, others)
        return len(others) < len(before)

    def but_plain(self, raws: Iterable[bytes]) -> Iterator[bytes]:
        """Take in, of messages in their order, plain IPv4 routes that are the only ones there; yield every other one.

        A storm of routes is one of these: here they cost a third of what each would alone.
        """
        held, unpack, size = self.held, _PLAIN.unpack, _PLAIN.size
        for raw in raws:
            if len(raw) == size:
                kind, family, prefix, flags, at_table, table, at_dst, dst, at_oif = unpack(raw)
                if (
                    family == AF_INET
                    and (at_table == _TABLE and at_dst == _DST and at_oif == _OIF)
                    and not flags & RTM_F_CLONED
                ):
                    key = prefix + table + NO_METRIC + dst
                    before = held.get(key)
                    if kind == _NEW and before is None:
                        held[key] = raw
                        continue
                    if kind == _DEL and before is not None and before[BODY:] == raw[BODY:]:
                        del held[key]
                        continue
            yield raw

    def _hold(self, key: bytes, routes: tuple[bytes, ...]) -> None:
        if not routes:
            self.held.pop(key, None)
        else:
            self.held[key] = routes[0] if len(routes) == 1 else routes


def _several(held: Held) -> tuple[bytes, ...]:
    return held if isinstance(held, tuple) else (held,)


# The same routes come and go again and again, with their links.
@lru_cache(maxsize=1024)
def _without(held: Held, raw: bytes) -> tuple[bytes, ...]:
    """Return the routes of a prefix but for the one that ``raw`` is about."""
    return tuple(one for one in _several(held) if not is_same(one, raw))


@lru_cache(maxsize=1024)
def _joined(held: Held, raw: bytes) -> tuple[tuple[bytes, ...], bool]:
    """Return the routes of a prefix after a RTM_NEWROUTE, and whether it says for sure that they are these."""
    before, others = _several(held), _without(held, raw)
    flags = _u16(raw, 6)[0]
    if flags & NLM_F_REPLACE and len(before) == 1:
        return (raw,), True
    # NLM_F_EXCL: there was none, so those that we hold went silently.
    unsure = flags & (NLM_F_REPLACE | NLM_F_EXCL) or _may_join(before, raw)
    return (*others, raw), len(others) < len(before) or not unsure


def _may_join(before: tuple[bytes, ...], raw: bytes) -> bool:
    """Return whether an IPv6 route may have become one with another, as those with a gateway do."""
    return raw[BODY] == AF_INET6 and any(not _JOINS.isdisjoint(attributes(one, _ATTRIBUTES)) for one in (raw, *before))
