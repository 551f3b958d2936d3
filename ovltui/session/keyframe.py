"""Key frames of a recording: all that a session knows at one moment, except its records.

Source: the session, held for as long as it takes to copy what it knows. Pure. Incomplete: tables that nobody read yet
are not in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ovltui.capture.inputs import Failed, Intended, Named, Read, State, joined
from ovltui.capture.notes import Note, NoteKind
from ovltui.capture.values import encoded
from ovltui.kernel.wire import Table
from ovltui.session.kept import Kept
from ovltui.session.news import Known
from ovltui.session.session import Session
from ovltui.state.tenure import TenuresMemory

Reading = tuple[Read, tuple[tuple[bytes, ...], ...]]
"""Which tables of which namespace, and the messages of each."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A key frame before it is encoded."""

    tenures: TenuresMemory
    kept: tuple[Reading, ...]
    applied: int
    """The first record that is not in the tables."""
    named: Known
    lost: int
    failed: tuple[Failed, ...]
    intended: Intended | None
    new_part: bool
    """Whether a file begins with it."""


def frame_of(
    session: Session, named: Known, failed: tuple[Failed, ...], intended: Intended | None, *, new_part: bool
) -> Frame:
    """Return what a session knows now; its tables are locked, and its stream is held."""
    kept = tuple(reading(one, one.tables.tables) for one in session.kept.all())
    lost, applied = session.stream.lost, session.kept.applied
    return Frame(session.tenures.memory(), kept, applied, named, lost, failed, intended, new_part)


def reading(kept: Kept, tables: Sequence[Table]) -> Reading:
    """Return some tables of a namespace; they are locked."""
    tenure, held = kept.tenure, kept.tables
    wanted = tuple(table for table in tables if table in held.tables)
    dirty = tuple(sorted(kept.tables.dirty, key=lambda table: table.value))
    read = Read(tenure.nsid, tenure.born, kept.netns, wanted, dirty, kept.read, kept.read_ns, kept.failed)
    return read, tuple(tuple(held.store(table)) for table in wanted)


def note_of(frame: Frame, seq: int, time_ns: int, named: Named) -> Note:
    """Return the note of a key frame.

    Args:
        frame: what it says.
        seq: the first record that is not in it.
        time_ns: when that was, in nanoseconds since the epoch.
        named: all names.
    """
    reads = tuple(read for read, _ in frame.kept)
    state = State(named, frame.tenures, reads, frame.applied, frame.lost, frame.failed, frame.intended)
    blobs = tuple(joined(messages) for _, tables in frame.kept for messages in tables)
    return Note(NoteKind.STATE, seq, time_ns, encoded(state), blobs)
