"""What another machine has: privileges, ovltui, Python.

Source: one command of its login shell, which prints a line for each. Privileges: none. Incomplete: what the login
prints beside is passed over; a shell that knows no ``sh`` tells nothing.
"""

import shlex
from collections.abc import Iterable
from dataclasses import dataclass

from ovltui.errors import RemoteError
from ovltui.text import clean

OLDEST = (3, 9)
"""Of Python, there."""
_MARK = "ovltui-probe"
_PYTHONS = ("python3", *(f"python3.{minor}" for minor in range(14, 8, -1)), "/usr/libexec/platform-python")
_VERSION = "import sys; print(sys.version_info[0], sys.version_info[1], sys.executable)"
_SCRIPT = (
    f'say() {{ echo "{_MARK} $*"; }}; '
    'uid=$(id -u); say uid "$uid"; say user "$(id -un)"; '
    'if [ "$uid" != 0 ] && command -v sudo >/dev/null 2>&1; then '
    "if sudo -n true 2>/dev/null; then say sudo free; else say sudo asks; fi; fi; "
    "if path=$(command -v ovltui); then "
    'say installed "$("$path" record --speaks 2>/dev/null </dev/null | tail -n 1)" "$path"; fi; '
    f"for python in {' '.join(_PYTHONS)}; do "
    f'found=$("$python" -I -c "{_VERSION}" 2>/dev/null </dev/null) && say python $found; done; exit 0'
)
PROBE = f"exec sh -c {shlex.quote(_SCRIPT)}"
"""The command."""
_LANGUAGE = 2
"""Words of what ``record --speaks`` prints."""


@dataclass(frozen=True, slots=True)
class There:
    """What a machine has; paths are as the machine wrote them, for command lines only."""

    uid: int
    user: str
    """Clean text."""
    sudo: str
    """``free``, ``asks``, or empty where there is none."""
    speaks: str
    """What the ``ovltui`` that is installed there speaks, as ``record --speaks`` prints; empty where it cannot."""
    installed: str
    """Its path; empty where it is not installed, or too old to tell."""
    pythons: tuple[tuple[tuple[int, int], str], ...]
    """Versions and paths of what Python there is, best first."""


def read(text: str, host: str) -> There:
    """Return what the command printed.

    Raises:
        RemoteError: nothing of it can be understood.
    """
    said = [line.split()[1:] for line in text.splitlines() if line.startswith(f"{_MARK} ")]
    found = {words[0]: words[1:] for words in said if words and words[0] != "python"}
    if not found.get("uid", [""])[0].isdigit():
        raise RemoteError(f"{host} lets us in, but its login shell does not run sh: give the user another one there.")
    installed = found.get("installed", [])
    tells = len(installed) > _LANGUAGE
    return There(
        uid=int(found["uid"][0]),
        user=clean(" ".join(found.get("user", ["?"]))),
        sudo=" ".join(found.get("sudo", [])),
        speaks=" ".join(installed[:_LANGUAGE]) if tells else "",
        installed=" ".join(installed[_LANGUAGE:]) if tells else "",
        pythons=tuple(_pythons(words[1:] for words in said if words and words[0] == "python")),
    )


def _pythons(said: Iterable[list[str]]) -> "list[tuple[tuple[int, int], str]]":
    """Return what of Python there is: new enough first, and among those the one that is called ``python3``."""
    found = [((int(words[0]), int(words[1])), " ".join(words[2:])) for words in said if _is_version(words)]
    return sorted(found, key=lambda one: one[0] < OLDEST)


def _is_version(words: list[str]) -> bool:
    return len(words) > _LANGUAGE and words[0].isdigit() and words[1].isdigit()
