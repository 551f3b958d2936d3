"""One byte that says what a record is about before anybody decodes it: its object and its verb.

Source: type and family of a message, and its attributes for lookups that missed; for other records, their kind. Pure.
Incomplete: a message is sorted by its type even where its body is broken, which only its line tells. What happened
follows from the verb but for links, routes and settings, whose lines tell more.
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from operator import itemgetter

from ovltui.events.decode import decode
from ovltui.events.record import MESSAGES, OWN_NSID, Kind, Record
from ovltui.events.vocabulary import Action, Object, Pane, object_of, pane_of
from ovltui.kernel.wire import Rtm

REPEAT = 0x80
"""The bit of records that only repeat another one: they lead no row."""
NO, YES, ASK = 0, 1, 2
"""Verdicts: does not show, shows, and its line decides."""
_OBJECTS = tuple(Object)
_NUMBERS = {kind: number for number, kind in enumerate(_OBJECTS)}
_OBJECT_BITS, _VERB_SHIFT = 0x1F, 5
_NEW, _DEL, _GET, _SET = range(4)
"""Verbs: the two low bits of a message type."""
_GETNEIGH = int(Rtm.GETNEIGH)
TYPE_OF = itemgetter(slice(4, 6))
"""Returns the bytes of a message in which its type stands."""
_FAMILY, _SHORTEST = 16, 17
"""Where the family of a message stands, and the bytes of the shortest that has one."""
_FAMILY_OF = itemgetter(_FAMILY)
_NOT_ONLY_NEW = frozenset((Object.LINK, Object.ROUTE, Object.MROUTE, Object.NETCONF, Object.STATS))
_NOT_ONLY_DEL = frozenset((Object.LINK,))
_UNTOLD = frozenset((Object.UNKNOWN, Object.DOCKER))


def _sort(kind: Object, verb: int) -> int:
    return _NUMBERS[kind] | verb << _VERB_SHIFT


def _by_family(rtm_type: int) -> bytes:
    return bytes(_sort(object_of(rtm_type, family), rtm_type & 3) for family in range(256))


_UNKNOWN = tuple(_sort(Object.UNKNOWN, verb) for verb in range(4))
_BY_TYPE = {int(rtm_type): _by_family(rtm_type) for rtm_type in Rtm}
_BY_KIND = {Kind.GAP: _sort(Object.GAP, _SET), Kind.DOCKER: _sort(Object.DOCKER, _SET)}
_PLACES: Mapping[bytes, tuple[Pane, bytes]] = {
    rtm_type.to_bytes(2, "little"): (pane_of(rtm_type), b"" if rtm_type == _GETNEIGH else _BY_TYPE.get(rtm_type, b""))
    for rtm_type in range(256)
}
"""By bytes 4 and 5 of a message: its pane, and its sort by family; that is empty where ``sort_of`` must be asked."""
_NOWHERE = (pane_of(0), b"")


def sort_of(kind: Kind, raw: bytes) -> int:
    """Return the sort of a record, below ``REPEAT``."""
    if kind not in MESSAGES:
        return _BY_KIND[kind]
    if len(raw) < _SHORTEST:
        return _UNKNOWN[_SET]
    rtm_type = raw[4] | raw[5] << 8
    families = _BY_TYPE.get(rtm_type)
    if families is None:
        return _UNKNOWN[rtm_type & 3]
    if rtm_type == _GETNEIGH:
        event = decode(Record(0, 0, OWN_NSID, kind, raw))  # a broken one is no lookup
        return _sort(event.object, _SET if event.object is Object.UNKNOWN else _GET)
    return families[raw[16]]


def sorts_of(kind: Kind, raws: Sequence[bytes], types: Sequence[bytes], several: AbstractSet[bytes]) -> bytearray:
    """Return the sort of each of some messages.

    Args:
        kind: of all.
        raws: of each, its bytes.
        types: what ``TYPE_OF`` says of each.
        several: which types these are.
    """
    by_type = {rtm_type: _PLACES.get(rtm_type, _NOWHERE)[1] for rtm_type in several}
    if not all(by_type.values()) or min(map(len, raws)) < _SHORTEST:
        return bytearray([sort_of(kind, raw) for raw in raws])
    if len(by_type) == 1:
        return bytearray(map(_FAMILY_OF, raws)).translate(by_type[types[0]])
    return bytearray([by_type[rtm_type][raw[_FAMILY]] for rtm_type, raw in zip(types, raws, strict=True)])


def in_panes(first: int, types: Sequence[bytes], several: AbstractSet[bytes]) -> dict[Pane, Sequence[int]]:
    """Return which of some messages show in each pane, by their numbers, of which ``first`` is the lowest.

    Args:
        first: number of the first.
        types: as of ``sorts_of``.
        several: as of ``sorts_of``.
    """
    panes = {rtm_type: _PLACES.get(rtm_type, _NOWHERE)[0] for rtm_type in several}
    those = set(panes.values())
    if len(those) == 1:
        return {those.pop(): range(first, first + len(types))}
    return {pane: [seq for seq, rtm_type in enumerate(types, first) if panes[rtm_type] is pane] for pane in those}


def object_in(sort: int) -> Object:
    """Return the object of a sort."""
    return _OBJECTS[sort & _OBJECT_BITS]


def actions_in(sort: int) -> frozenset[Action]:
    """Return every action that a record of that sort may have."""
    kind, verb = object_in(sort), sort >> _VERB_SHIFT & 3
    if kind is Object.GAP:
        return frozenset((Action.LOST,))
    if kind in _UNTOLD:
        return frozenset(Action)
    if verb == _NEW:
        return frozenset((Action.NEW, Action.CHANGE) if kind in _NOT_ONLY_NEW else (Action.NEW,))
    if verb == _DEL:
        return frozenset((Action.DEL, Action.MOVE) if kind in _NOT_ONLY_DEL else (Action.DEL,))
    return frozenset((Action.MISS,))


def verdicts(judge: Callable[[int], int]) -> bytes:
    """Return a table of verdicts by sort, to be used with ``bytes.translate``.

    Args:
        judge: returns the verdict of a sort. A gap shows in any case, and a repeat never.
    """
    return bytes(_verdict(sort, judge) for sort in range(256))


def _verdict(sort: int, judge: Callable[[int], int]) -> int:
    if sort & REPEAT or sort & _OBJECT_BITS >= len(_OBJECTS):
        return NO
    return YES if object_in(sort) is Object.GAP else judge(sort)


EVERY = verdicts(lambda _: YES)
"""The table by which every row shows."""


def both(one: bytes, other: bytes) -> bytes:
    """Return the table by which shows what two tables show."""
    return bytes(min(a, b) if NO in (a, b) else max(a, b) for a, b in zip(one, other, strict=True))


def only(objects: frozenset[Object]) -> bytes:
    """Return the table by which records about ``objects`` show."""
    return verdicts(lambda sort: YES if object_in(sort) in objects else NO)


def sorts_about(objects: frozenset[Object]) -> frozenset[int]:
    """Return the sorts of records about ``objects``, repeats too."""
    numbers = {_NUMBERS[kind] for kind in objects}
    return frozenset(sort for sort in range(256) if sort & _OBJECT_BITS in numbers)
