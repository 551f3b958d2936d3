"""Neighbour solicitations on request: switched on for a link, and back when the session ends, however it ends.

Source: ``kernel.solicit``. Privileges: as there. What it did is in ``acts``, each with the command that it equals.
"""

import subprocess
from collections.abc import Sequence
from dataclasses import replace

from ovltui.kernel.relaunch import module_command
from ovltui.kernel.solicit import Setting, as_line, put, value_of
from ovltui.netns.evidence import ways_in
from ovltui.netns.model import Netns
from ovltui.session.live import LiveSession

COST = "the first broadcast ARP of each lookup now leaves one second later"
"""What the setting costs, in words."""


class Solicitor:
    """What was switched on; a process of its own sets it back, also when this one is killed."""

    def __init__(self) -> None:
        self.acts: list[Setting] = []
        """What was set, in order."""
        self._guard: subprocess.Popen[bytes] | None = None

    def switch_on_in(self, session: LiveSession, netns: Netns, dev: str) -> Setting | None:
        """Do so in a namespace of a session; see ``switch_on``."""
        return self.switch_on(session.way_in(netns), netns.key.id, dev, tuple(ways_in(netns)))

    def switch_on(self, path: str, netns_id: int, dev: str, others: Sequence[str] = ()) -> Setting | None:
        """Have the kernel tell of solicitations of link ``dev``; return what was set, or None if it did so already.

        Args:
            path: a way into its namespace.
            netns_id: which one it must lead to.
            dev: the link.
            others: further ways in, by which it may be set back.

        Raises:
            OvltuiError: it cannot be set.
        """
        before = value_of(path, netns_id, dev, others)
        if before.value:
            return None
        guard = self._guarded()
        assert guard.stdin is not None
        # First the promise to set it back, then the deed: we may be killed between the two.
        guard.stdin.write(as_line(before))
        guard.stdin.flush()
        setting = replace(before, value=1)
        put(setting)
        self.acts.append(setting)
        return setting

    def close(self) -> None:
        """Set everything back."""
        if self._guard and self._guard.stdin:
            self._guard.stdin.close()
            self._guard.wait()
            self._guard = None
        self.acts.clear()

    def _guarded(self) -> subprocess.Popen[bytes]:
        if self._guard is None:
            self._guard = subprocess.Popen(
                module_command("ovltui.kernel.solicit", bare=True),
                stdin=subprocess.PIPE,
                start_new_session=True,
            )
        return self._guard
