"""A session that is fed with a recording as it comes, from a pipe or a file that grows.

Source: ``capture.decode``. Privileges: none. Incomplete: as the recording; ``missing`` says what could not be read.
"""

import threading
from collections.abc import Iterator
from itertools import chain

from ovltui.capture.decode import Decoder, Item
from ovltui.capture.inputs import FOREIGN, Start
from ovltui.capture.notes import Note, NoteKind
from ovltui.capture.source import Source
from ovltui.errors import OvltuiError
from ovltui.events.record import Record
from ovltui.session.replay import ReplaySession


class FedSession(ReplaySession):
    """Takes in what a source yields; one thread runs it. ``fed`` makes one.

    Args:
        decoder: reads the recording.
        source: where it comes from.
        items: what it yields.
        start: with what it begins.
    """

    def __init__(self, decoder: Decoder, source: Source, items: Iterator[Item], start: Start) -> None:
        super().__init__(start)
        self._decoder = decoder
        self._source = source
        self._items = items
        self._damaged: list[str] = []
        self._ended = ""
        self.begun = threading.Event()
        """Set when names are known, or when none will come."""
        self.error: OvltuiError | None = None
        """Why it cannot be read to its end."""

    @property
    def ended(self) -> str:
        """Why no more records come, a sentence; empty while they may."""
        return self._ended

    @property
    def missing(self) -> tuple[str, ...]:
        """What could not be read, each a sentence."""
        torn = (self._source.torn,) if self._source.torn else ()
        return (*self._decoder.missing, *self._damaged, *torn)

    def run(self) -> None:
        """Take in all of it; tell the listeners as it comes, and at the end."""
        try:
            for item in self._items:
                self._take_next(item)
                self.tell()
        except OvltuiError as error:
            self.error = error
        finally:
            self._ended = f"{self._source.name} is at its end"
            self.begun.set()
            self.tell()

    def _take_next(self, item: Item) -> None:
        try:
            self.take(item)
        except ValueError as error:
            self._damaged.append(f"{self._source.name}: {error}, what it said is missing")
        if isinstance(item, Record) or (isinstance(item, Note) and item.kind is NoteKind.STATE):
            self.begun.set()


def fed(source: Source) -> FedSession:
    """Return a session that a source feeds, once it runs.

    Raises:
        RecordingError: it is no recording, or one that this version cannot read.
    """
    decoder = Decoder(source.name)
    items = decoder.items(source.pieces())
    first = [item for item in (next(items, None),) if item is not None]
    return FedSession(decoder, source, chain(first, items), decoder.start or FOREIGN)
