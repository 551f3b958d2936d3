"""Other names, addresses and MACs for those of a recording: the same one for the same one, within one file.

Pure but for the key, which is random and nowhere written. Addresses keep their prefixes in common: two that share
their first n bits share as many afterwards. What says nothing of anybody stays: loopback, link-local prefixes,
well-known groups, the all-ones MAC; and nothing else becomes one of these.
"""

import hashlib
import os
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

_HEADS = tuple(
    (ip_network(text), bits)
    for text, bits in (
        *(("0.0.0.0/32", 32), ("127.0.0.0/8", 32), ("255.255.255.255/32", 32), ("224.0.0.0/24", 32)),
        ("169.254.0.0/16", 16),
        *(("224.0.0.0/4", 4), ("::/127", 128), ("ff02::/120", 128), ("fe80::/10", 64), ("ff00::/8", 16)),
    )
)
"""Networks whose first bits stay."""
_MAC_LENGTH = 6
_MAC_KEPT = (bytes(6), b"\xff" * 6)
_MAC_HEADS = (
    (b"\x01\x80\xc2", 6),
    (b"\x33\x33\0\0\0", 6),
    (b"\x01\0\x5e\0\0", 6),
    (b"\x33\x33", 2),
    (b"\x01\0\x5e", 3),
)
"""First bytes of MACs, and how many of them stay."""
_KINDS_OF_MAC = 0x03
"""The bits that say group and locally administered."""


class Pseudonyms:
    """Gives them; one thread asks.

    Args:
        key: what they are made from; random where none is given.
    """

    def __init__(self, key: bytes | None = None) -> None:
        self._key = key or os.urandom(32)
        self._names: dict[str, str] = {}
        self.address = lru_cache(maxsize=1 << 16)(self._address)
        self.lladdr = lru_cache(maxsize=1 << 16)(self._lladdr)
        self._bit = lru_cache(maxsize=1 << 18)(self._flips)

    def name(self, text: str) -> str:
        """Return another name, of letters and a number."""
        return self._names.setdefault(text, f"name{len(self._names) + 1}")

    def identifier(self, text: str) -> str:
        """Return another hexadecimal id as long; one that is cut short stays the beginning of the whole."""
        head = self._hash(b"id", text[:12].encode()).hex()[:12]
        rest = self._hash(b"id", text.encode()).hex()
        return (head + rest)[: len(text)]

    def _address(self, raw: bytes) -> bytes:
        """Return another address, of 4 or 16 bytes; anything else becomes zeros."""
        if len(raw) not in (4, 16):
            return bytes(len(raw))
        address = ip_address(raw)
        number, width, found = int(address), address.max_prefixlen, 0
        for place in range(width):
            bit = number >> (width - place - 1) & 1
            found = found << 1 | (bit ^ self._bit(width, place, number >> (width - place)))
        return type(address)(found).packed

    def _flips(self, width: int, place: int, prefix: int) -> int:
        """Return whether the bit behind the first ``place`` bits becomes the other one: that rests on these alone."""
        if any(_stays(network, bits, width, place, prefix) for network, bits in _HEADS):
            return 0
        return self._hash(b"ip", f"{width} {place} {prefix}".encode())[0] & 1

    def _lladdr(self, raw: bytes) -> bytes:
        """Return another link-layer address; of tunnels it is an IP address."""
        if len(raw) != _MAC_LENGTH:
            return self._address(raw)
        if raw in _MAC_KEPT:
            return raw
        kept = next((count for head, count in _MAC_HEADS if raw.startswith(head)), 0)
        made = self._hash(b"mac", raw)[:_MAC_LENGTH]
        first = (made[0] & ~_KINDS_OF_MAC) | (raw[0] & _KINDS_OF_MAC)
        return (raw[:kept] + (bytes((first,)) + made[1:])[kept:]) if kept else bytes((first,)) + made[1:]

    def _hash(self, use: bytes, data: bytes) -> bytes:
        return hashlib.blake2b(data, key=self._key, person=use).digest()


def _stays(network: IPv4Network | IPv6Network, bits: int, width: int, place: int, prefix: int) -> bool:
    """Return whether a bit leads into a network, else an address outside could become one of it, or is of its head."""
    if network.max_prefixlen != width or place >= bits:
        return False
    shared = min(place, network.prefixlen)
    return int(network.network_address) >> (width - shared) == prefix >> (place - shared)
