"""Which event caused a finding, and which mended it: looked for in the ring, the newest first.

Source: the traces of a finding, and the ring. Pure but for what it reads. Incomplete: a cause that the ring has
dropped, or that came before the session began, is not found; nor is one further back than ``SPANS`` times ``SPAN``
records, or behind ``MOST`` events of its kind in that namespace.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ovltui.checks.cases import Case
from ovltui.checks.cases import Event as Told
from ovltui.checks.finding import UNTIED, Finding, Trace
from ovltui.events.decode import decode
from ovltui.events.event import Event
from ovltui.events.look import link_state
from ovltui.events.record import Record
from ovltui.events.sort import only
from ovltui.events.vocabulary import Action, Object
from ovltui.session.session import Session

SPAN, SPANS = 8192, 32
"""Records looked through in one go, and how often."""
MOST = 1000
"""Records that are decoded for one trace."""
_GONE = frozenset((Action.DEL, Action.MOVE))


class Causes:
    """Looks for events.

    Args:
        session: whose ring.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def cause(self, finding: Finding) -> Told | None:
        """Return the event that caused a finding: the newest that fits the likeliest of its traces.

        Of a state that lasts it is the first of those that tell it, for any change of a link tells its state again.
        """
        return self._first(self._newest(trace, 0) for trace in finding.traces)

    def mend(self, case: Case) -> Told | None:
        """Return the event that mended a case: the opposite of what would have caused it, after that."""
        after = self._session.ring.first if case.cause is None else case.cause + 1
        found = self._first(self._opposite(trace, after) for trace in case.finding.traces)
        return found if found and (case.cause is not None or found[1] >= case.since_ns) else None

    @staticmethod
    def _first(found: Iterable[Record | None]) -> Told | None:
        return next(((record.seq, record.time_ns) for record in found if record), None)

    def _opposite(self, trace: Trace, after: int) -> Record | None:
        if trace.lasts:
            return self._newest(trace, after, over=True)
        return None if trace.gone is None else self._newest(replace(trace, gone=not trace.gone), after)

    def _newest(self, trace: Trace, after: int, *, over: bool = False) -> Record | None:
        """Return the newest record that fits, of a state that lasts the first of the newest that do.

        Args:
            trace: what to look for.
            after: number of the first record to look at.
            over: whether the end of the state is looked for: records about the same thing that do not fit.
        """
        found: Record | None = None
        for record in self._near(trace, after):
            fits = _fits(trace, record)
            if fits is not over and (fits or _is_about(trace, record)):
                found = record
                if not trace.lasts:
                    break
            elif found and _is_about(trace, record):
                break
        return found

    def _near(self, trace: Trace, after: int) -> Iterator[Record]:
        """Yield the records about the object of a trace in its namespace, from ``after`` on, the newest first."""
        tenure = self._session.tenures.of(trace.netns)
        if tenure is None and trace.object is not Object.DOCKER:
            return
        nsid = tenure.nsid if tenure else None
        ring, left = self._session.ring, MOST
        end, low = ring.end, max(after, ring.first, tenure.born if tenure else 0)
        for _ in range(SPANS):
            start = max(low, end - SPAN)
            seqs = ring.judged(None, start, end, only(frozenset((trace.object,))), lambda there, _: there == nsid)[0]
            for seq in reversed(seqs[-left:]):
                try:
                    yield ring[seq]
                except KeyError:  # dropped meanwhile
                    return
            left -= len(seqs)
            end = start
            if end <= low or left <= 0:
                return


def _fits(trace: Trace, record: Record) -> bool:
    event = decode(record)
    if trace.gone is not None and trace.gone != (event.action in _GONE):
        return False
    return _has(trace, event, trace.holds)


def _is_about(trace: Trace, record: Record) -> bool:
    """Return whether a record is about the thing whose state a trace is."""
    return _has(trace, decode(record), trace.holds[:-1])


def _has(trace: Trace, event: Event, holds: tuple[str, ...]) -> bool:
    if event.object is not trace.object or trace.ifindex not in (None, event.fields.get("ifindex")):
        return False
    return not holds or set(holds) <= set(_told(event))


def _told(event: Event) -> Iterator[str]:
    """Yield every value that is in the fields of an event, as text; of a link its state in the word that people use."""
    fields = event.fields
    if event.object is Object.LINK and "flags" in fields:
        # A link without carrier has the operational state DOWN, too.
        fields = {**fields, "operstate": link_state(fields)}
        yield from () if "master" in fields else (UNTIED,)
    yield from _values(fields)


def _values(found: object) -> Iterator[str]:
    """Yield every value within another one, as text."""
    if isinstance(found, dict):
        for value in found.values():
            yield from _values(value)
    elif isinstance(found, list):
        for value in found:
            yield from _values(value)
    else:
        yield str(found)
