"""Which namespaces a list is to show, and all names by which one can be asked for.

Source: the session. Pure. Incomplete: names that a shell would read as something else are not completed.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from ovltui.cli.netns import resolve
from ovltui.identity.model import Kind
from ovltui.identity.sandboxes import names as names_for_ip
from ovltui.session.session import Session
from ovltui.session.snapshot import Row

_PLAIN = re.compile(r"[\w@%+=:,./-]+")
"""What a shell takes as it stands."""


def wanted(session: Session, rows: Sequence[Row], texts: Sequence[str], kinds: Sequence[Kind]) -> tuple[Row, ...]:
    """Return those of ``rows`` that one of the texts may mean and that are of one of the kinds.

    Args:
        session: knows what a text may mean.
        rows: all that there are.
        texts: names as for every verb; that of a network, a compose project or a service means all that is in it. None
            stand for everything.
        kinds: none stand for all.

    Raises:
        NetnsError: a text means nothing.
    """
    chosen = {row.netns.key for text in texts for row in _meant(session, rows, text)}
    return tuple(
        row for row in rows if (not texts or row.netns.key in chosen) and (not kinds or row.identity.kind in kinds)
    )


def names(rows: Iterable[Row]) -> tuple[str, ...]:
    """Return every name by which one of the namespaces can be asked for, sorted."""
    return tuple(sorted({name for row in rows for name in _names(row) if _PLAIN.fullmatch(name)}))


def _meant(session: Session, rows: Sequence[Row], text: str) -> tuple[Row, ...]:
    within = tuple(
        row for row in rows if text and text in (row.identity.network, row.identity.project, row.identity.service)
    )
    found = (*session.find(text), *within)
    if not found:
        resolve(session, text)  # says what it may have meant
    return found


def _names(row: Row) -> Iterator[str]:
    identity = row.identity
    yield identity.name
    network = identity.network if identity.kind in (Kind.OVERLAY, Kind.INGRESS) else None
    yield from (name for name in (identity.container, network, *identity.sharers) if name)
    yield from names_for_ip(row.netns)
