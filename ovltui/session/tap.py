"""What a session takes in beside the records of its ring, told to whoever wants to record it.

Source: ``stream`` and whoever feeds it. A tap is called in any thread, often with locks of the session held: it only
takes note. This one takes none.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ovltui.events.look import Look
from ovltui.identity.model import EngineView, Identity
from ovltui.kernel.wire import Table
from ovltui.netns.model import Netns, NetnsKey
from ovltui.session.kept import Kept
from ovltui.state.addresses import Address
from ovltui.state.links import Link
from ovltui.state.tenure import Tenure

if TYPE_CHECKING:
    from ovltui.identity.intent import Intent, Seat
    from ovltui.session.judged import Judged


class Tap:
    """Told of what came in, after the session has taken it in; this one does nothing with it."""

    def named(
        self, netnses: Sequence[Netns], identities: Mapping[NetnsKey, Identity], views: Sequence[EngineView]
    ) -> None:
        """Namespaces, what they are (changed in place later), and what the engines said."""

    def bound(self, nsid: int, key: NetnsKey, seq: int, *, home: bool = False) -> None:
        """An nsid means a namespace; ``home`` is as of ``Tenures.bind``."""

    def loaded(
        self, tenure: Tenure, seq: int, time_ns: int, links: Sequence[tuple[Link, Look]], addresses: Sequence[Address]
    ) -> None:
        """Links and addresses came from a dump."""

    def sighted(self, tenure: Tenure, there: int, seq: int, here: int) -> None:
        """A number of a namespace means our nsid ``here``."""

    def read(self, kept: Kept, tables: Sequence[Table]) -> None:
        """Tables of a namespace were read."""

    def failed(self, key: NetnsKey, says: str) -> None:
        """The tables of a namespace cannot be read; empty once they can."""

    def intended(self, intents: "Sequence[Intent]", seats: "Sequence[Seat]") -> None:
        """What the engines intend, all of it."""

    def judged(self, judged: "Judged") -> None:
        """What the checks found, all of it."""
