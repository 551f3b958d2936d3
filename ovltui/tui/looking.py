"""Looks into a namespace in a thread of its own, so that no visit makes a key wait.

Source: ``Inspection``. Privileges: those of a visit. It looks when it is asked to, and rests after each look for longer
than that took.
"""

from collections.abc import Callable
from threading import Event, Thread
from time import monotonic

from ovltui.session.inspection import Inspection, Tab
from ovltui.topology.sheet import Sheet
from ovltui.tui.widgets.column_fit import widths

_REST_S = 0.2
"""Seconds between two looks, at least."""
_SHARE = 4
"""How many times longer than a look it rests."""

Told = Callable[[Tab, Sheet | None, tuple[int, ...]], object]
"""Takes in, in the thread, a table with the widths of its columns; None where the namespace is gone."""


class Looking:
    """The thread.

    Args:
        inspection: what to ask.
        told: called where a table is another one than before.
    """

    def __init__(self, inspection: Inspection, told: Told) -> None:
        self._inspection = inspection
        self._told = told
        self._tab = Tab.OVERVIEW
        self._last: tuple[Tab, Sheet | None] | None = None
        self._wake, self._hurry, self._closing = Event(), Event(), Event()
        self._thread = Thread(target=self._run, name="ovltui-inspection", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def ask(self, tab: Tab) -> None:
        """Look at a tab soon; at once where it is another one than before."""
        if tab is not self._tab:
            self._tab = tab
            self._hurry.set()
        self._wake.set()

    def close(self) -> None:
        """End the thread after its last look; nobody waits for it."""
        self._closing.set()
        self._wake.set()
        self._hurry.set()

    def _run(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            self._hurry.clear()
            if self._closing.is_set():
                return
            tab, began = self._tab, monotonic()
            found = self._inspection.sheet(tab)
            if (tab, found) != self._last and not self._closing.is_set():
                self._last = (tab, found)
                self._told(tab, found, widths(found.columns, found.entries) if found else ())
            self._hurry.wait(max(_REST_S, _SHARE * (monotonic() - began)))
