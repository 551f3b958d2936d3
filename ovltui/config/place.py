"""Where a person's ``config.toml`` is, and what it says.

Source: ``XDG_CONFIG_HOME``, under sudo the home of who called it; the file ``ovltui/config.toml`` below it. Privileges:
the right to read it. Incomplete: where no file was named and there is none, the defaults hold.
"""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ovltui.config.model import Settings
from ovltui.errors import UsageError
from ovltui.kernel.users import caller
from ovltui.text import clean

MOST = 1 << 20
"""Bytes of a file that somebody wrote by hand, and more."""


def default_path(environ: Mapping[str, str]) -> Path:
    """Return where the file of the person who started us is looked for; it may not exist."""
    behind_sudo, chosen = caller(environ), environ.get("XDG_CONFIG_HOME", "")
    if behind_sudo:
        base = Path(behind_sudo.pw_dir) / ".config"
    elif Path(chosen).is_absolute():
        base = Path(chosen)
    else:
        base = Path(environ.get("HOME") or "/root") / ".config"
    return base / "ovltui" / "config.toml"


def loaded(named: str | None, environ: Mapping[str, str]) -> Settings:
    """Return what holds.

    Args:
        named: the file that was asked for, ``/dev/null`` for none; None for the default one, which may be missing.
        environ: the environment.

    Raises:
        UsageError: the file cannot be read, or says what cannot be meant.
    """
    path = default_path(environ) if named is None else Path(named)
    if named == os.devnull:
        return Settings(path=named)
    shown = clean(str(path))
    try:
        if not path.is_file():
            if named is None and not path.exists():
                return Settings(path=shown)
            raise UsageError(f"{shown} is no file: ovltui config --default > FILE writes one to begin with.")
        with path.open("rb") as file:
            raw = file.read(MOST + 1)
    except (OSError, ValueError) as error:  # a NUL in the name is a ValueError
        says = getattr(error, "strerror", None) or error
        raise UsageError(f"{shown} cannot be read ({says}): mend that, or name another with --config.") from error
    from ovltui.config.reading import parsed  # noqa: PLC0415  (most start without such a file)

    if len(raw) > MOST:
        raise UsageError(f"{shown} is longer than {MOST} bytes: that is no config file of ovltui.")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise UsageError(f"{shown}:{line}: this is no UTF-8: save the file as UTF-8.") from error
    return replace(parsed(text, shown), path=shown)
