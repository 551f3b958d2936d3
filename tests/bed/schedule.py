"""Which process of a run gets which tests: a group goes to one of them, that of ``OUTSIDE`` to the one that is there.

Source: xdist's scheduler by scopes, whose scopes are here what the processes themselves said of each test; what xdist
would say of groups (``loadgroup``) is lost on pytest 9.2.
"""

import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from xdist.scheduler import LoadScopeScheduling

OUTSIDE = "outside"
"""The group of tests that want the machine as it is."""
_PLAIN = "popen"
"""How xdist starts a process, which is outside."""
_BOOTSTRAP = "import sys;exec(eval(sys.stdin.readline()))"
"""What execnet tells it first."""
_APART = f"popen//python={shlex.join((str(Path(__file__).with_name('apart.sh')), sys.executable))}"


def apart(processes: Sequence[str]) -> list[str]:
    """Put each of the processes apart from the machine and from the others, and add one outside."""
    return [_PLAIN, *(_APART if each == _PLAIN else each for each in processes)]


def end_led() -> None:
    """Send TERM to the processes of this run."""
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):  # it has ended
            if process.cmdline()[:1] == [sys.executable] and _BOOTSTRAP in process.cmdline():
                process.terminate()


class GroupScheduling(LoadScopeScheduling):
    """Hands out whole groups, in the order in which the tests lie.

    Args:
        config: of the run.
        log: as xdist gives it.
        groups: returns the group of each test, once the processes have found the tests.
    """

    def __init__(self, config: pytest.Config, log: Any, groups: Callable[[], Mapping[str, str]]) -> None:
        super().__init__(config, log)
        self._read = groups
        self._groups: Mapping[str, str] = {}
        self._has_others = _APART in config.getoption("tx")

    def _split_scope(self, nodeid: str) -> str:
        self._groups = self._groups or self._read()
        return self._groups[nodeid]

    def _next(self, node: Any) -> str | None:
        """Return the next group that is for a process; that of ``OUTSIDE`` is for one, which gets no other."""
        is_outside = node.gateway.spec.python is None
        fitting = (group for group in self.workqueue if not self._has_others or (group == OUTSIDE) == is_outside)
        return next(fitting, None)

    def schedule(self) -> None:
        """Begin, once all processes have found the same tests; later, see to one that replaces another."""
        if self.collection is None and self._check_nodes_have_same_collection():
            self.collection = next(iter(self.registered_collections.values()))
            for test in self.collection:
                self.workqueue.setdefault(self._split_scope(test), {})[test] = False
        for _ in ("to run", "to go on with"):
            for node in self.nodes:
                self._reschedule(node)

    def _reschedule(self, node: Any) -> None:
        """Give a process more when it has little left; where nothing is left for it, it ends after what it has."""
        group = self._next(node)
        if group is not None:
            self.workqueue.move_to_end(group, last=False)
            with suppress(OSError):  # it has died: that is told next, and what it was given goes back to the others
                super()._reschedule(node)
        elif not node.shutting_down:
            node.shutdown()
