"""Where in a message stands what its line tells: as it is, as an address, or not at all.

Source: messages of the kernel with attributes, their headers included. An address is told as its own text and changes
nothing else of a line; ages, counters, and who asked for a change are not told. Pure, no privileges. Incomplete: of
other messages, and of those that break off, everything is taken as told but nlmsg_seq and nlmsg_pid.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from struct import Struct

from ovltui.events import decode_link
from ovltui.events.addresses import IPV4_LENGTH, IPV6_LENGTH, ipv4, ipv6, lladdr
from ovltui.events.words import AF_INET, AF_INET6
from ovltui.kernel.wire import ATTRIBUTE_HEADER, NLA_TYPE_MASK, NLMSG_HEADER, Rtm

Word = Callable[[bytes], str]
Parts = tuple[bytes, ...]
"""A message as its layout splits it."""
_MAC_LENGTH = 6
_MOST_ADDRESSES = 8
_FRAME = "4x2s10x1s"
"""Type and family."""
_HEADER = ("8s", "8x")
"""The header of a message: nlmsg_seq and nlmsg_pid, its second half, only tell who asked for a change."""
_FAMILY = NLMSG_HEADER.size
_IP: Mapping[int, tuple[Word, bytes]] = {
    IPV4_LENGTH: (ipv4, bytes((203, 0, 113, 200))),
    IPV6_LENGTH: (ipv6, bytes.fromhex("20010db8 6f766c74 756900000000 00c8")),
}
_LLADDR: Mapping[int, tuple[Word, bytes]] = {_MAC_LENGTH: (lladdr, bytes.fromhex("02005e0053c8"))}
"""By length: the text of an address, and one that stands for all; its last byte is raised where there are several."""


@dataclass(frozen=True, slots=True)
class _Rules:
    """How the line of a type of message is made."""

    start: int
    """Where the attributes begin."""
    passing: frozenset[int] = frozenset()
    """Attributes of which the line does not tell the payload."""
    addresses: Mapping[int, Mapping[int, tuple[Word, bytes]]] = field(default_factory=dict)
    """Attributes that it tells as an address, and as nothing else."""
    families: frozenset[int] | None = None
    """For which families these rules hold; None for all."""


_NDA_DST, _NDA_LLADDR, _NDA_CACHEINFO = 1, 2, 3
_RTA_DST, _RTA_GATEWAY, _RTA_PREFSRC = 1, 5, 7
_LINK = _Rules(decode_link.START, decode_link.PASSING)
_NEIGH = _Rules(28, frozenset((_NDA_CACHEINFO,)), {_NDA_DST: _IP, _NDA_LLADDR: _LLADDR})
_ROUTE = _Rules(
    28,
    addresses={_RTA_DST: _IP, _RTA_GATEWAY: _IP, _RTA_PREFSRC: _IP},
    families=frozenset((AF_INET, AF_INET6)),
)
_RULES: Mapping[bytes, _Rules] = {
    int(kind).to_bytes(2, "little"): rules
    for rules, kinds in (
        (_LINK, (Rtm.NEWLINK, Rtm.DELLINK)),
        (_NEIGH, (Rtm.NEWNEIGH, Rtm.DELNEIGH, Rtm.GETNEIGH)),
        (_ROUTE, (Rtm.NEWROUTE, Rtm.DELROUTE)),
    )
    for kind in kinds
}


@dataclass(frozen=True, slots=True)
class Address:
    """Where an address stands."""

    start: int
    """In the message."""
    part: int
    """Among its parts."""
    word: Word
    mark: bytes
    """The address that stands for all."""

    @property
    def shown(self) -> str:
        """The text of that one."""
        return str(self.word(self.mark))


class Layout:
    """Where things stand in messages of one length.

    Two messages of which ``heard`` returns the same have the same line. Where only ``split`` and ``told`` do, they
    differ in their addresses: the headers of attributes are told, so that these are the same at the same places.

    Args:
        pieces: what a message consists of, in the format of ``struct``.
        addresses: which of those that are no padding are addresses.
        frame: which bytes of a message tell that it is laid out so, in the format of ``struct``.
        raw: such a message.
    """

    __slots__ = ("_frame", "_framed", "addresses", "heard", "hearing", "split", "told")

    def __init__(self, pieces: Sequence[str], addresses: tuple[Address, ...], frame: str, raw: bytes) -> None:
        split = Struct("=" + "".join(pieces))
        told = {*range(len(split.unpack(raw)))} - {address.part for address in addresses}
        self.addresses = addresses
        self.hearing = _joined(pieces)
        """What is told and what is left out, in the format of ``struct``."""
        self.heard: Callable[[bytes, int], Parts] = Struct(f"={self.hearing}").unpack_from
        """Takes bytes, and where in them a message begins; returns all of it that is told."""
        self.split: Callable[[bytes, int], Parts] = split.unpack_from
        """The same, each address as a part of its own."""
        self.told: Callable[[Parts], object] = itemgetter(*sorted(told))
        """Takes such parts; returns those that are no addresses."""
        self._frame = Struct(f"={frame}").unpack_from
        self._framed = self._frame(raw)

    def fits(self, raw: bytes) -> bool:
        """Return whether another message of this length is laid out so."""
        return self._frame(raw) == self._framed

    def marked(self, raw: bytes) -> bytes:
        """Return a message with the marks in the place of its addresses."""
        for address in self.addresses:
            raw = raw[: address.start] + address.mark + raw[address.start + len(address.mark) :]
        return raw


def _joined(pieces: Sequence[str]) -> str:
    """Return the format for as few parts as possible: they are compared one by one."""
    runs = ((letter, sum(int(piece[:-1]) for piece in those)) for letter, those in groupby(pieces, itemgetter(-1)))
    return "".join(f"{size}{letter}" for letter, size in runs if size)


class _Drawing:
    """A layout that is being drawn, attribute after attribute.

    Args:
        raw: a message.
        start: where its attributes begin.
    """

    def __init__(self, raw: bytes, start: int) -> None:
        self._raw = raw
        self._pieces = [*_HEADER]
        self._parts = 1
        self._told = _FAMILY
        self._frame = _FRAME
        self._framed = _FAMILY + 1
        self._start = start
        self._addresses: list[Address] = []

    def done(self, rules: _Rules) -> Layout | None:
        """Return the layout; None where an attribute breaks off."""
        start, end = self._start, len(self._raw)
        while start < end:
            if start + ATTRIBUTE_HEADER.size > end:
                return None
            length, kind = ATTRIBUTE_HEADER.unpack_from(self._raw, start)
            begin, stop = start + ATTRIBUTE_HEADER.size, start + length
            if not begin <= stop <= end:
                return None
            self._frame += f"{start - self._framed}x{ATTRIBUTE_HEADER.size}s"
            self._framed = begin
            self._attribute(kind & NLA_TYPE_MASK, begin, stop, rules)
            start = (stop + 3) & ~3
        self._tell(end)
        return Layout(self._pieces, tuple(self._addresses), self._frame, self._raw)

    def _attribute(self, kind: int, begin: int, stop: int, rules: _Rules) -> None:
        if kind in rules.passing:
            self._tell(begin)
            self._pieces.append(f"{stop - begin}x")
            self._told = stop
        elif (address := rules.addresses.get(kind, {}).get(stop - begin)) and len(self._addresses) < _MOST_ADDRESSES:
            self._tell(begin)
            word, mark = address
            mark = mark[:-1] + bytes((mark[-1] + len(self._addresses),))
            self._addresses.append(Address(begin, self._parts, word, mark))
            self._pieces.append(f"{stop - begin}s")
            self._parts += 1
            self._told = stop

    def _tell(self, end: int) -> None:
        """Take in that all is told up to here."""
        if end > self._told:
            self._pieces.append(f"{end - self._told}s")
            self._parts += 1


def layout_of(raw: bytes) -> Layout:
    """Return how a message, whatever its bytes, is laid out."""
    size = len(raw)
    if size <= _FAMILY:
        return Layout((f"{size}s",), (), "", raw)
    rules, frame = _RULES.get(raw[4:6]), _FRAME
    if rules and size >= rules.start and (rules.families is None or raw[_FAMILY] in rules.families):
        drawn = _Drawing(raw, rules.start).done(rules)
        if drawn:
            return drawn
        frame = f"{size}s"
    return Layout((*_HEADER, f"{size - _FAMILY}s"), (), frame, raw)
