"""Addresses as text, as ``ip`` prints them.

Source: network-order bytes of NDA_DST, RTA_GATEWAY, IFLA_ADDRESS and their like. Privileges: none.
Incomplete: bytes of a length that is no address of the family come back as hexadecimal pairs, never as a
guess.
"""

from functools import lru_cache
from ipaddress import IPv6Address

IPV4_LENGTH = 4
IPV6_LENGTH = 16
_BYTES = tuple(map(str, range(256)))
"""Each byte as text: to look it up takes a quarter of the time of wording it."""
_ZEROS = bytes(12)
_MAPPED = bytes(10) + b"\xff\xff"


def ipv4(raw: bytes) -> str:
    """Return four bytes as a dotted quad.

    Raises:
        ValueError: there are not four.
    """
    a, b, c, d = raw
    return f"{_BYTES[a]}.{_BYTES[b]}.{_BYTES[c]}.{_BYTES[d]}"


@lru_cache(maxsize=8192)
def ipv6(raw: bytes) -> str:
    """Return 16 bytes as ``inet_ntop`` writes them: mapped and compatible addresses end in a dotted quad."""
    if raw[:12] == _MAPPED:
        return "::ffff:" + ipv4(raw[12:])
    if raw[:12] == _ZEROS and raw[12:14] != b"\0\0":
        return "::" + ipv4(raw[12:])
    return str(IPv6Address(raw))


def inet(raw: bytes) -> str:
    """Return an IPv4 or IPv6 address by its length, anything else as hexadecimal pairs."""
    if len(raw) == IPV4_LENGTH:
        a, b, c, d = raw
        return f"{_BYTES[a]}.{_BYTES[b]}.{_BYTES[c]}.{_BYTES[d]}"
    if len(raw) == IPV6_LENGTH:
        return ipv6(raw)
    return raw.hex(":")


def lladdr(raw: bytes) -> str:
    """Return a link-layer address as hexadecimal pairs."""
    return raw.hex(":")
