"""A machine whose events can be had: this one, or another one.

Source: nothing; the interface that the joined session asks for. Every machine is a process that writes a recording to a
pipe (``ovltui record - --led``), here or there.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol


class Pieces(Protocol):
    """One running connection."""

    ended: str
    """Why it ended, a sentence; empty while it runs."""
    heard: bool
    """Whether the machine is known to speak now: what is read where it is kept may be all that there ever will be."""

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes of the recording as they come, until it ends."""

    def close(self) -> None:
        """End it here at once, and there within 3 s; in any thread, a second call does nothing."""


class Machine(Protocol):
    """A machine; ``open`` is called again after a connection ended."""

    url: str
    """``ssh://node2``; empty for this machine."""
    name: str
    """What it is called until its stream tells its host name."""

    def open(self) -> Pieces:
        """Connect and begin to record there; blocks for as long as that takes.

        Raises:
            RemoteError: it cannot be reached, or nothing can be recorded there.
        """

    def shell_words(self, paths: Sequence[str], inode: int) -> list[str]:
        """Return the words that run a login shell in a namespace there, on a terminal.

        Args:
            paths: files that led into it, best first; none for the machine's own namespace.
            inode: of the namespace; another one at a path is refused.
        """

    def close(self) -> None:
        """End what is shared by its connections, and remove it; a second call does nothing."""
