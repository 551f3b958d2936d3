"""The test by which the panes narrow to some namespaces."""

from ovltui.events.record import Record
from ovltui.netns.model import NetnsKey
from ovltui.session.session import Session


class InNetns:
    """Whether a record is of one of some namespaces; a gap is of all, an event of Docker may be of two.

    Args:
        session: knows which namespace a record is of.
        keys: the namespaces.
    """

    def __init__(self, session: Session, keys: frozenset[NetnsKey]) -> None:
        self._session = session
        self._keys = keys

    def where(self, nsid: int, seq: int) -> bool:
        """Return whether messages of ``nsid`` may show at ``seq``: the same, before there is a record."""
        return self._session.is_there(nsid, seq, self._keys)

    def __call__(self, record: Record) -> bool:
        """Return whether ``record`` shows."""
        return self._session.is_in(record, self._keys)
