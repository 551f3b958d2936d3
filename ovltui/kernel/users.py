"""Who started us, also under sudo, and the shell of that person.

Source: SHELL, SUDO_USER and the password database. Privileges: none. Incomplete: where no shell is set, or it cannot be
run, it is /bin/sh.
"""

import os
import pwd
from collections.abc import Mapping

_LAST_RESORT = "/bin/sh"
_REFUSING = ("nologin", "false", "true")
"""Programs that stand in the place of a shell and only say no."""


def login_shell(environ: Mapping[str, str]) -> str:
    """Return the path of the person's shell: under sudo theirs, not root's."""
    choice = _shell_of(environ["SUDO_USER"]) if "SUDO_USER" in environ else environ.get("SHELL", "")
    usable = choice.startswith("/") and os.access(choice, os.X_OK) and os.path.basename(choice) not in _REFUSING
    return choice if usable else _LAST_RESORT


def caller(environ: Mapping[str, str]) -> pwd.struct_passwd | None:
    """Return who called sudo; None without it."""
    try:
        return pwd.getpwnam(environ["SUDO_USER"]) if os.geteuid() == 0 else None
    except (KeyError, ValueError):
        return None


def _shell_of(user: str) -> str:
    try:
        return pwd.getpwnam(user).pw_shell
    except KeyError:
        return ""
