"""The session that screens show while a recording is played: at any moment it is what the recorded one was.

Source: ``session.player``, which makes a session of its own for each jump. Privileges: none. Whoever draws takes such a
one over as a whole, between two paintings, so that no screen mixes two moments. Incomplete: as the recording.
"""

from dataclasses import replace

from ovltui.capture.inputs import FOREIGN
from ovltui.session.inspect import Question
from ovltui.session.replay import ReplaySession
from ovltui.session.snapshot import Row

_OWN = frozenset(("_listeners", "_version", "_shown", "_shown_version"))
"""What stays this session's own."""


class Replayed(ReplaySession):
    """Shows another session; one thread takes over.

    Args:
        first: what it shows at first.
    """

    def __init__(self, first: ReplaySession) -> None:
        super().__init__(replace(FOREIGN, host=first.host), first.ring)
        self._shown, self._shown_version = first, -1
        self.take_over(first)

    def take_over(self, session: ReplaySession) -> bool:
        """Be what another session is now; return whether it is another one than before, not the same gone on."""
        turned, news = session is not self._shown, session.version != self._shown_version
        self._shown, self._shown_version = session, session.version
        state = {name: value for name, value in vars(session).items() if name not in _OWN}
        with self._lock:
            vars(self).update(state, _version=self._version + (turned or news))
        return turned

    def docker_questions(self, row: Row) -> tuple[Question, ...]:
        """Return nothing: the engines of today know nothing of then."""
        del row
        return ()
