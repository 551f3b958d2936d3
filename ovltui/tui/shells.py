"""All shells that are open, whether a pane shows them or not, and the reading of what they write.

Source: ``terminal.shell``, in the app's event loop. Privileges: those of ``terminal.pty``. Reading takes turns with
everything else: each shell is read for a few milliseconds and then rests, so that output without end holds up no key.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

from ovltui.identity.model import Kind
from ovltui.netns.model import NetnsKey
from ovltui.session.snapshot import Row, Snapshot
from ovltui.terminal.pty import Place, environment
from ovltui.terminal.shell import Shell

_TURN_S = 0.004
"""Seconds for which a shell is read at once."""
_REST_S, _LONG_REST_S = 0.001, 0.02
"""Seconds that a shell rests after a turn that left more to read: where a pane shows it, and where none does or it has
been so for ``_FLOOD_S``."""
_FLOOD_S = 2.0
_NOBODY = (Kind.PROCESS, Kind.OTHER)
"""Kinds of namespaces that only a process, a descriptor or a socket keeps."""
_NETWORK_ONLY = "its network, the host's files and tools"
_NATURES = {
    "everything": "all its namespaces, as by docker exec",
    "resolv": "its network, names and /sys, the host's files",
}
"""What a shell has of a namespace, by its dress."""
_PATIENCE_S = 1.9
_SIZE = (80, 24)
"""Of a shell that no pane shows yet."""


@dataclass(slots=True)
class Opened:
    """A shell that was opened, and what to call it."""

    number: int
    row: Row
    """The namespace in which it is, as it was then."""
    what: str
    """The command, as a person would say it; clean text."""
    argv: tuple[str, ...]
    shell: Shell
    dress: Mapping[str, bool]
    """What it sees beside the network, as ``terminal.pty.place`` names it."""
    entered: bool = False
    """Whether a line was typed to it: until then the frame says what it is."""
    still: bool = False
    """Whether what it writes waits, because somebody marks text."""
    bells: int = 0
    """How often its bell had rung when somebody last looked."""
    holds: bool = False
    """Whether its namespace lives for nothing but its sake: the container is gone, or the name in /run/netns."""

    @property
    def key(self) -> NetnsKey:
        """The namespace in which it is."""
        return self.row.netns.key

    @property
    def name(self) -> str:
        """What the namespace was called then."""
        return self.row.identity.name

    @property
    def nature(self) -> str:
        """What of the namespace it has, and what not; empty for a shell in our own."""
        if self.row.netns.own:
            return ""
        return next((says for name, says in _NATURES.items() if self.dress.get(name)), _NETWORK_ONLY)

    @property
    def had_owner(self) -> bool:
        """Whether somebody else than a process kept the namespace then."""
        return self.row.identity.kind not in _NOBODY

    @property
    def label(self) -> str:
        """Namespace, command, and how it stands."""
        return self.shown(len(self.what))

    def shown(self, most: int) -> str:
        """Return the label with no more than ``most`` characters of the command."""
        what = self.what if len(self.what) <= most else f"{self.what[: most - 1]}\N{HORIZONTAL ELLIPSIS}"
        status = self.shell.status
        ended = "" if not self.shell.ended else " ended" if status is None else f" ended {status}"
        gone = " GONE, held by this shell" if self.holds and not ended else ""
        return f"{self.name} {what}{ended}{gone}{' *' if self.shell.bells > self.bells else ''}"


class Shells:
    """The shells.

    Args:
        environ: the environment of the person who started us.
        wrote: called when a shell wrote something or ended.
        listed: called when one was opened or closed.
    """

    def __init__(self, environ: Mapping[str, str], wrote: Callable[[Opened], None], listed: Callable[[], None]) -> None:
        self._environ = environment(environ)
        self._wrote = wrote
        self._listed = listed
        self._all: list[Opened] = []
        self._flooding: dict[int, float] = {}
        self._numbers = 0
        self.current: Opened | None = None
        """The one that panes show."""

    @property
    def all(self) -> tuple[Opened, ...]:
        """All of them, in the order in which they were opened."""
        return tuple(self._all)

    @property
    def living(self) -> tuple[Opened, ...]:
        """Those whose command runs."""
        return tuple(one for one in self._all if not one.shell.ended)

    def of(self, key: NetnsKey) -> Opened | None:
        """Return the newest living shell of a namespace."""
        return next((one for one in reversed(self.living) if one.key == key), None)

    def look(self, snapshot: Snapshot) -> None:
        """See which namespaces have lost what they were called by."""
        kinds = {row.netns.key: row.identity.kind for row in snapshot.rows}
        held = {one.number for one in self.living if one.had_owner and kinds.get(one.key) in _NOBODY}
        if held != {one.number for one in self._all if one.holds}:
            for one in self._all:
                one.holds = one.number in held
            self._listed()

    def marks(self) -> dict[NetnsKey, str]:
        """Return a badge for each namespace in which a shell runs; a star for one whose bell rang."""
        rang = {one.key for one in self.living if one.shell.bells > one.bells}
        return {one.key: " $*" if one.key in rang else " $" for one in self.living}

    def open(self, row: Row, what: str, place: Place, *, argv: Sequence[str], dress: Mapping[str, bool]) -> Opened:
        """Start a command in a namespace and make it the current one; errors as of ``Shell``."""
        size = self.current.shell.size if self.current else _SIZE
        shell = Shell(place, argv, self._environ, size)
        self._numbers += 1
        opened = Opened(self._numbers, row, what, tuple(argv), shell, dress)
        self._all.append(opened)
        self._read(opened)
        self.show(opened)
        return opened

    def again(self, opened: Opened, place: Place) -> None:
        """Start the command of a shell that ended once more; errors as of ``Shell``."""
        shell = Shell(place, opened.argv, self._environ, opened.shell.size)
        opened.shell.close()
        opened.shell, opened.bells, opened.still = shell, 0, False
        self._read(opened)
        self._listed()

    def show(self, opened: Opened) -> None:
        """Make one the current one."""
        self.current = opened
        opened.bells = opened.shell.bells
        self._listed()

    def step(self, by: int) -> None:
        """Make the next or previous one the current one."""
        if self.current:
            self.show(self._all[(self._all.index(self.current) + by) % len(self._all)])

    def close(self, opened: Opened) -> None:
        """End a shell and forget it."""
        self._let_go(opened)
        at = self._all.index(opened)
        self._all.remove(opened)
        opened.shell.close()
        if self.current is opened:
            self.current = self._all[max(0, at - 1)] if self._all else None
        self._listed()

    def close_all(self) -> None:
        """End all of them, and wait a moment until they are gone."""
        for one in self._all:
            self._let_go(one)
            one.shell.close()
        deadline = monotonic() + _PATIENCE_S
        for one in self._all:
            one.shell.wait_until_gone(max(0.0, deadline - monotonic()))
        self._all.clear()
        self.current = None

    def keep_still(self, opened: Opened, still: bool) -> None:
        """Let what a shell writes wait in its terminal, or go on reading it."""
        opened.still = still
        if still and opened.shell.fd >= 0:
            asyncio.get_running_loop().remove_reader(opened.shell.fd)
        self._read(opened)

    def mind(self, opened: Opened) -> None:
        """Have input that waits reach its shell as soon as that takes it."""
        if opened.shell.waiting:
            asyncio.get_running_loop().add_writer(opened.shell.fd, self._flush, opened)

    def _flush(self, opened: Opened) -> None:
        opened.shell.flush()
        if not opened.shell.waiting:
            asyncio.get_running_loop().remove_writer(opened.shell.fd)

    def _read(self, opened: Opened) -> None:
        """Begin to read, or go on after a rest."""
        shell = opened.shell
        if shell.fd >= 0 and not shell.ended and not opened.still:
            asyncio.get_running_loop().add_reader(shell.fd, self._turn, opened, shell)

    def _turn(self, opened: Opened, shell: Shell) -> None:
        more = shell.pump(_TURN_S)
        loop = asyncio.get_running_loop()
        if shell.ended:
            self._let_go(opened)
            self._listed()
        elif more:
            loop.remove_reader(shell.fd)
            since = self._flooding.setdefault(opened.number, loop.time())
            hurry = opened is self.current and loop.time() - since < _FLOOD_S
            loop.call_later(_REST_S if hurry else _LONG_REST_S, self._read, opened)
        else:
            self._flooding.pop(opened.number, None)
        self.mind(opened)
        self._wrote(opened)

    def _let_go(self, opened: Opened) -> None:
        if opened.shell.fd >= 0:
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:  # the app has ended, and its loop with it
                return
            loop.remove_reader(opened.shell.fd)
            loop.remove_writer(opened.shell.fd)
