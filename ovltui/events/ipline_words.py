"""Words of ``ip`` that its JSON does not have, and links as it names them.

Source: iproute2 6.1 and its files in ``/etc/iproute2``. Privileges: none. Incomplete: the files of this machine are not
read, so that a number renamed there stays a number here.
"""

from typing import Any

from ovltui.events.vantage import Vantage

_DSFIELDS = {
    0x28: "AF11",
    0x30: "AF12",
    0x38: "AF13",
    0x48: "AF21",
    0x50: "AF22",
    0x58: "AF23",
    0x68: "AF31",
    0x70: "AF32",
    0x78: "AF33",
    0x88: "AF41",
    0x90: "AF42",
    0x98: "AF43",
    0x20: "CS1",
    0x40: "CS2",
    0x60: "CS3",
    0x80: "CS4",
    0xA0: "CS5",
    0xC0: "CS6",
    0xE0: "CS7",
    0xB8: "EF",
}


def dev(vantage: Vantage, ifindex: int) -> str:
    """Return the name of a link; ``*`` for none."""
    return vantage.link(ifindex) if ifindex else "*"


def tos(number: str) -> str:
    """Return the word of a type of service, given in hexadecimal."""
    return _DSFIELDS.get(int(number, 16), number)


def present(fields: dict[str, Any], *words: tuple[str, str]) -> str:
    """Return ``word value`` and a blank for each pair of field and word whose field is there."""
    return "".join(f"{word} {fields[key]} " for key, word in words if key in fields)
