"""All engines that can be found, each followed once.

Source: ``identity.endpoints``, asked again at each ``refresh``. Privileges: those of the endpoints.
Incomplete: an engine counts as one that is known already only after it told its id; until then it may stand
here twice.
"""

import threading
import time
from collections.abc import Callable
from functools import partial

from ovltui.identity.endpoints import Endpoint
from ovltui.identity.engine import Engine
from ovltui.identity.model import EngineEvent, EngineView
from ovltui.identity.once import Once
from ovltui.text import clean

Find = Callable[[], tuple[Endpoint, ...]]


class Engines:
    """The engines of this machine.

    Args:
        find: returns the endpoints as they are now.
        on_change: called in an engine's thread after each change of its view.
        on_event: called in a thread of an engine with each event since now, once whichever engine tells it.
        make: makes the engine of an endpoint.
    """

    def __init__(
        self,
        find: Find,
        on_change: Callable[[], None],
        *,
        on_event: Callable[[EngineEvent], None] = lambda _event: None,
        make: Callable[[Endpoint, Callable[[], None]], Engine] | None = None,
    ) -> None:
        self._find = find
        self._on_change = on_change
        self._make = make or partial(Engine, on_event=on_event, began_ns=time.time_ns(), once=Once())
        self._lock = threading.Lock()
        self._engines: dict[str, Engine] = {}
        self._doubles: dict[str, str] = {}
        """Endpoints left alone, by URL, each with the id of the engine that answers elsewhere."""

    def refresh(self) -> None:
        """Look for endpoints again: follow new ones, let go of doubles and of what never answered.

        Raises:
            UsageError: an address that the user named is none.
        """
        found = {endpoint.url: endpoint for endpoint in self._find()}
        with self._lock:
            self._let_go(found)
            for url, endpoint in found.items():
                if url in self._engines:
                    self._engines[url].endpoint = endpoint
                elif url not in self._doubles:
                    self._engines[url] = self._make(endpoint, self._on_change)
                    self._engines[url].start()

    def views(self) -> tuple[EngineView, ...]:
        """Return what each engine said last: those that the user named first, then by URL."""
        with self._lock:
            views = [engine.view for engine in self._engines.values()]
        return tuple(sorted(views, key=lambda view: (not view.asked, view.url)))

    def close(self) -> None:
        """Let go of all engines; returns at once."""
        with self._lock:
            for engine in self._engines.values():
                engine.close()
            self._engines.clear()

    def _let_go(self, found: dict[str, Endpoint]) -> None:
        """Close doubles, and endpoints that vanished before they ever answered."""
        kept = self._kept()
        self._doubles = {url: one for url, one in self._doubles.items() if one in kept and url in found}
        for url, engine in tuple(self._engines.items()):
            view = engine.view
            double = view.id in kept and kept[view.id] != url and not view.asked
            if double and url in found:
                self._doubles[url] = view.id
            if double or (url not in found and not view.id):
                engine.close()
                del self._engines[url]

    def _kept(self) -> dict[str, str]:
        """Return the URL under which each answering engine is followed, by the engine's id."""
        order = sorted(self._engines.items(), key=lambda item: (not item[1].view.asked, clean(item[0])))
        kept: dict[str, str] = {}
        for url, engine in order:
            if engine.view.answers and engine.view.id:
                kept.setdefault(engine.view.id, url)
        return kept
