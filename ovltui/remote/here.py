"""This machine, as one among several: ``ovltui record - --led`` in a process of its own.

Source: that process, from the same package. Privileges: ours. Incomplete: as its recording.
"""

import os
from collections.abc import Mapping, Sequence

from ovltui.errors import RemoteError
from ovltui.kernel.relaunch import module_command
from ovltui.kernel.users import login_shell
from ovltui.remote.entering import entering
from ovltui.remote.line import Line

RECORD = ("record", "-", "--led")
"""The verb whose recording is a stream."""
SPEAKS = "led 1"
"""What such a recording understands, and the format that it writes: another ovltui fits if it says the same."""


class Here:
    """This machine.

    Args:
        words: more options of the verb: ``--no-docker``, ``--docker URL``, ``--passive``.
        environ: its environment; ours where that is None.
    """

    def __init__(self, words: Sequence[str] = (), environ: Mapping[str, str] | None = None) -> None:
        self.url = ""
        """It has none."""
        self.name = os.uname().nodename
        self._words = tuple(words)
        self._environ = environ

    def open(self) -> Line:
        """Begin to record.

        Raises:
            RemoteError: the process cannot be started.
        """
        try:
            return Line(module_command("ovltui.__main__", *RECORD, *self._words), environ=self._environ)
        except OSError as error:
            raise RemoteError(f"the recorder of this machine cannot be started ({error.strerror}).") from error

    def shell_words(self, paths: Sequence[str], inode: int) -> list[str]:
        """Return the words that run the user's shell in a namespace; see ``Machine``."""
        shell = login_shell(os.environ if self._environ is None else self._environ)
        return entering(shell, paths, inode)

    def close(self) -> None:
        """Nothing is shared."""
