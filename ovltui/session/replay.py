"""A session whose inputs come from a recording.

Source: ``capture``. Privileges: none. At each moment it is what the recorded one was: links, names, tables and gaps are
those of then. Incomplete: what a damaged recording does not say; nothing in it can be entered.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ovltui.capture.decode import Item
from ovltui.capture.index import Interface
from ovltui.capture.inputs import (
    FOREIGN,
    Bound,
    Failed,
    Intended,
    Loaded,
    Named,
    Read,
    Sighted,
    Start,
    State,
    parted,
)
from ovltui.capture.notes import Note, NoteKind
from ovltui.capture.recording import place
from ovltui.capture.values import decoded
from ovltui.errors import RecordingError
from ovltui.events.record import OWN_NSID, Record
from ovltui.events.ring import Ring
from ovltui.identity.labels import labels
from ovltui.identity.model import EngineView, Identity, Kind
from ovltui.netns.model import Netns, NetnsKey
from ovltui.session.docker_places import docker_places
from ovltui.session.judged import Judged
from ovltui.session.kept import Kept
from ovltui.session.session import Session
from ovltui.state.tables import Contents, Tables
from ovltui.state.tenure import Tenure


class ReplaySession(Session):
    """A session that is fed with a recording, one thread at a time.

    Args:
        start: with what the recording begins.
        ring: the records, where they are there already.
        limit: records to keep, where they are not.
    """

    def __init__(self, start: Start = FOREIGN, ring: Ring | None = None, limit: int = 1_000_000) -> None:
        super().__init__(start.host, start.own, ring=ring or Ring(limit, start.first))
        self.mntns, self.unprivileged = start.mntns, start.unprivileged
        self.intended: Intended | None = None
        """What the engines intend, where that was recorded."""
        self.judged: Judged | None = None
        """What the checks found, where that was recorded."""
        self.recorded = True
        self._known: dict[NetnsKey, Netns] = {}
        self._told_gaps: tuple[str, ...] = ()
        self._failed: dict[NetnsKey, str] = {}
        self._nameless = True
        self._stated = False
        self._takes: Mapping[NoteKind, Callable[[Any, Note], None]] = {
            NoteKind.STATE: self._take_state,
            NoteKind.NAMED: self._take_names,
            NoteKind.BOUND: self._take_bond,
            NoteKind.LOADED: self._take_load,
            NoteKind.SIGHTED: self._take_sight,
            NoteKind.READ: self._take_reading,
            NoteKind.FAILED: self._take_failure,
            NoteKind.INTENT: self._take_intent,
            NoteKind.FINDINGS: self._take_findings,
        }

    def take(self, item: Item) -> None:
        """Take in what comes next; a note that cannot be understood raises a ``ValueError``."""
        if isinstance(item, Record):
            place(self.ring, item)
            self.stream.follow(item)
        elif isinstance(item, Note):
            self.apply(item)
        elif isinstance(item, Start):
            raise RecordingError(_HOLE)
        else:
            self._take_interface(item)

    def apply(self, note: Note) -> None:
        """Take in a note.

        Raises:
            ValueError: it says nothing that is understood.
        """
        if note.kind is NoteKind.STATE and self._stated:
            return  # it says what is known already
        self._stated |= note.kind is NoteKind.STATE
        if note.kind in INPUTS:
            self.take_input(note.kind, decoded(INPUTS[note.kind], note.value), note)

    def take_input(self, kind: NoteKind, value: Any, note: Note) -> None:
        """Take in what a note says, as the value of its kind in ``INPUTS``; of the note itself only the blobs count."""
        self._takes[kind](value, note)

    def tables_of(self, netns: Netns) -> Contents:
        """Return what the kernel kept of a namespace then."""
        tenure = self.tenure_of(netns)
        if tenure is None:
            return Contents(gaps=("its events were not heard, its tables were not read",))
        if netns.key in self._failed and self.kept.of(tenure) is None:
            return Contents(gaps=(self._failed[netns.key],))
        return self.kept.contents(tenure)

    def called(self, name: str) -> frozenset[NetnsKey]:
        """Return all namespaces that are or were called so, or that such a container has or had."""
        known = dict(self._identities).items()
        return frozenset(key for key, identity in known if name in (identity.name, identity.container))

    def gaps(self) -> tuple[str, ...]:
        """Return what could not be seen or heard then, each a sentence."""
        return self._told_gaps

    def _take_state(self, state: State, note: Note) -> None:
        self.tenures.recall(state.tenures)
        self.stream.lost = state.lost
        self._known.clear()
        self._failed = {one.key: one.says for one in state.failed}
        self._identities.clear()
        self._take_names(state.named, note)
        for kept in self.kept.all():
            self.kept.drop(kept)
        blobs = iter(note.blobs)
        with self.kept.lock:
            self.kept.begin(max(self.ring.first, min(state.applied, note.seq)))
        for read in state.reads:
            self._take_tables(read, tuple(next(blobs, b"") for _ in read.tables))
        self.intended = state.intended

    def _take_names(self, named: Named, _note: Note) -> None:
        self._nameless = False
        with self._lock:
            self._known |= {netns.key: netns for netns in named.netnses}
            self._netnses = tuple(self._known[key] for key in named.living if key in self._known)
            self._known = {netns.key: netns for netns in self._netnses}
            self._identities.update(named.identities)
            for key in named.forgotten:
                self._identities.pop(key, None)
            for netns in self._netnses:  # whatever a recording lacks, nothing stays without a name
                self._identities.setdefault(netns.key, Identity(f"net:[{netns.inode}]", Kind.OTHER, ""))
            if named.views is not None:
                self._views = _unique(named.views)
            self._told_gaps = named.gaps
            self.names.places = docker_places(self._identities, self._views, labels(self._views, self._netnses))
            self._version += 1

    def _take_bond(self, bound: Bound, _note: Note) -> None:
        self.stream.bind(bound.nsid, bound.key, bound.seq, home=bound.home)

    def _take_load(self, loaded: Loaded, _note: Note) -> None:
        if tenure := self._tenure(loaded.nsid, loaded.born):
            self.stream.load(tenure, loaded.seq, loaded.time_ns, loaded.links, loaded.addresses)

    def _take_sight(self, sighted: Sighted, _note: Note) -> None:
        if tenure := self._tenure(sighted.nsid, sighted.born):
            with self.stream.held():
                tenure.sights.learn(sighted.there, sighted.seq, sighted.here)
            self.stream.tap.sighted(tenure, sighted.there, sighted.seq, sighted.here)
            self.renamed()

    def _take_reading(self, read: Read, note: Note) -> None:
        with self.kept.lock:
            self.kept.catch_up()
        self._take_tables(read, note.blobs)

    def _take_tables(self, read: Read, blobs: tuple[bytes, ...]) -> None:
        tenure = self._tenure(read.nsid, read.born)
        if tenure is None:
            return
        with self.kept.lock:
            kept = self.kept.of(tenure) or Kept(tenure, read.netns, Tables())
            for table, blob in zip(read.tables, blobs, strict=False):
                kept.tables.load(table, parted(blob))
            kept.tables.dirty = set(read.dirty)
            kept.read, kept.read_ns, kept.failed = read.read, read.read_ns, read.failed
            self.kept.put(kept)
            self.stream.tap.read(kept, read.tables)

    def _take_failure(self, failed: Failed, _note: Note) -> None:
        for kept in self.kept.all():
            if kept.netns.key == failed.key:
                kept.failed = failed.says
        self._failed[failed.key] = failed.says
        if not failed.says:
            del self._failed[failed.key]
        self.stream.tap.failed(failed.key, failed.says)

    def _take_intent(self, intended: Intended, _note: Note) -> None:
        self.intended = intended

    def _take_findings(self, judged: Judged, _note: Note) -> None:
        self.judged = judged

    def _take_interface(self, interface: Interface) -> None:
        """Name a namespace of a file that has nothing but interfaces."""
        if not self._nameless:
            return
        own = interface.nsid == OWN_NSID
        key = NetnsKey(self.host, 0 if own else 1 + interface.nsid)
        netns = Netns(key, 0, None if own else interface.nsid, own, (), ())
        identity = Identity(interface.name or "host", Kind.HOST if own else Kind.OTHER, "the file calls it so")
        living = (*(known.key for known in self._netnses if known.key != key), key)
        note = Note(NoteKind.NAMED, self.ring.end, 0)
        self._take_names(Named(living, (netns,), ((key, identity),), None, (_ONLY_MESSAGES,)), note)
        self._nameless = True
        if not own:
            self.stream.bind(interface.nsid, key, self.ring.end)

    def _tenure(self, nsid: int, born: int) -> Tenure | None:
        tenure = self.tenures.latest(nsid, self.ring.end)
        while tenure and tenure.born > born:
            tenure = self.tenures.latest(nsid, tenure.born - 1)
        return tenure


_HOLE = "records were lost in the middle of it, and all is told anew: only a session that joins machines can show that."
_ONLY_MESSAGES = "the file holds nothing but messages: what was there before them is not known"
INPUTS: Mapping[NoteKind, type[Any]] = {
    NoteKind.STATE: State,
    NoteKind.NAMED: Named,
    NoteKind.BOUND: Bound,
    NoteKind.LOADED: Loaded,
    NoteKind.SIGHTED: Sighted,
    NoteKind.READ: Read,
    NoteKind.FAILED: Failed,
    NoteKind.INTENT: Intended,
    NoteKind.FINDINGS: Judged,
}


def _unique(views: tuple[EngineView, ...]) -> tuple[EngineView, ...]:
    return tuple({view.url: view for view in views}.values())
