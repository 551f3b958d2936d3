"""What all Docker Engines intend of their overlay networks, kept current; nobody waits for it.

Source: ``session.asker``, one for each engine that answers, so that one that hangs keeps no other waiting. Asked again
after each event of Docker, on ``doubt``, and every ten seconds, for what happens on other nodes causes no event here.
Privileges: the right to connect. Incomplete: an engine that falls silent intends nothing any more, as ``gaps`` says.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from threading import Lock, Thread

from ovltui.identity.intent import Intent, Seat
from ovltui.identity.model import EngineView
from ovltui.session.asker import Answer, Asker, ask

Told = Mapping[tuple[str, str], str]
"""Names of endpoints by id of the network and address."""


class Intents:
    """What engines intend.

    Args:
        views: returns what each engine said last.
        on_change: called in any thread when an answer differs from the one before.
        asks: what asks one engine.
    """

    def __init__(
        self,
        views: Callable[[], Iterable[EngineView]],
        on_change: Callable[[], None],
        asks: Callable[[EngineView], Answer] = ask,
    ) -> None:
        self._views = views
        self._on_change = on_change
        self._asks = asks
        self._lock = Lock()
        self._askers: dict[str, Asker] = {}
        self._answers: dict[str, Answer] = {}
        self._names: tuple[tuple[Answer, ...], Told] = ((), {})
        self._closed = False

    def follow(self) -> None:
        """Take in which engines there are; any thread may call it."""
        answering = {view.url for view in self._views() if view.answers}
        with self._lock:
            silent = self._askers.keys() - answering
            for url in silent:
                self._askers.pop(url).close()
                self._answers.pop(url, None)
            for url in () if self._closed else answering - self._askers.keys():
                self._askers[url] = Asker(partial(self._view, url), self._take, self._asks)
                self._askers[url].start()
        if silent:
            self._on_change()

    def doubt(self) -> None:
        """Ask all engines again soon; any thread may call it."""
        with self._lock:
            for asker in self._askers.values():
                asker.doubt()

    def close(self) -> None:
        """Ask no more; returns at once."""
        with self._lock:
            self._closed = True
            for asker in self._askers.values():
                asker.close()
            self._askers.clear()

    def answers(self) -> tuple[Answer, ...]:
        """Return the last answer of each engine, sorted by URL."""
        with self._lock:
            return tuple(self._answers[url] for url in sorted(self._answers))

    def told(self) -> Told:
        """Return the names of all endpoints that engines tell of, by id of the network and address."""
        answers = self.answers()
        known, names = self._names
        if known != answers:
            names = names_of(intents_of(answers))
            self._names = (answers, names)
        return names

    def _view(self, url: str) -> EngineView | None:
        return next((view for view in self._views() if view.url == url and view.answers), None)

    def _take(self, answer: Answer) -> None:
        with self._lock:
            if answer.url not in self._askers:
                return
            self._answers[answer.url] = answer
        self._on_change()


class Asking:
    """Engines that are asked, at the same time, in threads that nobody has to wait for.

    Args:
        views: the engines; those that do not answer are left out.
    """

    def __init__(self, views: Iterable[EngineView]) -> None:
        self._told: dict[str, Answer] = {}
        self._views = sorted((view for view in views if view.answers), key=lambda view: view.url)
        self._threads = [Thread(target=self._ask, args=(view,), daemon=True) for view in self._views]
        for thread in self._threads:
            thread.start()

    def answers(self) -> tuple[Answer, ...]:
        """Wait for all answers, and return them sorted by URL."""
        for thread in self._threads:
            thread.join()
        return tuple(self._told[view.url] for view in self._views)

    def _ask(self, view: EngineView) -> None:
        self._told[view.url] = ask(view)


def ask_all(views: Iterable[EngineView]) -> tuple[Answer, ...]:
    """Ask all engines that answer, at the same time, and wait; return the answers, sorted by URL."""
    return Asking(views).answers()


def intents_of(answers: Iterable[Answer]) -> tuple[Intent, ...]:
    """Return what engines intend."""
    return tuple(intent for answer in answers for intent in answer.intents)


def seats_of(answers: Iterable[Answer]) -> tuple[Seat, ...]:
    """Return the seats of engines in their swarm."""
    return tuple(answer.seat for answer in answers if answer.seat)


def names_of(intents: Iterable[Intent]) -> Told:
    """Return the names of endpoints, by id of the network and address."""
    return {
        (intent.network, member.address): member.name for intent in intents for member in intent.members if member.name
    }


def unknowns(views: Iterable[EngineView], answers: Iterable[Answer]) -> tuple[str, ...]:
    """Return what of the intent of whole swarms cannot be known, each a sentence."""
    return tuple(dict.fromkeys(_unknowns(tuple(views), tuple(answers))))


def _unknowns(views: tuple[EngineView, ...], answers: tuple[Answer, ...]) -> Iterator[str]:
    if not views:
        yield "no Docker Engine answers: what Docker intends is not known, the kernel's tables alone are compared"
    for answer in answers:
        if answer.says:
            yield f"{answer.url}: {answer.says}; what it intends is not known"
    seats = seats_of(answers)
    for address in sorted(set().union(*(_unheard(answer, seats) for answer in answers)) - {""}):
        yield f"what the node {address} intends is not known: its Docker Engine cannot be asked from here"


def _unheard(answer: Answer, seats: tuple[Seat, ...]) -> set[str]:
    """Return the addresses of nodes that an engine tells of, and whose own engines do not answer.

    Nodes of two swarms may have one address, so that a manager's are told by their ids.
    """
    nodes = answer.seat.nodes if answer.seat else ()
    ids = {node for node, _, _ in nodes}
    heard = [seat for seat in seats if not ids or seat.node in ids]
    missing = ids - {seat.node for seat in heard}
    peers = {peer.address for intent in answer.intents for peer in intent.peers}
    return {address for node, address, _ in nodes if node in missing} | peers - {seat.address for seat in heard}
