"""Contexts of the docker client: names that its user gave to engines.

Source: ``contexts/meta/*/meta.json`` below the client's configuration directory, read as JSON, because
``docker.context.ContextAPI`` stops at the first malformed file and knows one home directory only. Privileges:
the right to read the files. Incomplete: a file that cannot be read or understood is left out and said.
"""

import json
import pwd
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ovltui.text import clean


@dataclass(frozen=True, slots=True)
class Context:
    """A name for an engine."""

    name: str
    """Raw, to be compared."""
    host: str
    """URL of the engine; raw, to be opened."""


def contexts(directories: Iterable[Path]) -> tuple[tuple[Context, ...], tuple[str, ...]]:
    """Return the contexts below the given configuration directories, and what could not be read."""
    found: list[Context] = []
    gaps: list[str] = []
    for directory in directories:
        for path in _meta_files(directory, gaps):
            try:
                found.append(_context(path))
            except (OSError, ValueError, KeyError, TypeError) as error:
                gaps.append(f"context {clean(str(path))} is left out ({_reason(error)})")
    return tuple(found), tuple(gaps)


def home_of(user: str) -> Path | None:
    """Return the home directory of a user by name, or None where there is no such user."""
    try:
        return Path(pwd.getpwnam(user).pw_dir)
    except (KeyError, ValueError):  # ValueError: a NUL in the name
        return None


def _meta_files(directory: Path, gaps: list[str]) -> list[Path]:
    """Return the meta.json files; a directory that may not be read has none and is said."""
    meta = directory / "contexts" / "meta"
    try:
        return sorted(entry / "meta.json" for entry in meta.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        gaps.append(f"the contexts in {clean(str(meta))} cannot be read ({error.strerror})")
        return []


def _context(path: Path) -> Context:
    if not path.is_file():  # a pipe would block
        raise FileNotFoundError(2, "no such file")
    meta = json.loads(path.read_bytes())
    name, host = meta["Name"], meta["Endpoints"]["docker"]["Host"]
    if not (isinstance(name, str) and isinstance(host, str)):
        raise TypeError("Name or Host is no text")
    return Context(name, host)


def _reason(error: Exception) -> str:
    """Say in a few words why a context was left out."""
    if isinstance(error, OSError):
        return clean(str(error.strerror))
    return f"no {error} in it" if isinstance(error, KeyError) else clean(str(error))
