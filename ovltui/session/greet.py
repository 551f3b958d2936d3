"""What happens once in the life of each namespace: it gets an nsid, and its links and addresses are loaded.

Source: ``kernel.nsid`` and ``kernel.dump``, while discovery holds the namespace open for a moment. Privileges:
CAP_NET_ADMIN to give an nsid, CAP_SYS_ADMIN to visit. Incomplete: what was refused is counted in ``gaps``.
"""

from ovltui.events.record import OWN_NSID
from ovltui.kernel.dump import dump
from ovltui.kernel.namespace import Identified
from ovltui.kernel.nsid import FIRST_GIVEN, get_nsid, give_nsid
from ovltui.kernel.rtnl import Rtnl, RtnlError
from ovltui.netns.model import NetnsKey
from ovltui.session.load import NAMED_BY, Loader
from ovltui.session.sight import Sight
from ovltui.session.stream import Stream
from ovltui.state.tenure import Tenure


def ask_nsid(rtnl: Rtnl, namespace: Identified, own: bool) -> int | None:
    """Return the nsid that a namespace has already; give none."""
    return None if own else get_nsid(rtnl, namespace.fd)


class Greeter:
    """Makes namespaces heard.

    Args:
        host: name of the machine.
        stream: where their events arrive.
        sight: is asked for the peers of their links.
        passive: give no nsids.
    """

    def __init__(self, host: str, stream: Stream, sight: Sight, *, passive: bool) -> None:
        self._host = host
        self._stream = stream
        self._loader = Loader(stream, sight)
        self._passive = passive
        self._next_nsid = FIRST_GIVEN
        self._loaded: dict[NetnsKey, Tenure] = {}
        self._unheard: set[NetnsKey] = set()
        self._unvisited: set[NetnsKey] = set()

    @property
    def met(self) -> int:
        """How many namespaces are known, for whoever waits until all are; any thread may ask."""
        return len(self._loaded)

    def greet(self, namespace: Identified, own: bool) -> int | None:
        """Make a namespace heard and load what is in it, once in its life; return its nsid."""
        key = NetnsKey(self._host, namespace.id)
        tenures, ring = self._stream.tenures, self._stream.ring
        tenure = tenures.at(OWN_NSID, ring.end) if own else tenures.of(key)
        if tenure is None or tenure.died is not None:
            tenure = self._bind(namespace, key)
        elif not own:
            tenure.seen = ring.end
        if tenure and self._loaded.get(key) is not tenure:
            self._loaded[key] = tenure
            self._load(namespace, key, tenure, own=own)
        return None if tenure is None or own else tenure.nsid

    def stays(self, key: NetnsKey) -> bool:
        """Take in that a namespace lives on; return whether nothing is left to do that it must be open for."""
        tenure = self._stream.tenures.of(key)
        if tenure is None or tenure.died is not None or self._loaded.get(key) is not tenure:
            return False
        tenure.seen = self._stream.ring.end
        return True

    def keep(self, alive: set[NetnsKey]) -> None:
        """Forget namespaces that are not in ``alive``."""
        self._loaded = {key: loaded for key, loaded in self._loaded.items() if key in alive}
        self._unheard &= alive
        self._unvisited &= alive

    def gaps(self) -> tuple[str, ...]:
        """Return what was refused, each a sentence."""
        says = []
        if self._unheard:
            says.append(f"namespaces without an nsid, whose events are not heard: {len(self._unheard)}")
        if self._unvisited:
            says.append(f"namespaces that may not be visited, whose links have no names: {len(self._unvisited)}")
        return tuple(says)

    def _bind(self, namespace: Identified, key: NetnsKey) -> Tenure | None:
        seq = self._stream.ring.end
        with Rtnl() as rtnl:
            nsid = get_nsid(rtnl, namespace.fd)
            if nsid is None and not self._passive:
                nsid = self._give(rtnl, namespace)
        if nsid is None:
            self._unheard.add(key)
            return None
        self._unheard.discard(key)
        return self._stream.bind(nsid, key, seq)

    def _give(self, rtnl: Rtnl, namespace: Identified) -> int | None:
        try:
            nsid = give_nsid(rtnl, namespace.fd, self._next_nsid)
        except RtnlError:  # no CAP_NET_ADMIN: a gap says so
            return None
        self._next_nsid = max(self._next_nsid, nsid + 1)
        return nsid

    def _load(self, namespace: Identified, key: NetnsKey, tenure: Tenure, *, own: bool) -> None:
        seq = self._stream.ring.end
        try:
            answers = dump(namespace, NAMED_BY, own=own)
        except OSError:
            self._unvisited.add(key)
            return
        self._loader.load(tenure, seq, answers)
