"""A recorder that writes into a line: a line that is too slow gets a new section, and every loss can be counted."""

import os
import threading
from pathlib import Path

import pytest

from ovltui.capture.decode import Decoder, Item
from ovltui.capture.inputs import Start
from ovltui.capture.notes import Note, NoteKind
from ovltui.capture.pipe import Pipe
from ovltui.capture.sink import Sink
from ovltui.capture.writer import Writer
from ovltui.events.record import Record
from ovltui.events.ring import BLOCK
from ovltui.session.recorder import LINE, Manner, Recorder
from tests.capture.made import START, feed, neigh, new_session
from tests.session import made


@pytest.fixture(autouse=True)
def _by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the recorder look only when a test tells it."""
    monkeypatch.setattr(threading.Thread, "start", lambda _self: None)
    monkeypatch.setattr(threading.Thread, "join", lambda _self: None)


def line_recorder(path: Path, limit: int = 1_000_000, manner: Manner = LINE) -> Recorder:
    return Recorder(new_session(limit), lambda: Sink(os.fspath(path)), START, manner=manner)


def items(path: Path) -> list[Item]:
    decoder = Decoder("it")
    return list(decoder.items([path.read_bytes()]))


def kinds(found: list[Item]) -> list[str]:
    return [item.kind.name if isinstance(item, Note) else type(item).__name__ for item in found]


def test_a_line_carries_no_index_and_no_columns(tmp_path: Path) -> None:
    one = line_recorder(tmp_path / "line")
    one.start()
    feed(one._session, 1, 3 * BLOCK)
    one.close()
    found = items(tmp_path / "line")
    assert len([item for item in found if isinstance(item, Record)]) == 3 * BLOCK
    assert kinds(found).count("STATE") == 1
    assert isinstance(one._writer, Writer)
    assert not one._writer._index.notes
    assert not one._writer._index.chunks


def test_records_that_the_ring_dropped_begin_a_new_section_that_counts_them(tmp_path: Path) -> None:
    one = line_recorder(tmp_path / "line", limit=BLOCK)
    session = one._session
    one.start()
    session.feed(made.message(neigh("10.0.0.1", "02:00:00:00:00:01")) * 100)
    one._tick()
    session.feed(made.message(neigh("10.0.0.2", "02:00:00:00:00:02")) * 4 * BLOCK)
    one._tick()
    begun_at = session.ring.end
    session.feed(made.message(neigh("10.0.0.3", "02:00:00:00:00:03")) * 7)
    one.close()
    assert not one.failure
    found = items(tmp_path / "line")
    again = next(at for at, item in enumerate(found) if isinstance(item, Start))
    start = found[again]
    assert isinstance(start, Start)
    assert start.first == begun_at == 100 + 4 * BLOCK
    assert kinds(found[again + 1 :])[0] == "STATE"
    before = [item.seq for item in found[:again] if isinstance(item, Record)]
    after = [item.seq for item in found[again:] if isinstance(item, Record)]
    assert before == list(range(100))
    assert after == list(range(begun_at, begun_at + 7))


def test_notes_that_nobody_takes_are_not_piled_up_for_ever(tmp_path: Path) -> None:
    one = line_recorder(tmp_path / "line", manner=Manner(streams=True, most_notes=10))
    one.start()
    one._tick()
    for token in range(50):
        one.clock(token)
    assert len(one.taken()[1]) == 10
    assert one.torn
    one._tick()
    one.close()
    assert [type(item) for item in items(tmp_path / "line") if isinstance(item, Start)] == [Start]


def test_a_clock_note_says_token_and_time(tmp_path: Path) -> None:
    one = line_recorder(tmp_path / "line")
    one.start()
    one.clock(77)
    one.close()
    notes = [item for item in items(tmp_path / "line") if isinstance(item, Note) and item.kind is NoteKind.CLOCK]
    assert notes[0].value["token"] == 77
    assert abs(notes[0].value["time_ns"] - notes[0].time_ns) < 10**9


def test_a_pipe_that_nobody_reads_ends_with_whoever_leads(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    monkeypatch.setattr(os, "dup", lambda _fd: writing)
    ended = threading.Event()
    pipe = Pipe(ended)
    pipe.write(b"x" * 1000)
    pipe.flush()
    assert os.read(reading, 2000) == b"x" * 1000
    pipe.write(b"y" * 1_000_000)
    ended.set()
    with pytest.raises(BrokenPipeError):
        pipe.flush()
    os.close(reading)
    with pytest.raises(BrokenPipeError):
        pipe.close()
