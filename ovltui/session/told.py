"""What Docker tells of the endpoints of overlay networks, all over the swarm: their names, by address; asked once.

Source: ``session.intents``, for commands that look once and wait for it; a session that goes on keeps asking there.
Privileges: the right to connect to an engine's socket. Incomplete: an engine that does not answer, or whose gossip has
not converged, tells less.
"""

from collections.abc import Iterable

from ovltui.session.intents import Told, ask_all, intents_of, names_of
from ovltui.session.session import Session
from ovltui.session.snapshot import Row


def told(session: Session, rows: Iterable[Row]) -> tuple[Told, tuple[str, ...]]:
    """Ask every engine, where there are networks of ``rows``; return the names, and who did not answer, a sentence."""
    answers = ask_all(session.engines) if any(True for _ in rows) else ()
    return names_of(intents_of(answers)), tuple(f"{answer.url}: {answer.says}" for answer in answers if answer.says)
