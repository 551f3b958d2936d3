"""Finds out which namespace another one means by a number, so that veth peers can be named.

Source: RTM_GETNSID with a target namespace, asked from our own. Privileges: none. Incomplete: a namespace that died
before it could be asked keeps its numbers to itself; one without an nsid here is asked for again at the next sweeps.
"""

from dataclasses import dataclass, replace

from ovltui.events.record import OWN_NSID
from ovltui.kernel.nsid import nsid_in, numbering_of, own_nsid_in
from ovltui.kernel.rtnl import Rtnl, RtnlError
from ovltui.session.stream import Stream
from ovltui.state.tenure import Tenure

TRIES = 5
"""Sweeps at which a number is asked for before it is given up."""


@dataclass(frozen=True, slots=True)
class _Question:
    nsid: int
    """The namespace that uses the number."""
    there: int
    """The number."""
    seq: int
    """The record from which on it is used."""
    tries: int = TRIES


class Sight:
    """Questions that wait, and their answers; any thread asks, one thread resolves.

    Args:
        stream: whose tenures learn the answers.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._waiting: dict[tuple[int, int], _Question] = {}

    def ask(self, nsid: int, there: int, seq: int) -> None:
        """Ask what ``there`` means inside the namespace that has ``nsid`` at record ``seq``."""
        if nsid != OWN_NSID:
            self._waiting.setdefault((nsid, there), _Question(nsid, there, seq))

    def ask_for_peers(self, tenure: Tenure, seq: int) -> None:
        """Ask for every number that a link of ``tenure`` bears."""
        for there in {link.peer_nsid for link in tenure.links.now if link.peer_nsid is not None}:
            self.ask(tenure.nsid, there, seq)

    def resolve(self) -> bool:
        """Ask the kernel; return whether something was learned."""
        if not self._waiting:
            return False
        learned = False
        with Rtnl() as rtnl:
            for nsid in {nsid for nsid, _ in tuple(self._waiting)}:
                learned |= self._answer(rtnl, nsid)
        return learned

    def _answer(self, rtnl: Rtnl, nsid: int) -> bool:
        """Answer all questions about one namespace; return whether one was."""
        asked = [self._waiting.pop(pair) for pair in tuple(self._waiting) if pair[0] == nsid]
        try:
            meanings = numbering_of(rtnl, nsid)
            own = own_nsid_in(rtnl, nsid)
        except RtnlError:  # it died, and its numbers with it
            return False
        if own is not None:
            meanings[own] = OWN_NSID
        learned = False
        for question in asked:
            if question.there not in meanings:
                meanings |= self._search(rtnl, nsid, question.there)
            tenure = self._stream.tenures.at(nsid, question.seq)
            if tenure and tenure.died is None and question.there in meanings:
                here = meanings[question.there]
                tenure.sights.learn(question.there, question.seq, here)
                self._stream.tap.sighted(tenure, question.there, question.seq, here)
                learned = True
            elif question.tries > 1:
                self._waiting.setdefault((nsid, question.there), replace(question, tries=question.tries - 1))
        return learned

    def _search(self, rtnl: Rtnl, target: int, there: int) -> dict[int, int]:
        """Ask for every namespace that we know whether it is the one: the kernel's dump ends early."""
        for nsid in self._stream.tenures.living:
            try:
                if nsid_in(rtnl, nsid, target) == there:
                    return {there: nsid}
            except RtnlError:  # one of the two died
                continue
        return {}
