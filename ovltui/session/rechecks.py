"""The checks, made anew on a session that is played: for recordings that do not hold what was found.

Source: the tables, names and intents of the recording. Pure but for what it reads. Incomplete: what is read beside the
tables (listening sockets, rules of firewalls, IPsec) is in no recording, nor since when something was wrong before it.
"""

from collections.abc import Mapping

from ovltui.checks.cases import SETTLE_S, Cases
from ovltui.checks.scene import Scene
from ovltui.checks.table import find_all
from ovltui.netns.model import NetnsKey
from ovltui.session.causes import Causes
from ovltui.session.defects import Defects
from ovltui.session.looking import Looked, same
from ovltui.session.replay import ReplaySession
from ovltui.session.scene import ways
from ovltui.session.wiring import Wiring
from ovltui.topology.model import Topology

BEFORE_NS = int((SETTLE_S + 1) * 10**9)
"""So long before a moment one has to look, too, to know what has settled by then."""
NOT_RECORDED = "what was found then was not recorded: the checks were made anew, on the recorded tables alone"


class Rechecks:
    """Looks at one session; one thread uses it.

    Args:
        session: whose.
    """

    def __init__(self, session: ReplaySession) -> None:
        self._session = session
        self._wiring = Wiring(session)
        causes = Causes(session)
        self._cases = Cases(causes.cause, causes.mend)
        self._basis: tuple[object, ...] = ()
        self._defects = Defects()
        self._looked = Looked()

    @property
    def settling(self) -> bool:
        """Whether a case may open by time alone."""
        return self._cases.settling

    def look(self, now_ns: int) -> Looked:
        """Return what is wrong at a moment, in nanoseconds since the epoch, not before that of the last look."""
        topology = self._wiring.look()
        session = self._session
        basis = (topology, session.netnses, session.engines, session.intended)
        if not same(basis, self._basis):
            scene = scene_of(session, topology, ways(session.netnses, session.mntns), now_ns)
            self._basis, self._found = basis, find_all(scene, defect=self._defects.finding)
        self._cases.take(self._found, now_ns)
        return Looked(self._cases.cases(), self._cases.log(), now_ns)


def scene_of(session: ReplaySession, topology: Topology, prefixes: Mapping[NetnsKey, str], now_ns: int) -> Scene:
    """Return the scene of a session that is told, not seen: what is read beside the tables is not in it.

    Args:
        session: whose.
        topology: its newest.
        prefixes: what to write before a command so that it runs in each namespace.
        now_ns: when that is, in nanoseconds since the epoch.
    """
    intended = session.intended
    return Scene(
        topology=topology,
        netnses={netns.key: netns for netns in session.netnses},
        engines=session.engines,
        intents=intended.intents if intended else (),
        seats=intended.seats if intended else (),
        ways=prefixes,
        now_ns=now_ns,
    )
