"""The test by which the panes narrow to some namespaces."""

from ovltui.events.record import Kind, Record
from ovltui.netns.model import NetnsKey
from ovltui.session.session import Session


class InNetns:
    """Whether a record is of one of some namespaces; a gap is of all.

    Args:
        session: knows which namespace a record is of.
        keys: the namespaces.
    """

    def __init__(self, session: Session, keys: frozenset[NetnsKey]) -> None:
        self._session = session
        self._keys = keys

    def __call__(self, record: Record) -> bool:
        """Return whether ``record`` shows."""
        return record.kind is Kind.GAP or self._session.netns_of(record) in self._keys
