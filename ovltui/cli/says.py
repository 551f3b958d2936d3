"""What every verb tells on stderr: what it could not see, and which engines do not answer.

Source: the snapshot. Privileges: none. Incomplete: an engine that has not spoken yet is told as one that was
too slow.
"""

from ovltui.cli.output import Output
from ovltui.kernel.capabilities import is_root
from ovltui.session.snapshot import EngineStatus, Snapshot


def silent_engines(snapshot: Snapshot, *, asked: bool = False) -> tuple[EngineStatus, ...]:
    """Return the engines that do not answer; with ``asked`` only those that the user named."""
    return tuple(engine for engine in snapshot.engines if not engine.answers and (engine.asked or not asked))


def engine_sentence(engine: EngineStatus) -> str:
    """Return why an engine does not answer."""
    return f"{engine.url}: {engine.says or 'has not answered yet'}"


def tell_gaps(snapshot: Snapshot, out: Output, *, recorded: bool = False) -> None:
    """Say what could not be seen, and how to see it where that can be mended, which of a recording it cannot."""
    hidden = [gap for gap in snapshot.gaps if not _is_of_engine(gap, snapshot)]
    for sentence in (*hidden, *map(engine_sentence, silent_engines(snapshot))):
        out.say(sentence)
    if hidden and not recorded and not is_root():
        out.say("run it as root to see everything.")


def _is_of_engine(gap: str, snapshot: Snapshot) -> bool:
    """Whether a gap is an engine's silence, which is told with the other engines."""
    return any(gap.startswith(f"{engine.url}: ") for engine in snapshot.engines)
