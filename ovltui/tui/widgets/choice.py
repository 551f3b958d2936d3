"""What the user chose to see in an event pane, as the sieve that its view uses."""

from collections.abc import Callable
from dataclasses import dataclass

from ovltui.events.alike import DatedNames
from ovltui.events.block import Where
from ovltui.events.filter import Filter
from ovltui.events.line import line
from ovltui.events.matching import Matching
from ovltui.events.names import Names
from ovltui.events.places import Places
from ovltui.events.record import MESSAGES, Record
from ovltui.events.sort import ASK, EVERY, YES, both, object_in, only, verdicts
from ovltui.events.view import Sieve
from ovltui.events.vocabulary import Object

_ASK_DOCKER = verdicts(lambda sort: ASK if object_in(sort) is Object.DOCKER else YES)
_ASK_ALL = verdicts(lambda _: ASK)


@dataclass(frozen=True, slots=True)
class Choice:
    """Namespaces, kinds and a filter; None for all."""

    test: Callable[[Record], bool] | None = None
    """Whether a record is of the namespaces that are wanted."""
    where: Where | None = None
    """The same of messages, by nsid and sequence number, before there is a record."""
    kinds: frozenset[Object] | None = None
    wanted: Filter | None = None

    def sieve(self, names: DatedNames) -> Sieve:
        """Return the sieve that lets pass what was chosen."""
        judged, where = EVERY, self.where
        if self.kinds is not None:
            judged = only(self.kinds)
        if self.wanted is not None:
            judged = both(judged, self.wanted.verdicts)
            where = _there(where, self.wanted, names)
        if self.test is not None:
            judged = both(judged, _ASK_ALL if self.where is None else _ASK_DOCKER)
        # Where messages are located by nsid, the filter alone decides of those that are left.
        lines = Matching(self.wanted, names) if self.wanted and (self.test is None or self.where) else None
        return Sieve(judged, where, lambda record: self._passes(record, names), lines)

    def _passes(self, record: Record, names: Names) -> bool:
        located = self.test is None or (self.where is not None and record.kind in MESSAGES) or self.test(record)
        return located and (self.wanted is None or self.wanted.matches(line(record, names)))


def _there(where: Where | None, wanted: Filter, names: DatedNames) -> Where | None:
    """Return where messages may show that are of a namespace by a name that the filter wants."""
    place = wanted.place
    if place is None:
        return where
    return Places(place, names, where)
