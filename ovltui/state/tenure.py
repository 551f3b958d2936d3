"""Which namespace an nsid meant at which moment, and what was in it.

Source: RTM_NEWNSID and RTM_DELNSID of our own namespace, in the order of the stream, and what discovery learns of
living namespaces. The kernel gives a freed nsid out again at once, so an nsid alone means nothing without a moment.
Incomplete: a namespace that lived and died before discovery opened it stays without a key.
"""

from dataclasses import dataclass, field

from ovltui.events.record import OWN_NSID
from ovltui.netns.model import NetnsKey
from ovltui.state.addresses import Addresses
from ovltui.state.links import Links


@dataclass(slots=True, eq=False)
class Tenure:
    """One namespace for as long as it holds its nsid, which is until it dies."""

    nsid: int
    born: int
    """First record that may be of it."""
    died: int | None = None
    """The record that said that it is dead."""
    key: NetnsKey | None = None
    """Which namespace it is; None until discovery has opened it."""
    links: Links = field(default_factory=Links)
    addresses: Addresses = field(default_factory=Addresses)


class Tenures:
    """All tenures, living and remembered; any thread reads, and who writes from several threads takes turns.

    Args:
        own: the namespace in which we listen.
    """

    def __init__(self, own: NetnsKey | None) -> None:
        self._by_nsid: dict[int, list[Tenure]] = {OWN_NSID: [Tenure(OWN_NSID, 0, key=own)]}
        self._by_key: dict[NetnsKey, Tenure] = {}
        if own:
            self._by_key[own] = self._by_nsid[OWN_NSID][0]

    def at(self, nsid: int, seq: int) -> Tenure | None:
        """Return who held ``nsid`` when record ``seq`` was received."""
        for tenure in reversed(self._by_nsid.get(nsid, ())):
            if tenure.born <= seq and (tenure.died is None or seq <= tenure.died):
                return tenure
        return None

    def of(self, key: NetnsKey) -> Tenure | None:
        """Return the tenure of a namespace, dead or alive."""
        return self._by_key.get(key)

    def begin(self, nsid: int, seq: int) -> Tenure:
        """Take in a RTM_NEWNSID at ``seq``; one that discovery made known before the stream did goes on."""
        return self._living(nsid) or self._add(Tenure(nsid, seq))

    def end(self, nsid: int, seq: int) -> Tenure:
        """Take in a RTM_DELNSID at ``seq``; return whose tenure ended."""
        tenure = self._living(nsid) or self._add(Tenure(nsid, 0))
        tenure.died = seq
        return tenure

    def bind(self, nsid: int, key: NetnsKey, seq: int) -> Tenure:
        """Take in that ``key``, just opened, held ``nsid``.

        Args:
            nsid: what the kernel said while it was open.
            key: which namespace it is.
            seq: the next record before it was opened; a death recorded since then may be its own.
        """
        known = self._by_key.get(key)
        if known and known.nsid == nsid and known.died is None:
            return known
        tenure = self._living(nsid) or self._died_since(nsid, seq)
        if tenure is None:  # it held the nsid before we heard of it
            tenure = self._add(Tenure(nsid, self._free_since(nsid)))
        elif tenure.key not in (None, key):
            tenure = self._add(Tenure(nsid, seq))
        tenure.key = key
        self._by_key[key] = tenure
        return tenure

    def prune(self, first: int) -> tuple[NetnsKey, ...]:
        """Forget tenures that ended before record ``first``; return the keys that went with them."""
        gone = []
        for nsid, tenures in list(self._by_nsid.items()):
            kept = [tenure for tenure in tenures if tenure.died is None or tenure.died >= first]
            gone += [tenure for tenure in tenures if tenure not in kept]
            if kept:
                self._by_nsid[nsid] = kept
            else:
                del self._by_nsid[nsid]
        keys = tuple(tenure.key for tenure in gone if tenure.key)
        for key in keys:
            self._by_key.pop(key, None)
        return keys

    def _living(self, nsid: int) -> Tenure | None:
        tenures = self._by_nsid.get(nsid)
        return tenures[-1] if tenures and tenures[-1].died is None else None

    def _died_since(self, nsid: int, seq: int) -> Tenure | None:
        tenures = self._by_nsid.get(nsid)
        died = tenures[-1].died if tenures else None
        return tenures[-1] if tenures and died is not None and died >= seq else None

    def _free_since(self, nsid: int) -> int:
        tenures = self._by_nsid.get(nsid)
        died = tenures[-1].died if tenures else None
        return 0 if died is None else died + 1

    def _add(self, tenure: Tenure) -> Tenure:
        # A list that readers hold is never changed: they see the old one or the new one.
        self._by_nsid[tenure.nsid] = [*self._by_nsid.get(tenure.nsid, ()), tenure]
        return tenure
