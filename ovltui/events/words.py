"""The kernel's numbers as the words that ``ip`` prints.

Source: ``linux/rtnetlink.h``, ``linux/if_arp.h``, ``linux/if.h``; words of iproute2's built-in tables.
Privileges: none. Incomplete: ``/etc/iproute2`` is not read, so that a number renamed there stays a number
here; a number without a word is shown as a number.
"""

from collections.abc import Mapping

AF_UNSPEC, AF_INET, AF_BRIDGE, AF_INET6, AF_MPLS = 0, 2, 7, 10, 28
FAMILIES: Mapping[int, str] = {
    AF_UNSPEC: "unspec",
    AF_INET: "inet",
    AF_BRIDGE: "bridge",
    AF_INET6: "inet6",
    AF_MPLS: "mpls",
    128: "ipmr",
    129: "ip6mr",
}
ROUTE_TYPES: Mapping[int, str] = dict(
    enumerate(
        (
            *("none", "unicast", "local", "broadcast", "anycast", "multicast"),
            *("blackhole", "unreachable", "prohibit", "throw", "nat", "xresolve"),
        )
    )
)
SCOPES: Mapping[int, str] = {0: "global", 200: "site", 253: "link", 254: "host", 255: "nowhere"}
TABLES: Mapping[int, str] = {0: "unspec", 253: "default", 254: "main", 255: "local"}
PROTOCOLS: Mapping[int, str] = {
    0: "unspec",
    1: "redirect",
    2: "kernel",
    3: "boot",
    4: "static",
    8: "gated",
    9: "ra",
    10: "mrt",
    11: "zebra",
    12: "bird",
    13: "dnrouted",
    14: "xorp",
    15: "ntk",
    16: "dhcp",
    18: "keepalived",
    42: "babel",
    99: "openr",
    186: "bgp",
    187: "isis",
    188: "ospf",
    189: "rip",
    192: "eigrp",
}
LINK_TYPES: Mapping[int, str] = {
    0: "netrom",
    1: "ether",
    24: "ieee1394",
    32: "infiniband",
    256: "slip",
    280: "can",
    512: "ppp",
    519: "rawip",
    768: "ipip",
    769: "tunnel6",
    772: "loopback",
    776: "sit",
    778: "gre",
    801: "ieee802.11",
    803: "ieee802.11/radiotap",
    804: "ieee802.15.4",
    823: "gre6",
    824: "netlink",
    825: "6lowpan",
    826: "vsockmon",
    0xFFFE: "none",
    0xFFFF: "void",
}
OPERSTATES: Mapping[int, str] = dict(
    enumerate(("UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING", "DORMANT", "UP"))
)


def word(words: Mapping[int, str], number: int) -> str:
    """Return the word of a number, or the number."""
    return words.get(number) or str(number)


def hexadecimal(number: int) -> str:
    """Return a number as C's ``%#x`` writes it: ``0x1f``, but ``0``."""
    return f"{number:#x}" if number else "0"


def bits(words: Mapping[int, str], value: int) -> list[str]:
    """Return the word of every bit that is set, in the order of ``words``, then the rest in hexadecimal."""
    found = []
    for bit, name in words.items():
        if value & bit:
            found.append(name)
            value &= ~bit
    if value:
        found.append(f"{value:#x}")
    return found
