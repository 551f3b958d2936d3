"""What a person's files are: where they lie, and whose they are where they are made under sudo.

Source: ``XDG_STATE_HOME``, under sudo the home of who called it. Privileges: the right to write there; under sudo what
is made is given to who called it. Incomplete: only what lies below that person's home is given.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from ovltui.kernel.users import caller


def state_directory(environ: Mapping[str, str]) -> Path:
    """Return the directory of what the person who started us keeps; it may not exist yet."""
    behind_sudo = caller(environ)
    state = environ.get("XDG_STATE_HOME", "")
    if behind_sudo:
        base = Path(behind_sudo.pw_dir) / ".local" / "state"
    elif Path(state).is_absolute():
        base = Path(state)
    else:
        base = Path(environ.get("HOME") or "/root") / ".local" / "state"
    return base / "ovltui"


def make_parents(path: Path, environ: Mapping[str, str]) -> None:
    """Make the directories above a file that are missing, for that person alone; OSError as of ``mkdir``."""
    for missing in reversed([one for one in path.parents if not one.exists()]):
        missing.mkdir(0o700)
        give(missing, environ)


def give(path: Path, environ: Mapping[str, str]) -> None:
    """Give what was made under sudo to who called it."""
    person = caller(environ)
    if person and path.is_relative_to(person.pw_dir):
        os.chown(path, person.pw_uid, person.pw_gid, follow_symlinks=False)
