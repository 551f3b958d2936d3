"""One Docker Engine, followed by a thread of its own: what it said is at hand, and nobody waits for it.

Source: ``identity.client``; a first load, then the event stream, then a comparison every ten seconds, which
also notices an engine that hangs. Privileges: the right to connect. Incomplete: between an engine's death and
its return the view keeps the last names and says so; a container that the engine does not describe has
neither pid nor sandbox.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ovltui.errors import DockerError
from ovltui.identity.containers import merged, stopped, without
from ovltui.identity.endpoints import Endpoint
from ovltui.identity.model import Container, EngineEvent, EngineView
from ovltui.identity.once import Once
from ovltui.identity.telling import Telling
from ovltui.identity.whereabouts import Whereabouts, whereabouts
from ovltui.text import clean

if TYPE_CHECKING:
    from ovltui.identity.client import Client, Events

_TIMEOUT_S = 5.0
_PULSE_S = 10.0
"""How long the event stream may be silent before the engine is asked whether it lives."""
_PAUSES_S = (1.0, 10.0)
"""Pause before an engine that did not answer is tried again: the first, and the last to which it doubles."""
_GATHER_S = 0.05
"""How long network events are gathered before the networks are read again."""
_MAX_SILENT = 3
"""Containers about which an engine may say nothing before it counts as one that does not answer."""
_CHANGES = (("container", "rename"), ("network", "connect"), ("network", "disconnect"))
"""Events after which a running container is another one, by object and action."""


class Engine:
    """An engine and what it said last.

    Args:
        endpoint: where it listens; may be set anew when more is known of it.
        on_change: called in the engine's thread after each change of ``view``.
        on_event: called in another thread, of the engine too, with each event that was not told before; what it is
            about may not be in ``view`` yet.
        began_ns: events before that are history and not told; None stands for now.
        once: knows which events were told, if several engines share that.
        timeout: seconds that it may be silent for, at each question.
        pauses: seconds before it is tried again: at first, and at most.
        locate: tells where the process behind an endpoint lives.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        on_change: Callable[[], None],
        *,
        on_event: Callable[[EngineEvent], None] = lambda _event: None,
        began_ns: int | None = None,
        once: Once | None = None,
        timeout: float = _TIMEOUT_S,
        pauses: tuple[float, float] = _PAUSES_S,
        locate: Callable[[Endpoint], Whereabouts] = whereabouts,
    ) -> None:
        self.endpoint = endpoint
        self._on_change = on_change
        self._telling = Telling(on_event, time.time_ns() if began_ns is None else began_ns, once or Once())
        self._timeout = timeout
        self._pauses = pauses
        self._locate = locate
        self._view = _unanswered(endpoint)
        self._same_pids = False
        self._running: set[str] = set()
        self._silent: set[str] = set()
        self._closed = threading.Event()
        self._listener: threading.Thread | None = None
        self._events: Events | None = None

    @property
    def view(self) -> EngineView:
        """What the engine said last; a frozen value, replaced as a whole."""
        return replace(self._view, asked=self.endpoint.asked)

    def start(self) -> None:
        """Begin to follow the engine."""
        threading.Thread(target=self._run, name=f"ovltui-engine {self._view.url}", daemon=True).start()

    def close(self) -> None:
        """Stop following; returns at once, the threads end by themselves."""
        self._closed.set()
        if self._events:
            self._events.close()

    def _run(self) -> None:
        from ovltui.identity.client import Client  # noqa: PLC0415  (80 ms that nobody shall wait for)

        first, last = self._pauses
        pause = first
        while not self._closed.is_set():
            try:
                with closing(Client(self.endpoint.url, self._timeout)) as client:
                    self._follow(client)
            except DockerError as error:
                if self._view.answers:
                    pause = first
                self._publish(answers=False, says=str(error))
            self._closed.wait(pause)
            pause = min(2 * pause, last)

    def _follow(self, client: "Client") -> None:
        """Load everything and keep it current until the engine falls silent or we are closed."""
        heard: queue.SimpleQueue[EngineEvent | DockerError] = queue.SimpleQueue()
        self._events = self._listen(client, heard)
        try:
            self._load(client)
            self._keep_current(client, heard)
        finally:
            self._events.close()

    def _listen(self, client: "Client", heard: "queue.SimpleQueue[EngineEvent | DockerError]") -> "Events":
        """Open the event stream in a thread of its own, which reads it to its end."""
        opened: queue.SimpleQueue[Events | DockerError] = queue.SimpleQueue()
        # An engine may accept and never begin: one such thread is kept waiting, not one more at each try.
        if not (self._listener and self._listener.is_alive()):
            self._listener = threading.Thread(
                target=_listen,
                args=(client, self._telling.since_ns, opened, self._hear(heard)),
                name="ovltui-listen",
                daemon=True,
            )
            self._listener.start()
        try:
            events = opened.get(timeout=self._timeout)
        except queue.Empty:
            raise DockerError("does not answer (no event stream)") from None
        if isinstance(events, DockerError):
            raise events
        return events

    def _hear(
        self, heard: "queue.SimpleQueue[EngineEvent | DockerError]"
    ) -> Callable[[EngineEvent | DockerError], None]:
        """Return what takes an event in, or the end of the stream: it is told at once, whatever the engine is asked."""

        def hear(event: EngineEvent | DockerError) -> None:
            if isinstance(event, EngineEvent) and not self._closed.is_set():
                self._telling.hear(event, self._view)
            heard.put(event)

        return hear

    def _keep_current(self, client: "Client", heard: "queue.SimpleQueue[EngineEvent | DockerError]") -> None:
        due: float | None = None
        while not self._closed.is_set():
            wait = _PULSE_S if due is None else max(0.0, due - time.monotonic())
            try:
                event = heard.get(timeout=wait)
            except queue.Empty:
                if due is None:
                    self._compare(client)
                else:
                    self._publish(networks=client.networks())
                due = None
                continue
            if isinstance(event, DockerError):
                raise event
            self._apply(client, event)
            if event.object == "network" and due is None:
                due = time.monotonic() + _GATHER_S

    def _load(self, client: "Client") -> None:
        """Read everything."""
        about, place, networks = client.about(), self._locate(self.endpoint), client.networks()
        self._same_pids = place.same_pids
        listed = client.running()
        self._running = {container.id for container in listed}
        self._silent.clear()
        known = {container.id: container for container in self._view.containers}
        containers: tuple[Container, ...] = ()
        for container in listed:
            fresh = self._inspect(client, container.id)
            if fresh is None and container.id in self._silent:
                fresh = known.get(container.id, container)
            if fresh:
                containers = (*containers, fresh)
        self._publish(
            answers=True,
            id=about.id if place.pid is None else f"{about.id}@{place.pid}",
            name=about.name,
            version=about.version,
            pid=place.pid,
            mntns=place.mntns,
            netns=place.netns,
            containers=_sorted(containers),
            networks=networks,
        )

    def _compare(self, client: "Client") -> None:
        """Read everything again if the engine's list of containers is not ours: an event was lost."""
        if self._silent or {container.id for container in client.running()} != self._running:
            self._load(client)

    def _apply(self, client: "Client", event: EngineEvent) -> None:
        """Let one event change the view."""
        subject, containers = event.container, self._view.containers
        what = event.object, event.action
        if what == ("container", "start"):
            self._running.add(subject)
            self._refresh(client, subject)
        elif what in _CHANGES and subject in self._running:
            self._refresh(client, subject)
        elif what == ("container", "die"):
            self._running.discard(subject)
            self._publish(containers=stopped(containers, subject))
        elif what == ("container", "destroy"):
            self._running.discard(subject)
            self._publish(containers=without(containers, subject))

    def _refresh(self, client: "Client", container_id: str) -> None:
        fresh = self._inspect(client, container_id)
        if fresh:
            self._publish(containers=merged(self._view.containers, fresh))
        else:
            self._publish()

    def _inspect(self, client: "Client", container_id: str) -> Container | None:
        """Return one container, None where it is gone or the engine does not describe it (``_silent``)."""
        from ovltui.identity.client import SilentError  # noqa: PLC0415  (loaded by now)

        try:
            container = client.container(container_id)
        except SilentError:
            self._silent.add(container_id)
            if len(self._silent) > _MAX_SILENT:
                raise
            return None
        self._silent.discard(container_id)
        return container if container is None or self._same_pids else replace(container, pid=0)

    def _publish(self, **changes: Any) -> None:
        """Replace the view, and tell if it differs."""
        if self._closed.is_set():
            return
        before = self._view
        view = replace(before, **changes)
        if view.answers:
            count = len(self._silent)
            view = replace(view, says=f"says nothing about {count} of its containers" if count else "")
        self._view = view
        if view != before:
            self._on_change()


def _sorted(containers: Iterable[Container]) -> tuple[Container, ...]:
    return tuple(sorted(containers, key=lambda container: (container.name, container.id)))


def _unanswered(endpoint: Endpoint) -> EngineView:
    """Return the view of an engine that was not asked yet."""
    url = clean(endpoint.url)
    return EngineView(
        url=url,
        asked=endpoint.asked,
        answers=False,
        says="",
        id="",
        name="",
        version="",
        pid=None,
        mntns=None,
        netns=None,
        containers=(),
        networks=(),
    )


def _listen(
    client: "Client",
    since_ns: int,
    opened: "queue.SimpleQueue[Events | DockerError]",
    hear: Callable[[EngineEvent | DockerError], None],
) -> None:
    """Hand on the event stream, then each event, then why it ended."""
    try:
        events = client.events(since_ns)
    except DockerError as error:
        opened.put(error)
        return
    opened.put(events)
    try:
        for event in events:
            hear(event)
        hear(DockerError("does not answer (it closed its event stream)"))
    except DockerError as error:
        hear(error)
