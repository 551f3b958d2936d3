"""Takes the things of several machines into one session: records in bulk, and what is told beside them.

Source: ``session.joined_merge``, in its order. Pure but for the clock. Incomplete: of a machine whose line was lost all
is as of then, and ends with the row that says that it is back; its state is told anew after that.
"""

import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from ovltui.capture.inputs import Bound, Failed, Loaded, Read, Sighted
from ovltui.capture.notes import Note, NoteKind
from ovltui.events.decode import decode
from ovltui.events.gap import UNKNOWN_COUNT, Notice, pack_gap, unpack_gap
from ovltui.events.record import MESSAGES, OWN_NSID, Kind, Record
from ovltui.kernel.wire import Rtm
from ovltui.session import translate_checks, translate_names
from ovltui.session.hosts import HostState
from ovltui.session.joined_feed import Began, Ended, Jumped, Thing, Told
from ovltui.session.joined_host import Host
from ovltui.session.translate import Translation

if TYPE_CHECKING:
    from ovltui.session.joined import JoinedSession

_BIRTH = int(Rtm.NEWNSID).to_bytes(2, "little")
_OF_NSIDS = frozenset((_BIRTH, int(Rtm.DELNSID).to_bytes(2, "little")))
_KINDS: dict[type[Any], NoteKind] = {
    Bound: NoteKind.BOUND,
    Loaded: NoteKind.LOADED,
    Sighted: NoteKind.SIGHTED,
    Read: NoteKind.READ,
    Failed: NoteKind.FAILED,
}
_TRANSLATE: dict[NoteKind, Callable[[Translation, Any], Any]] = {
    NoteKind.BOUND: Translation.bound,
    NoteKind.LOADED: Translation.loaded,
    NoteKind.SIGHTED: Translation.sighted,
    NoteKind.READ: Translation.read,
    NoteKind.FAILED: Translation.failed,
}


class Intake:
    """Takes things in; one thread uses it.

    Args:
        session: where they go.
        fresh: returns an nsid that nobody has or had.
    """

    def __init__(self, session: "JoinedSession", fresh: Callable[[], int]) -> None:
        self._session = session
        self._fresh = fresh
        self._of = Kind.MESSAGE
        self._times: list[int] = []
        self._nsids: list[int] = []
        self._raws: list[bytes] = []
        self._end = session.ring.end

    def take(self, things: Iterable[tuple[Host, Thing]]) -> None:
        """Take things in, in this order."""
        self._end = self._session.ring.end
        for host, thing in things:
            if host.status.state is HostState.ENDED:
                continue
            if type(thing) is Record:
                self._record(host, thing)
            else:
                self._flush()
                self._beside(host, thing)
        self._flush()

    def _record(self, host: Host, record: Record) -> None:
        translation = host.translation
        assert translation  # a feed tells of no record before ``Began``
        if record.kind not in MESSAGES:
            self._flush()
            translation.seqs.add(self._end)
            self._wordless(host, translation, record)
        elif record.nsid == OWN_NSID and record.raw[4:6] in _OF_NSIDS:
            self._flush()
            self._number(host, translation, record)
        else:
            self._message(host, translation, record)

    def _message(self, host: Host, translation: Translation, record: Record) -> None:
        if record.kind is not self._of:
            self._flush()
            self._of = record.kind
        nsid = translation.numbers.of(record.nsid)
        if translation.numbers.news:
            self._flush()
            self._learn(host, translation)
        translation.seqs.add(self._end + len(self._raws))
        self._times.append(translation.here_ns(record.time_ns))
        self._nsids.append(nsid)
        self._raws.append(record.raw)

    def _number(self, host: Host, translation: Translation, record: Record) -> None:
        """Take in that a number came or went in the namespace that a machine listens in."""
        there = decode(record).fields.get("nsid")
        born = record.raw[4:6] == _BIRTH
        if there is not None and born:
            translation.numbers.of(there)
        self._message(host, translation, record)
        self._flush()
        if there is not None and not born:
            translation.numbers.end(there)

    def _learn(self, host: Host, translation: Translation) -> None:
        """Say what numbers mean in the namespace that a machine listens in, once that namespace is known."""
        if host.home is None:
            return
        news, end = translation.numbers.news[:], self._session.ring.end
        translation.numbers.news.clear()
        for there, here in news:
            if there != OWN_NSID:
                self._tell(Sighted(host.home, end, there, end, here))

    def _wordless(self, host: Host, translation: Translation, record: Record) -> None:
        """Take in a gap, or an event of Docker."""
        session, time_ns = self._session, translation.here_ns(record.time_ns)
        if record.kind is Kind.GAP:
            lost, span_ns = unpack_gap(record.raw)
            host.lose(lost)
            notice = Notice(host.name, key=_key(host))
            session.stream.gap(time_ns, pack_gap(UNKNOWN_COUNT if lost is None else lost, span_ns or 0, notice))
        else:
            session.stream.docker_event(time_ns, translate_names.docker_payload(record.raw, host.name))
        self._end = session.ring.end

    def _flush(self) -> None:
        """Append the messages that were gathered."""
        if self._raws:
            self._session.stream.take(self._times, self._nsids, self._raws, self._of)
            self._times, self._nsids, self._raws = [], [], []
        self._of, self._end = Kind.MESSAGE, self._session.ring.end

    def _beside(self, host: Host, thing: Thing) -> None:
        if isinstance(thing, Told):
            self._told(host, thing)
        elif isinstance(thing, Began):
            self._begin(host, thing)
        elif isinstance(thing, Ended):
            self._lose(host, thing.says)
        elif isinstance(thing, Jumped):
            way = "forward" if thing.by_ns > 0 else "back"
            self.row(host, f"the clock of {host.name} was put {way} by {abs(thing.by_ns) / 1e9:.3f} s")
        self._end = self._session.ring.end

    def _begin(self, host: Host, began: Began) -> None:
        session, start = self._session, began.start
        if twin := session.twin(host, start):
            first, second = (host, twin) if host.number < twin.number else (twin, host)
            if second is twin:
                self.forget(twin, f"{twin.name} is shown no longer: it was named twice", 0)
            session.end(second, f"it is the same machine as {first.name}")
            if second is host:
                return
        if host.start is None:
            session.call(host, start)
        else:
            self._begin_anew(host, began)
        host.translate(start, session.host, self._fresh, lambda: session.ring.end)

    def _begin_anew(self, host: Host, began: Began) -> None:
        """End what was known of a machine, or of the one that was there before."""
        before, start, session = host.start, began.start, self._session
        assert before
        another = before.host != start.host or (before.boot and start.boot and before.boot != start.boot)
        away_s = (time.time_ns() - host.since_lost_ns) / 1e9
        if another:
            what = "was booted anew" if before.host == start.host else f"is gone: {start.host} answers in its place"
            self.forget(host, f"{host.name} {what}")
            session.call(host, start)
        elif began.lost is None:
            self.forget(host, f"{host.name} is back after {away_s:.0f} s: what happened meanwhile is not known")
        else:
            host.lose(began.lost)
            lost = f"LOST {began.lost} events of {host.name}: its line was too slow; all of it was told anew"
            self.forget(host, lost if began.lost else f"all of {host.name} was told anew", began.lost)

    def forget(self, host: Host, says: str, lost: int | None = None) -> None:
        """End all that is known of a machine, and say why."""
        seq = self.row(host, says, UNKNOWN_COUNT if lost is None else lost, anew=True)
        numbers = host.translation.numbers.there if host.translation else {}
        for nsid in numbers:
            tenure = self._session.tenures.latest(nsid, seq)
            if tenure and tenure.died is None:
                tenure.died = seq
        with self._session.kept.lock:
            for kept in self._session.kept.all():
                if kept.tenure.nsid in numbers:
                    self._session.kept.drop(kept)

    def row(self, host: Host, says: str, lost: int = 0, *, anew: bool = False) -> int:
        """Append a row of a machine; return its number."""
        notice = Notice(host.name, says, anew, _key(host))
        seq = self._session.stream.gap(time.time_ns(), pack_gap(lost, 0, notice))
        self._end = self._session.ring.end
        return seq

    def _lose(self, host: Host, says: str) -> None:
        """Take in that a connection ended, or that none could be made."""
        if host.stated:
            host.since_lost_ns = time.time_ns()
            self.row(host, f"the line to {host.name} was lost: {says.rstrip('.')}; what is shown of it is as of now")
        host.stated = False
        if host.status.state is not HostState.ENDED:
            host.be(HostState.LOST, says)
        self._session.changed()

    def _told(self, host: Host, told: Told) -> None:
        translation, kind = host.translation, told.kind
        if translation is None or (not host.stated and kind is not NoteKind.STATE):
            return  # before its state, nothing can be understood
        if kind is NoteKind.STATE:
            if not host.stated:
                self._state(host, translation, told)
        elif kind in _TRANSLATE:
            value = _TRANSLATE[kind](translation, told.value)
            self._learn(host, translation)
            self._tell(value, told.note.blobs)
        elif kind is NoteKind.NAMED:
            self._session.named(host, told.value)
        elif kind is NoteKind.INTENT:
            host.intended = translate_names.intended(told.value, host.name, translation)
            self._session.intend()
        elif kind is NoteKind.FINDINGS:
            host.judged = translate_checks.judged(told.value, host.feed.machine.url, host.name, translation)
            self._session.changed()
        self._learn(host, translation)

    def _state(self, host: Host, translation: Translation, told: Told) -> None:
        """Take in all that is known of a machine."""
        host.home = translation.numbers.of(OWN_NSID)
        for value, blobs in translation.state(told.value, told.note.blobs):
            self._tell(value, blobs)
        self._learn(host, translation)
        if told.value.intended:
            host.intended = translate_names.intended(told.value.intended, host.name, translation)
        host.stated = True
        host.be(HostState.LIVE)
        self._session.named(host, told.value.named)
        self._session.intend()

    def _tell(self, value: Any, blobs: tuple[bytes, ...] = ()) -> None:
        note = partial(Note, seq=self._session.ring.end, time_ns=0, blobs=blobs)
        kind = _KINDS[type(value)]
        self._session.take_input(kind, value, note(kind))


def _key(host: Host) -> str:
    return "" if host.key == host.name else host.key
