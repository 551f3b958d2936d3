"""Which namespace a person means.

Source: one look at the machine and the names that the Docker Engines gave. Privileges: those of the look.
Incomplete: what cannot be seen cannot be meant.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ovltui.cli.output import Output
from ovltui.cli.progress import progress
from ovltui.errors import NetnsError
from ovltui.netns.model import Netns
from ovltui.session.live import LiveSession
from ovltui.session.session import Session
from ovltui.session.snapshot import Row
from ovltui.text import clean

PATIENCE_S = 2.0
"""How long a Docker Engine may take to give names, in seconds."""
LOOKING, READING = "looking for namespaces", "reading namespaces"
"""What is said while they are found, and while each of many is visited."""
_SHOWN = 8
"""Candidates that a sentence names."""


@contextmanager
def looked(session: LiveSession, out: Output, patience_s: float = PATIENCE_S) -> Iterator[LiveSession]:
    """Look at the machine once, with the names of the engines that answer in time; close the session at the end."""
    try:
        session.start_engines()
        with progress(out, LOOKING):
            session.look()
            session.wait_for_engines(patience_s)
        yield session
    finally:
        session.close()


def resolve(session: Session, text: str) -> Netns:
    """Return the one namespace that ``text`` means.

    Raises:
        NetnsError: none or several are meant; the sentence names the candidates.
    """
    rows = session.find(text)
    if len(rows) == 1:
        return rows[0].netns
    if rows:
        raise NetnsError(f"{clean(text)} is ambiguous: {_listed(rows)}.")
    raise NetnsError(_unknown(text, [row.identity.name for row in session.snapshot().rows]))


def _listed(rows: Sequence[Row]) -> str:
    names = [f"{row.identity.name} ({row.identity.kind})" for row in rows[:_SHOWN]]
    more = f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
    return ", ".join(names) + more


def _unknown(text: str, names: Sequence[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  (names are seldom misspelled)

    near = get_close_matches(text, names, n=3)
    remedy = f"is it {' or '.join(near)}?" if near else "ovltui ls lists them."
    return f"no namespace is called {clean(text) or 'by an empty name'}; {remedy}"
