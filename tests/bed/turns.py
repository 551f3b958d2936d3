"""How the processes of one run of the tests agree: who gets which tests, and who runs one alone.

Source: a file that all of them open. It holds the groups of tests, and record locks (fcntl), which the
kernel frees with the process that holds them and which no child inherits. Needs no privileges. Incomplete: another
run on the same machine is not known.
"""

import fcntl
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

_DOOR, _ROOM = 0, 1
"""Bytes that are locked. The room is shared, or one's own; who wants it waits at its door, one at a time."""


class Meeting:
    """The file, as the process sees it that leads the others; it is there until ``close``."""

    def __init__(self) -> None:
        file, self.path = tempfile.mkstemp(prefix="ovltui-turns-")
        os.close(file)

    def groups(self) -> dict[str, str]:
        """Return what ``Turns.tell`` was told."""
        groups: dict[str, str] = json.loads(Path(self.path).read_bytes())
        return groups

    def close(self) -> None:
        """Remove the file."""
        Path(self.path).unlink()


class Turns:
    """The file, as the others see it, each of which opens it once."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        self._held: bool | None = None

    def tell(self, groups: Mapping[str, str]) -> None:
        """Say to which group each test belongs; everybody says the same."""
        os.pwrite(self._file, json.dumps(groups).encode(), 0)

    def take(self, *, alone: bool) -> None:
        """Wait for a turn beside others, or ``alone``; a turn of that kind that is held already goes on."""
        if self._held is alone:
            return
        self.leave()
        # While one waits at the door until the others have left, nobody goes in.
        self._lock(fcntl.LOCK_EX, _DOOR)
        self._lock(fcntl.LOCK_EX if alone else fcntl.LOCK_SH, _ROOM)
        self._lock(fcntl.LOCK_UN, _DOOR)
        self._held = alone

    def leave(self) -> None:
        """End the turn; nothing happens where none is held."""
        self._lock(fcntl.LOCK_UN, _ROOM)
        self._held = None

    def _lock(self, how: int, byte: int) -> None:
        fcntl.lockf(self._file, how, 1, byte)
