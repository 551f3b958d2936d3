"""A Docker image made from the machine's own busybox: needs no registry.

Its first process traps TERM, so that stopping a container takes no ten seconds. Needs a statically linked
busybox (Debian: ``busybox-static``), since the image holds nothing else.
"""

import io
import tarfile
from pathlib import Path

NAME = "net-tools"
"""Name of the image."""
COMMAND = 'CMD ["/bin/sh","-c","trap exit TERM; while :; do sleep 1; done"]'
"""Change for ``docker import``: what its containers do."""
_APPLETS = (
    "sh",
    "ash",
    "ping",
    "ip",
    "nslookup",
    "httpd",
    "sleep",
    "ls",
    "ps",
    "cat",
    "wget",
    "nc",
    "ifconfig",
)
_DIRECTORIES = ("bin", "etc", "proc", "sys", "tmp", "dev")
_ELF_HEAD = 4096
"""PT_INTERP of a dynamically linked program stands within its first page."""


def _entry(name: str, kind: bytes, mode: int = 0o755) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode = kind, mode
    return entry


def write(busybox: Path, tar: Path) -> None:
    """Write the image's file system to ``tar``.

    Raises:
        ValueError: ``busybox`` needs shared libraries.
    """
    program = busybox.read_bytes()
    if b"/ld-linux" in program[:_ELF_HEAD]:
        raise ValueError(f"{busybox} is dynamically linked: install busybox-static")
    with tarfile.open(tar, "w") as archive:
        for directory in _DIRECTORIES:
            archive.addfile(_entry(directory, tarfile.DIRTYPE))
        binary = _entry("bin/busybox", tarfile.REGTYPE)
        binary.size = len(program)
        archive.addfile(binary, io.BytesIO(program))
        for applet in _APPLETS:
            link = _entry(f"bin/{applet}", tarfile.SYMTYPE)
            link.linkname = "busybox"
            archive.addfile(link)
