"""Names that a container, or whoever may name things on a machine, can choose to harm the one who looks.

Each is raw, as it is planted; what may come out of it is ``shown``.
"""

import unicodedata

from ovltui.text import clean

NAMES = (
    "\x1b[2J\x1b]0;owned\x07",
    "\x1b]8;;http://x\x1b\\a",
    "\x9b31mred",
    "a\nb\rc\td",
    "\x7f\x08\x08\x08",
    "\u202egnp.exe",
    "\u2066a\u2069\u200f\u061c",
    "a\u200bb\ufeff\u00ad",
    "[b]x[/b]",
    "[/]",
    "[",
    "[@click=app.quit]x[/]",
    "[link=http://x]y[/link]",
    "[$error on red]z",
    "{0} %s $(reboot) `id` ;&|",
    "'\"\\",
    "-rf",
    "e\u0301" * 20,
    "漢字" * 20,
)
"""As texts; longer than a link's name where that allows it."""
BYTES = (b"\xff\xfe\x80", b"a\x1b[31m\xffb", b"n" * 255, b"[b]" + b"x" * 60)
"""As bytes that a kernel hands on."""


def shown(raw: str | bytes) -> str:
    """Return what is to be seen of a name."""
    return clean(raw if isinstance(raw, str) else raw.decode("utf-8", "surrogateescape"))


def is_harmless(text: str, allowed: str = "\n") -> bool:
    """Return whether no character of a text speaks to a terminal or hides or turns what stands around it."""
    return all(
        character in allowed or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
        for character in text
    )
