r"""The one place where strings from outside become safe to show.

Link names, aliases, container names, mount paths and command lines are chosen by whoever runs on the machine, and
both the kernel and Docker accept escape sequences in some of them. Terminals obey C0 and C1 controls, and bidi
controls reorder what is read. ``clean`` turns each of them into a visible escape (``\x1b``); it is applied once,
where the string enters. It cannot tell look-alike letters apart.
"""

import re

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Controls, format characters that hide or reorder text, and halves of surrogate pairs."""
_BYTE = 0xFF
_ESCAPED_BYTES = range(0xDC80, 0xDD00)
"""What surrogateescape makes of bytes from 0x80 on that are not UTF-8."""


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code in _ESCAPED_BYTES:
        code -= _ESCAPED_BYTES.start - 0x80
    return f"\\x{code:02x}" if code <= _BYTE else f"\\u{code:04x}"


def clean(text: str) -> str:
    """Return ``text`` on one line, with every control or format character as a visible escape."""
    return _UNSAFE.sub(_visible, text)


def clean_bytes(raw: bytes) -> str:
    """Return a kernel string (NUL-terminated or not, of any bytes) as text that is safe to show."""
    return clean(raw.split(b"\0", 1)[0].decode("utf-8", "surrogateescape"))
