"""Files that hold what was on the screen, for a ticket or a colleague.

Source: ``XDG_STATE_HOME``, as ``belongings`` says; the directory ``ovltui/views`` below it. Privileges: the right to
write there. What is made under sudo is given to who called it. Incomplete: nothing that exists is written over.
"""

import os
import time
from collections.abc import Mapping
from pathlib import Path

from ovltui.errors import OvltuiError
from ovltui.session.belongings import give, make_parents, state_directory
from ovltui.text import clean

_ENDINGS = (".txt", ".svg")


def directory(environ: Mapping[str, str]) -> Path:
    """Return the directory in which views of the person who started us lie; it may not exist yet."""
    return state_directory(environ) / "views"


def proposal(environ: Mapping[str, str]) -> Path:
    """Return a name for what is seen now, without an ending."""
    return directory(environ) / f"ovltui-{time.strftime('%Y%m%d-%H%M%S')}"


def written(path: Path, text: str, picture: str, environ: Mapping[str, str]) -> list[str]:
    """Write two new files, readable by their owner alone; return their names, clean text.

    Args:
        path: their name without the ending.
        text: the lines of the screen.
        picture: an SVG of it.
        environ: the environment, which tells who called us.

    Raises:
        OvltuiError: one of them cannot be written.
    """
    names = []
    for ending, content in zip(_ENDINGS, (text, picture), strict=True):
        file = Path(f"{path}{ending}")
        name = clean(str(file))
        try:
            make_parents(file, environ)
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as opened:
                opened.write(content)
            give(file, environ)
        except (OSError, ValueError) as error:  # a NUL in the name is a ValueError
            says = getattr(error, "strerror", None) or error
            raise OvltuiError(f"{name} was not written: {says}.") from error
        names.append(name)
    return names
