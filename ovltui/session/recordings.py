"""The directory of a person's recordings: which there are, and new ones.

Source: ``XDG_STATE_HOME``, under sudo the home of who called it; the files in ``ovltui/recordings`` below it.
Privileges: the right to write there. What is made under sudo is given to who called it. Incomplete: a file that cannot
be read is listed with the reason.
"""

import os
import re
import time
from collections.abc import Mapping
from pathlib import Path
from platform import release

from ovltui.capture.inputs import FORMAT, Start
from ovltui.capture.sink import Sink
from ovltui.capture.summary import Ending, Summary, summary
from ovltui.errors import RecordingError
from ovltui.kernel.relaunch import module_command
from ovltui.session.belongings import give, make_parents, state_directory
from ovltui.session.recorder import Recorder
from ovltui.session.session import Session
from ovltui.text import clean

_UNFIT = re.compile(r"[^\w.-]+", re.ASCII)
_ENDINGS = (".pcapng", ".pcapng.gz")

__all__ = ["Ending", "Summary", "begun", "directory", "listing", "proposal", "removed", "replay_command"]


def directory(environ: Mapping[str, str]) -> Path:
    """Return the directory in which recordings of the person who started us lie; it may not exist yet."""
    return state_directory(environ) / "recordings"


def proposal(host: str) -> str:
    """Return a name for a recording that begins now."""
    return f"ovltui-{_UNFIT.sub('-', host).strip('-.') or 'host'}-{time.strftime('%Y%m%d-%H%M%S')}.pcapng"


def begun(session: Session, path: Path, environ: Mapping[str, str], version: str) -> Recorder:
    """Begin to record into a new file, and return the recorder; missing directories are made.

    Args:
        session: what to record.
        path: the file.
        environ: the environment, which tells who called us.
        version: of ovltui.

    Raises:
        RecordingError: the file cannot be made.
    """
    name = clean(str(path))
    if os.path.lexists(path):
        raise RecordingError(f"{name} exists already: choose another name.")
    try:
        make_parents(path, environ)
    except (OSError, ValueError) as error:
        raise RecordingError(f"{name} cannot be made ({getattr(error, 'strerror', None) or error}).") from error

    def part() -> Sink:
        sink = Sink(str(path))
        give(path, environ)
        return sink

    try:
        recorder = Recorder(session, part, Start(FORMAT, version, "", None, 0, kernel=release()))
    except ValueError as error:  # a NUL in the name
        raise RecordingError(f"{name} cannot be made ({error}).") from error
    recorder.start()
    session.tell()  # whoever looks for findings tells the recorder all of them
    return recorder


def listing(where: Path) -> tuple[Summary, ...]:
    """Return the recordings in a directory, the newest first.

    Raises:
        RecordingError: it cannot be listed.
    """
    try:
        paths = [path for path in where.iterdir() if path.name.endswith(_ENDINGS)]
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise RecordingError(f"{clean(str(where))} cannot be listed ({error.strerror}).") from error
    found = (_summary(path) for path in paths)
    return tuple(sorted((one for one in found if one), key=lambda one: -one.changed_ns))


def removed(path: str) -> None:
    """Delete a recording.

    Raises:
        RecordingError: it cannot be deleted.
    """
    try:
        Path(path).unlink()
    except OSError as error:
        raise RecordingError(f"{clean(path)} cannot be deleted ({error.strerror}).") from error


def replay_command(path: str, *, ascii_only: bool) -> list[str]:
    """Return the words that show a recording on screens of its own."""
    return module_command("ovltui.__main__", "replay", *(["--ascii"] if ascii_only else []), str(Path(path).absolute()))


def _summary(path: Path) -> Summary | None:
    try:
        return summary(str(path)) if path.is_file() else None
    except OSError as error:
        says = f"{clean(path.name)} cannot be read ({error.strerror})."
        return Summary(str(path), clean(path.name), 0, 0, says=says)
