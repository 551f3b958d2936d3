"""The files that a recording is written to, one after the other where it is rotated.

Source: the file system. Privileges: the right to write there. Parts are called after the file, with the time at which
each began: ``night-20261123T031500.pcapng``. Of those, older ones are removed where only so many are to be kept, also
those that earlier recorders left under that name.
"""

import os
import re
import time
from pathlib import Path

from ovltui.capture.sink import Sink

_ENDINGS = (".pcapng.gz", ".pcapng", ".gz")


class Parts:
    """Opens the files.

    Args:
        path: the name of the file, ``-`` for stdout.
        gzip: compress.
        force: write over a file that exists.
        rotated: whether there are several.
        keep: how many of them are kept; 0 for all.
    """

    def __init__(self, path: str, *, gzip: bool, force: bool, rotated: bool = False, keep: int = 0) -> None:
        self._path = path
        self._gzip = gzip
        self._force = force
        self._rotated = rotated
        self._keep = keep
        self._ending = next((ending for ending in _ENDINGS if path.endswith(ending)), "")

    def next(self) -> Sink:
        """Open the next file; errors as of ``Sink``."""
        if not self._rotated:
            return Sink(self._path, force=self._force, gzip=self._gzip)
        stem = self._path.removesuffix(self._ending)
        name = f"{stem}-{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}"
        path = next(path for path in self._names(name) if not os.path.lexists(path))
        sink = Sink(path, gzip=self._gzip)
        self._remove_old(Path(stem))
        return sink

    def _names(self, name: str) -> "list[str]":
        return [f"{name}{self._ending}", *(f"{name}-{number}{self._ending}" for number in range(2, 1000))]

    def _remove_old(self, stem: Path) -> None:
        if not self._keep:
            return
        pattern = re.compile(rf"{re.escape(stem.name)}-\d{{8}}T\d{{6}}(-(\d+))?{re.escape(self._ending)}")
        found = [(path, match) for path in stem.parent.iterdir() if (match := pattern.fullmatch(path.name))]
        ordered = sorted(found, key=lambda one: (one[0].name[: len(stem.name) + 16], int(one[1][2] or 1)))
        for path, _ in ordered[: -self._keep]:
            path.unlink(missing_ok=True)
