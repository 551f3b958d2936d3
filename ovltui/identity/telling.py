"""What of an engine's event stream goes on to the timeline: each event once, under the engine's id, and no history.

Source: the events that ``identity.client`` reads. Pure. Incomplete: an engine repeats its newest 256 events and forgets
them when it ends, so of a longer absence some are missing; the clock of an engine elsewhere may put a second of its
history after our beginning.
"""

from collections.abc import Callable
from dataclasses import replace

from ovltui.identity.event import ContainerNames, is_told
from ovltui.identity.model import EngineEvent, EngineView
from ovltui.identity.once import Once

_MARGIN_NS = 10**9
"""How long before the moment of asking events are wanted: an engine sends its header before it listens to itself."""


class Telling:
    """Passes events of one engine on.

    Args:
        on_event: gets each event that belongs into the timeline.
        began_ns: events before that are history.
        once: knows what was told; shared by all engines.
    """

    def __init__(self, on_event: Callable[[EngineEvent], None], began_ns: int, once: Once) -> None:
        self._on_event = on_event
        self._began_ns = began_ns
        self._once = once
        self._names = ContainerNames()
        self.since_ns = began_ns - _MARGIN_NS
        """From when on to ask for events: the newest that was heard, by the engine's clock."""

    def hear(self, event: EngineEvent, view: EngineView) -> None:
        """Take in an event of an engine that said ``view`` so far."""
        self.since_ns = event.time_ns
        known = {container.id: container.name for container in view.containers}
        named = self._names.completed(event, known)
        history = self._began_ns - _MARGIN_NS <= event.time_ns < self._began_ns
        if is_told(event) and not history and self._once.is_new(event):
            self._on_event(replace(named, engine=view.id or view.url))
