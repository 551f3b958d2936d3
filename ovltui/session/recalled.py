"""A recording at one moment, for whoever looks once: who was wired to whom, and what was wrong then.

Source: ``session.player``. Privileges: none beyond the file. What was found then is told as it was recorded; where it
was not, or where its sentences were redacted, the checks are made anew. Incomplete: as the recording, and as
``rechecks``.
"""

from dataclasses import dataclass
from functools import cached_property

from ovltui.session.intents import Told, names_of
from ovltui.session.looking import Looked
from ovltui.session.player import Player
from ovltui.session.rechecks import BEFORE_NS, NOT_RECORDED, Rechecks
from ovltui.session.replay import ReplaySession
from ovltui.session.wiring import Wiring
from ovltui.topology.model import Topology


@dataclass(frozen=True, slots=True)
class Then:
    """What was wrong at a moment."""

    looked: Looked
    gaps: tuple[str, ...] = ()
    """What of it could not be known, each a sentence."""


class Recalled:
    """A recording at one moment. One thread uses it; close it.

    Args:
        player: the recording, which nobody else moves.
        time_ns: when, in nanoseconds since the epoch; None for its end.
    """

    def __init__(self, player: Player, time_ns: int | None = None) -> None:
        self.player = player
        self.time_ns = player.end_ns if time_ns is None else time_ns
        self._at_end = time_ns is None
        self.session: ReplaySession = self._go()
        """As it was then."""

    @cached_property
    def topology(self) -> Topology:
        """Who was wired to whom."""
        return Wiring(self.session).look()

    @property
    def names(self) -> Told:
        """What engines told of the endpoints of networks."""
        intended = self.session.intended
        return names_of(intended.intents if intended else ())

    @cached_property
    def then(self) -> Then:
        """What was wrong."""
        judged = self.session.judged
        if judged and not self.player.start.redacted:
            return Then(Looked(judged.cases, judged.log, self.time_ns))
        # What stands open has to be seen for a while: the same look some seconds before, on a session of its own.
        before_ns = max(self.time_ns - BEFORE_NS, self.player.start_ns)
        rechecks = Rechecks(self.player.seek_ns(before_ns))
        rechecks.look(before_ns)
        if self._at_end:
            self.player.step(self.player.end - self.player.session.ring.end)
        else:
            self.player.play_to(self.time_ns)
        return Then(rechecks.look(self.time_ns), (NOT_RECORDED,))

    def close(self) -> None:
        """Close the file."""
        self.player.close()

    def _go(self) -> ReplaySession:
        return self.player.seek(self.player.end) if self._at_end else self.player.seek_ns(self.time_ns)
