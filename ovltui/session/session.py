"""The session: one stream, the namespaces that live now, what they are called, and a snapshot of it all.

Source: whoever feeds ``stream`` and calls ``publish``: the live kernel (``session.live``) or a test. Front ends read
``ring``, ``names`` and ``snapshot()``, and are told of changes by ``on_change``.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Lock

from ovltui.events.decode import decode
from ovltui.events.record import MESSAGES, OWN_NSID, Kind, Record
from ovltui.events.ring import Ring
from ovltui.events.vocabulary import Object
from ovltui.identity.cgroups import Inside
from ovltui.identity.labels import labels
from ovltui.identity.match import match
from ovltui.identity.model import EngineView, Identity
from ovltui.identity.naming import identify
from ovltui.netns.model import Netns, NetnsKey, numbered
from ovltui.session.activity import Activity
from ovltui.session.bursts import Bursts
from ovltui.session.docker_places import docker_places
from ovltui.session.farewell import Farewell
from ovltui.session.hosts import HostStatus
from ovltui.session.inspect import Question, questions
from ovltui.session.kept import KeptTables
from ovltui.session.names import SessionNames
from ovltui.session.precedence import Precedence
from ovltui.session.snapshot import EngineStatus, Row, Snapshot
from ovltui.session.stream import Stream
from ovltui.session.tree import in_order
from ovltui.state.tables import Contents
from ovltui.state.tenure import Tenure, Tenures


class Session:
    """What both front ends read.

    Args:
        host: name of the machine.
        own: the namespace in which events are received; None where it cannot be told.
        limit: records to keep.
        ring: where they are, in place of a new one.
    """

    def __init__(self, host: str, own: NetnsKey | None, limit: int = 1_000_000, ring: Ring | None = None) -> None:
        self.host = host
        self.ring = ring or Ring(limit)
        self.tenures = Tenures(own)
        self.stream = Stream(self.ring, self.tenures, self._nsid_changed, self._sight_asked, self._doubted)
        self.kept = KeptTables(self.ring, self.tenures)
        """The kernel's tables of each namespace, where somebody reads them."""
        self.mntns: int | None = None
        """Inode of our own mount namespace, where it is known."""
        self.unprivileged = False
        """Whether much is hidden for lack of capabilities."""
        self.recorded = False
        """Whether all of it is of a recording, so that nothing can be visited, entered or changed."""
        self._identities: dict[NetnsKey, Identity] = {}
        self._farewell = Farewell()
        self.names = SessionNames(self.tenures, self._identities)
        self.bursts = Bursts(self.ring, self.tenures, self.names)
        """What events of Docker caused; whoever draws settles and asks."""
        self._netnses: tuple[Netns, ...] = ()
        self._views: tuple[EngineView, ...] = ()
        self._comms: dict[int, str] = {}
        self._inside: dict[NetnsKey, Inside] = {}
        self._given: Mapping[NetnsKey, Identity] = {}
        self._sweep_gaps: tuple[str, ...] = ()
        self.activity = Activity(self.ring, self.tenures)
        """How much happens where; whoever draws looks and asks."""
        self.precedence = Precedence()
        """Whether keys go before what comes in."""
        self._version = 0
        self._lock = Lock()
        self._listeners: tuple[Callable[[], None], ...] = ()

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call ``listener``, in any thread and often, when records came or the snapshot changed."""
        self._listeners = (*self._listeners, listener)

    def tell(self) -> None:
        """Tell the listeners."""
        for listener in self._listeners:
            listener()

    def feed(self, frames: bytes) -> None:
        """Take in frames and tell the listeners."""
        if self.stream.feed(frames):
            self.tell()

    def docker_event(self, time_ns: int, payload: bytes) -> None:
        """Take in an event of Docker, in any thread, and tell the listeners; see ``Stream.docker_event``."""
        self.stream.docker_event(time_ns, payload)
        self.tell()

    def publish(
        self,
        netnses: Sequence[Netns],
        comms: dict[int, str] | None = None,
        gaps: tuple[str, ...] = (),
        inside: dict[NetnsKey, Inside] | None = None,
        given: Mapping[NetnsKey, Identity] | None = None,
    ) -> None:
        """Take in what a sweep found.

        Args:
            netnses: the namespaces.
            comms: names of processes, by pid.
            gaps: what was hidden, each a sentence.
            inside: what processes tell.
            given: what the namespaces of a lab are.
        """
        with self._lock:
            news = (tuple(netnses), gaps, comms or {}, inside or {}, given or {})
            known = (self._netnses, self._sweep_gaps, self._comms, self._inside, self._given)
            if news == known and not self._farewell.pending:
                return
            self._netnses, self._sweep_gaps, self._comms, self._inside, self._given = news
            self._name()
        self.tell()

    def renamed(self) -> None:
        """Take in that lines may read differently now."""
        with self._lock:
            self._version += 1
        self.tell()

    def engines_changed(self, views: Iterable[EngineView]) -> None:
        """Take in what the Docker Engines say."""
        with self._lock:
            if tuple(views) == self._views:
                return
            self._views = tuple(views)
            self._name()
        self.tell()

    def tell_tap(self) -> None:
        """Tell the tap, which is new, of all namespaces and engines."""
        with self._lock:
            self.stream.tap.named(self._netnses, self._identities, self._views)

    @property
    def version(self) -> int:
        """Rises with every change of a namespace or a name."""
        return self._version

    def snapshot(self) -> Snapshot:
        """Return the newest picture."""
        with self._lock:
            netnses, views, version = self._netnses, self._views, self._version
            identities = dict(self._identities)
        rows = [self._row(netns, identities[netns.key]) for netns in netnses if netns.key in identities]
        names = labels(views, netnses)
        engines = tuple(
            EngineStatus(names[view.url], view.url, view.version, view.answers, view.says, view.asked) for view in views
        )
        return Snapshot(version, self.host, in_order(rows), engines, self.gaps())

    def refreshed(self, row: Row) -> Row:
        """Return a row of a snapshot of this ``version`` with what is in its namespace now."""
        return self._row(row.netns, row.identity)

    @property
    def netnses(self) -> tuple[Netns, ...]:
        """The living namespaces; the very same value while nothing in it changed."""
        return self._netnses

    @property
    def engines(self) -> tuple[EngineView, ...]:
        """What each Docker Engine said last."""
        return self._views

    @property
    def ended(self) -> str:
        """Why no more records come, a sentence; empty while they may."""
        return ""

    @property
    def hosts(self) -> tuple[HostStatus, ...]:
        """How the line to each machine is, where there may be several; none where there is this one alone."""
        return ()

    def visitable(self, netns: Netns) -> Netns | None:
        """Return a namespace as it can be visited from here; None where it cannot."""
        return None if self.recorded else netns

    def host_of(self, netns: Netns) -> HostStatus | None:
        """Return how the line to the machine of a namespace is; None where it is this machine's own to visit."""
        del netns
        return None

    def number_of(self, nsid: int) -> tuple[str, int | None]:
        """Return the host of a namespace with this number, and its number there; None for the host's own."""
        return self.host, nsid

    def find(self, text: str) -> tuple[Row, ...]:
        """Return the living namespaces that a person may mean by ``text``, in the order of the snapshot."""
        rows = self.snapshot().rows
        identities = {row.netns.key: row.identity for row in rows}
        keys = match(text, [row.netns for row in rows], identities, self._views, self.mntns)
        return tuple(row for row in rows if row.netns.key in keys)

    def docker_questions(self, row: Row) -> tuple[Question, ...]:
        """Return what Docker Engines can be asked about a namespace; ``session.inspect.answer`` asks."""
        with self._lock:
            views, netnses = self._views, self._netnses
        return questions(row.identity, views, netnses)

    @property
    def searching(self) -> bool:
        """Whether Docker Engines are still looked for, so that none is no news."""
        return False

    def gaps(self) -> tuple[str, ...]:
        """Return what cannot be seen or heard, each a sentence."""
        hearing = self.stream.hearing
        silent = [
            f"{view.url}: {view.says or 'no answer yet'}" for view in self._views if view.asked and not view.answers
        ]
        return (*self._sweep_gaps, *(hearing.says if hearing else ()), *silent)

    def netns_of(self, record: Record) -> NetnsKey | None:
        """Return the namespace that a record is of, or None where it is not known."""
        if record.kind is Kind.DOCKER:
            return next(iter(self._docker_netnses(record)), None)
        tenure = self.tenures.at(record.nsid, record.seq)
        return tenure.key if tenure else None

    def is_in(self, record: Record, keys: frozenset[NetnsKey]) -> bool:
        """Return whether a record shows where only ``keys`` are wanted.

        A gap always does; an event of Docker does for its container's namespace and for its network's.
        """
        if record.kind in MESSAGES:
            return self.is_there(record.nsid, record.seq, keys)
        return record.kind is Kind.GAP or not keys.isdisjoint(self._docker_netnses(record))

    def is_there(self, nsid: int, seq: int, keys: frozenset[NetnsKey]) -> bool:
        """Return whether a message of ``nsid`` at ``seq`` shows where only ``keys`` are wanted."""
        tenure = self.tenures.at(nsid, seq)
        return ((tenure and tenure.key) or numbered(self.host, nsid)) in keys

    def tenure_of(self, netns: Netns) -> Tenure | None:
        """Return what is known of the contents of a namespace."""
        return self.tenures.at(OWN_NSID, self.ring.end) if netns.own else self.tenures.of(netns.key)

    def tables_of(self, netns: Netns) -> Contents:
        """Return what the kernel keeps of a namespace, current up to the last record, and what of it is not known."""
        del netns
        return Contents(gaps=("its tables are not read here",))

    def _docker_netnses(self, record: Record) -> tuple[NetnsKey, ...]:
        event = decode(record)
        return self.names.places.of(event.fields) if event.object is Object.DOCKER else ()

    def _nsid_changed(self) -> None:
        """A namespace may have been born or has died."""

    def _sight_asked(self, nsid: int, there: int, seq: int) -> None:
        """A number of another namespace is not known yet."""

    def _doubted(self) -> None:
        """A table of the kernel may differ from what was told."""

    def _name(self) -> None:
        fresh = identify(self._netnses, self._views, self._comms, self._inside, self._given)
        self._identities.update(self._farewell.hold(self._identities, fresh))
        self.stream.prune()
        alive = {netns.key for netns in self._netnses}
        for key in [key for key in self._identities if key not in alive and not self.tenures.of(key)]:
            del self._identities[key]
        self.names.places = docker_places(self._identities, self._views, labels(self._views, self._netnses))
        self._version += 1
        self.stream.tap.named(self._netnses, self._identities, self._views)

    def _row(self, netns: Netns, identity: Identity) -> Row:
        tenure = self.tenure_of(netns)
        if tenure is None:
            return Row(netns, identity, (), ())
        return Row(netns, identity, tenure.links.now, tenure.addresses.telling)
