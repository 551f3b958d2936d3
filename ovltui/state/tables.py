"""What the kernel keeps of one namespace: links, addresses, routes, rules, nexthops, neighbours, forwarding entries.

Source: dumps, and the messages of the stream after them. Pure. Each thing is held as the last message about it.
Incomplete: some changes send no message, which ``dirty`` tells: IPv4 routes go with a link, an address or a nexthop
object, nexthop objects go with a link, and the states of nexthops (``linkdown``) change with it. The kernel also keeps
silent about neighbours that it is resolving or need not resolve, about ages and counters, about the MACs that a link
takes for itself, and about which links a rule finds: those are as of the last dump.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from struct import Struct

from ovltui.events.vocabulary import Object
from ovltui.kernel.wire import Rtm, Table
from ovltui.state.keys import AF_INET, AF_UNSPEC, BODY, place
from ovltui.state.routes import Routes

_ROUTES = (Table.ROUTES4, Table.ROUTES6)
_BESIDE_SILENCE = (Table.LINKS, Table.ADDRESSES, Table.NEXTHOPS)
_DOUBTFUL_BY_LINK = (*_ROUTES, Table.NEXTHOPS)
_NEWLINK, _DELLINK = (int(kind).to_bytes(2, "little") for kind in (Rtm.NEWLINK, Rtm.DELLINK))
_SHORTEST_LINK = 24
_WORKING = 0x10001
"""IFF_UP and IFF_LOWER_UP."""
_ALL_CHANGED = 0xFFFFFFFF
_FLAGS = Struct("=II").unpack_from
"""ifi_flags, ifi_change."""
_TABLES: Mapping[Object, tuple[Table, ...]] = {
    Object.LINK: (Table.LINKS,),
    Object.ADDR: (Table.ADDRESSES,),
    Object.ROUTE: _ROUTES,
    Object.RULE: (Table.RULES,),
    Object.NEXTHOP: (Table.NEXTHOPS,),
    Object.NEIGH: (Table.NEIGHBOURS,),
    Object.FDB: (Table.FDB,),
}


class Entries:
    """Things of which each key stands for one."""

    def __init__(self) -> None:
        self.held: dict[bytes, bytes] = {}

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.held.values())

    def get(self, key: bytes) -> tuple[bytes, ...]:
        """Return the thing that has ``key``, if there is one."""
        return (self.held[key],) if key in self.held else ()

    def load(self, key: bytes, raw: bytes) -> None:
        """Take in a thing of a dump."""
        self.held[key] = raw

    def put(self, key: bytes, raw: bytes) -> bool:
        """Take in a RTM_NEW…; return True: it says what is there now."""
        self.held[key] = raw
        return True

    def remove(self, key: bytes, _raw: bytes) -> bool:
        """Take in a RTM_DEL…; return True: it says that nothing is there now."""
        self.held.pop(key, None)
        return True


@dataclass(frozen=True, slots=True)
class Contents:
    """The tables of a namespace at one moment."""

    messages: Mapping[Table, tuple[bytes, ...]] = field(default_factory=dict)
    """RTM_NEW… of each thing, header included."""
    seq: int = 0
    """The first record of the stream that is not in it yet."""
    read_ns: int | None = None
    """When all of it was last read from the kernel, in nanoseconds since the epoch; None for never."""
    gaps: tuple[str, ...] = ()
    """What is missing or may be old, each a sentence."""

    @property
    def complete(self) -> bool:
        """Whether it is all there, and nothing of it old."""
        return self.read_ns is not None and not self.gaps

    def rows(self, kind: Object) -> tuple[bytes, ...]:
        """Return the messages of all things of a kind: link, addr, route, rule, nexthop, neigh or fdb."""
        return tuple(raw for table in _TABLES[kind] for raw in self.messages.get(table, ()))


class Tables:
    """The tables of a namespace, or some of them. Whoever reads and writes takes turns.

    Args:
        tables: which.
    """

    def __init__(self, tables: Iterable[Table] = Table) -> None:
        self._stores: dict[Table, Entries | Routes] = {
            table: Routes() if table in _ROUTES else Entries() for table in tables
        }
        self.dirty: set[Table] = set()
        """Tables that may differ from the kernel's, to be read again."""

    def apply(self, raw: bytes) -> None:
        """Take in a message of the stream."""
        found = place(raw)
        if found is None:
            return
        table, key = found
        store = self._stores.get(table)
        # Where all is in doubt already, what else may change silently adds nothing: so it is while a link flaps.
        beside = table in _BESIDE_SILENCE and not self.dirty.issuperset(_DOUBTFUL_BY_LINK)
        before = store.get(key) if store and beside else ()
        gone = raw[4] & 1 == 1
        if store and not (store.remove(key, raw) if gone else store.put(key, raw)):
            self.dirty.add(table)
        if beside and (doubtful := silent(table, before, raw, gone=gone)):
            self.dirty.update(each for each in doubtful if each in self._stores)

    def apply_all(self, raws: Iterable[bytes]) -> None:
        """Take in messages of the stream, in their order."""
        routes, links = self._stores.get(Table.ROUTES4), self._stores.get(Table.LINKS)
        if isinstance(links, Entries) and self.dirty.issuperset(_DOUBTFUL_BY_LINK):
            raws = _but_links(links, raws)
        for raw in routes.but_plain(raws) if isinstance(routes, Routes) else raws:
            self.apply(raw)

    def load(self, table: Table, messages: Iterable[bytes]) -> None:
        """Put what a dump told in the place of what was in ``table``."""
        store: Entries | Routes = Routes() if table in _ROUTES else Entries()
        for raw in messages:
            found = place(raw)
            if found and found[0] is table:
                store.load(found[1], raw)
        self._stores[table] = store
        self.dirty.discard(table)

    def adopt(self, fresh: "Tables") -> None:
        """Put the tables of ``fresh`` in the place of these."""
        self._stores |= {table: fresh.store(table) for table in fresh.tables}
        self.dirty |= fresh.dirty

    @property
    def tables(self) -> tuple[Table, ...]:
        """Which tables these are."""
        return tuple(self._stores)

    def store(self, table: Table) -> Entries | Routes:
        """Return one table, not to be changed."""
        return self._stores[table]

    def messages(self) -> dict[Table, tuple[bytes, ...]]:
        """Return all that is held now."""
        return {table: tuple(store) for table, store in self._stores.items()}


def _but_links(links: Entries, raws: Iterable[bytes]) -> Iterator[bytes]:
    """Yield every message but those of links that are there, of which the last one tells all; those are taken in.

    So it is while a link flaps: what else each of its changes may change silently is in doubt already.
    """
    last: dict[bytes, bytes] = {}
    for raw in raws:
        kind = raw[4:6]
        if kind == _NEWLINK and len(raw) >= _SHORTEST_LINK and raw[BODY] == AF_UNSPEC:
            last[raw[20:24]] = raw
            continue
        if kind == _DELLINK:
            links.held |= last
            last.clear()
        yield raw
    links.held |= last


def silent(table: Table, before: tuple[bytes, ...], raw: bytes, *, gone: bool) -> tuple[Table, ...]:
    """Return the tables in which the kernel changes something silently, together with what a message tells.

    Args:
        table: what the message is about.
        before: the last message about the same thing.
        raw: the message.
        gone: whether it is a RTM_DEL….
    """
    if table is Table.LINKS:
        return (Table.ROUTES4, Table.NEXTHOPS) if gone else _by_link(before, raw)
    if table is Table.ADDRESSES and gone and raw[BODY] == AF_INET:
        return (Table.ROUTES4,)
    if table is Table.NEXTHOPS and (gone or before):
        return _DOUBTFUL_BY_LINK
    return ()


def _by_link(before: tuple[bytes, ...], raw: bytes) -> tuple[Table, ...]:
    flags, change = _FLAGS(raw, 24)
    if not before and change == _ALL_CHANGED:
        return ()  # a new link: nothing can hang on it yet
    working = flags & _WORKING
    if working == _WORKING and all(_FLAGS(one, 24)[0] & _WORKING == working for one in before):
        return ()
    return _DOUBTFUL_BY_LINK
