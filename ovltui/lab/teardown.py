"""Removing a lab: its processes, and the files that keep its namespaces; with these everything in them ends.

Source: the directory of the lab; nothing that lies elsewhere is touched. Privileges: root. Incomplete: a namespace in
which somebody else's process runs loses its file and lives on until that process ends.
"""

import time
from dataclasses import dataclass
from pathlib import Path

from ovltui.errors import OvltuiError, PrivilegeError
from ovltui.kernel import netns_file, procfs, sleeper
from ovltui.lab.description import Description
from ovltui.lab.homes import Homes
from ovltui.lab.place import Place, boot_id, require_root
from ovltui.lab.plan import MARK
from ovltui.text import clean

_PATIENCE_S = 5.0
_PAUSE_S = 0.002
_MARKS = (MARK,)


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody else's process in a namespace of the lab, such as an open shell."""

    pid: int
    name: str
    """Its short name, safe to show."""
    file: str
    """Name of the file that keeps the namespace."""


@dataclass(frozen=True, slots=True)
class Down:
    """What was removed."""

    found: bool
    """Whether there was anything of a lab."""
    guests: tuple[Guest, ...]
    """Who keeps a namespace alive that has no file any more."""


def down(place: Place) -> Down:
    """Remove the lab, whole or half built; nothing happens where there is none.

    Raises:
        PrivilegeError: we are not root.
        OvltuiError: something could not be removed.
    """
    require_root()
    if not place.exists():
        return Down(False, ())
    with place.locked():
        return tear_down(place)


def tear_down(place: Place) -> Down:
    """Remove what is there, in a block of ``Place.locked``; errors as in ``down``."""
    if not place.exists():
        return Down(False, ())
    described = _described(place)
    files = _ours(place, described)
    homes = Homes(files, described.ids if described and described.boot == boot_id() else {})
    _end_sleepers(homes)
    # One that is ending, as killed sleepers are, has no command line any more.
    living = [(pid, file) for pid, file in homes.inhabitants() if procfs.raw_command(pid)]
    guests = [Guest(pid, name, clean(file)) for pid, file in living if (name := procfs.name(pid))]
    for file in files:
        try:
            netns_file.remove(file)
        except OSError as error:
            raise OvltuiError(f"{clean(file)} cannot be removed ({error.strerror}).") from error
    place.clear()
    return Down(True, tuple(guests))


def _described(place: Place) -> Description | None:
    """Return the description as far as it can be understood; it is to be removed anyway."""
    try:
        return place.read()
    except PrivilegeError:
        raise
    except OvltuiError:
        return None


def _ours(place: Place, described: Description | None) -> tuple[str, ...]:
    """Return the files that are of the lab: those described, or all where nothing describes them."""
    if described is None:
        return place.kept()
    names = {space.file for space in described.plan(place.spaces).spaces} | described.ids.keys()
    return tuple(path for path in place.kept() if Path(path).name in names)


def _end_sleepers(homes: Homes) -> None:
    """Kill the lab's own processes, and wait until they are gone."""
    deadline = time.monotonic() + _PATIENCE_S
    while sleeping := [pid for pid, _ in homes.inhabitants() if sleeper.is_sleeper(pid, _MARKS)]:
        if time.monotonic() > deadline:
            raise OvltuiError(f"process {sleeping[0]} of the lab does not end.")
        for pid in sleeping:
            sleeper.end(pid, _MARKS)
        time.sleep(_PAUSE_S)
