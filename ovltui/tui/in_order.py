"""Keys that take effect one behind the other, however fast they are typed.

Source: Textual's events. The library hands a key to the focused widget's queue and takes the next one before that has
acted: a key of the app would overtake it, and one behind a key that moves the focus would go to where the focus was.
Over SSH several keys often come at once. Incomplete: a key whose act takes longer than ``PATIENCE_S`` is not waited
for any longer.
"""

from collections import deque
from functools import partial
from time import monotonic

from textual import events
from textual.app import App
from textual.dom import DOMNode

PATIENCE_S = 2.0
"""Seconds after which a key is held to have acted."""
_ROUNDS = 2
"""A key acts on its way up through the widgets; what its act sends goes up once more."""


class AppInOrder(App[int]):
    """An app in which a key acts when those before it have acted."""

    def __init__(self) -> None:
        super().__init__()
        self._typed: deque[events.Key | events.Paste] = deque()
        self._turn = 0
        self._acting_since: float | None = None

    def at_once(self, event: events.Key | events.Paste) -> bool:
        """Whether nothing behind ``event`` depends on what it does."""
        del event
        return False

    async def on_event(self, event: events.Event) -> None:
        """Let keys and pasted text wait for their turn."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
            return
        self._typed.append(event)
        if self._acting_since is None or monotonic() - self._acting_since > PATIENCE_S:
            await self._next(self._turn)
        elif len(self._typed) == 1:
            self._wait_no_longer()

    async def _next(self, turn: int) -> None:
        """Let the next key act, unless another one has had its turn since."""
        if turn != self._turn:
            return
        self._turn += 1
        self._acting_since = None
        while self._typed and self._acting_since is None:
            event = self._typed.popleft()
            if not self.at_once(event):
                self._acting_since = monotonic()
            target = self.focused or self.screen
            await super().on_event(event)
            if self._acting_since is not None:
                self._follow(target, self._turn, _ROUNDS)
        if self._typed:
            self._wait_no_longer()

    def _wait_no_longer(self) -> None:
        """Let the next key act in any case: what follows the one before is lost when its widget is removed."""
        self.set_timer(PATIENCE_S, partial(self._next, self._turn))

    def _follow(self, node: DOMNode | None, turn: int, rounds: int) -> None:
        """Go behind the key, from queue to queue, up to our own: then it has acted."""
        while node is not None and node is not self:
            if node.call_later(partial(self._follow, node.parent, turn, rounds)):
                return
            node = node.parent  # it has been removed
        if rounds > 1:
            self._follow(self.focused or self.screen, turn, rounds - 1)
        else:
            self.call_later(self._next, turn)
