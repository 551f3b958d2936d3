"""One Docker Engine, asked again and again what it intends of its overlay networks, in a thread of its own.

Source: ``identity.client``. Privileges: the right to connect. Incomplete: an engine that did not answer the last time
intends nothing that we know, and ``Answer.says`` why.
"""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from ovltui.errors import DockerError
from ovltui.identity.intent import Intent, Seat
from ovltui.identity.model import EngineView

PERIOD_S = 10.0
"""Seconds between two questions when nothing happens."""
DEBOUNCE_S = 0.3
"""Seconds between something that happened and the question: more will come with it."""
TIMEOUT_S = 2.0
_REST_FACTOR = 50
"""How many times as long as the answer took the engine is let alone where nothing happens."""
_HURRIED_REST_FACTOR = 2
"""The same where something happens all the time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine said last."""

    url: str
    asked_ns: int
    """When it was asked, in nanoseconds since the epoch."""
    intents: tuple[Intent, ...] = ()
    seat: Seat | None = None
    says: str = ""
    """Why it did not answer; empty where it did."""


def ask(view: EngineView, timeout_s: float = TIMEOUT_S) -> Answer:
    """Ask an engine about its seat and all its overlay networks.

    Args:
        view: the engine, with the networks that it knows.
        timeout_s: seconds that it may be silent for, at each question.
    """
    from ovltui.identity.client import Client  # noqa: PLC0415  (80 ms that nobody else waits for)

    asked_ns = time.time_ns()
    wanted = [network.id for network in view.networks if network.driver == "overlay"]
    try:
        with closing(Client(view.url, timeout_s)) as client:
            seat = client.seat(view.url)
            found = [client.intent(view.url, network) for network in wanted]
    except DockerError as error:
        return Answer(view.url, asked_ns, says=str(error))
    return Answer(view.url, asked_ns, tuple(intent for intent in found if intent), seat)


class Asker:
    """The thread of one engine.

    Args:
        view: returns the engine as it is known now; None while it does not answer.
        told: called in the thread with each answer.
        asks: what asks.
    """

    def __init__(
        self,
        view: Callable[[], EngineView | None],
        told: Callable[[Answer], None],
        asks: Callable[[EngineView], Answer] = ask,
    ) -> None:
        self._view = view
        self._told = told
        self._ask = asks
        self._wake = threading.Event()
        self._closed = threading.Event()

    def start(self) -> None:
        """Begin; the first question is asked at once."""
        threading.Thread(target=self._run, name="ovltui-intent", daemon=True).start()

    def doubt(self) -> None:
        """Ask soon; any thread may call it."""
        self._wake.set()

    def close(self) -> None:
        """End; returns at once, the thread may still wait for its answer."""
        self._closed.set()
        self._wake.set()

    def _run(self) -> None:
        while not self._closed.is_set():
            self._wake.clear()
            begun = time.monotonic()
            view = self._view()
            if view:
                answer = self._ask(view)
                if not self._closed.is_set():
                    self._told(answer)
            took = time.monotonic() - begun
            self._closed.wait(_HURRIED_REST_FACTOR * took)
            if self._wake.wait(max(PERIOD_S, _REST_FACTOR * took)):
                self._closed.wait(DEBOUNCE_S)
