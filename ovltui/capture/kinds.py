"""What a file is by its first bytes, and what to say of those that are no recording. Pure, no privileges."""

GZIP = b"\x1f\x8b"
PCAPNG = b"\x0a\x0d\x0d\x0a"
_PCAP = "a pcap file; editcap -F pcapng FILE NEW makes pcapng of it"
FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"\xd4\xc3\xb2\xa1", _PCAP),
    (b"\xa1\xb2\xc3\xd4", _PCAP),
    (b"\x4d\x3c\xb2\xa1", _PCAP),
    (b"\xa1\xb2\x3c\x4d", _PCAP),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd; zstd -d FILE unpacks it"),
    (b"\xfd7zXZ\x00", "compressed by xz; xz -d FILE unpacks it"),
    (b"BZh", "compressed by bzip2; bzip2 -d FILE unpacks it"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\x7fELF", "a program"),
)
"""First bytes, and what such a file is."""


def foreign(head: bytes) -> str:
    """Return what a file is that begins with ``head``, in words, where it is known and no recording; else nothing."""
    return next((what for magic, what in FOREIGN if head.startswith(magic)), "")
