"""A block of the ring that is played from its columns answers as the block itself does."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovltui.capture.columns import PlayedRing, columns_of, played
from ovltui.events.record import OWN_NSID, Kind, Record
from ovltui.events.ring import BLOCK, Ring
from ovltui.events.sort import EVERY, REPEAT
from ovltui.events.vocabulary import Pane
from ovltui.session.session import Session
from tests.capture.made import feed, gap, neigh
from tests.session import made


def filled(seed: int, count: int) -> Ring:
    session = Session(made.HOST, made.OWN)
    feed(session, seed, count // 2)
    session.docker_event(5, b"{}")
    session.feed(gap())
    session.feed(b"".join(made.message(neigh("10.0.0.1", "02:00:00:00:00:01", ifindex=9), 3) for _ in range(40)))
    feed(session, seed + 1, count // 2)
    return session.ring


def copied(ring: Ring, first: int, end: int) -> PlayedRing:
    blocks = []
    for block in ring.blocks(first, end):
        low, high = max(first, block.first), min(end, block.first + block.size)
        body = b"".join(block.raw(seq - block.first) for seq in range(low, high))
        columns = columns_of(block, low, high)
        blocks.append(played(low, low - block.first, high - low, columns, partial(bytes, body)))
    ring = PlayedRing(blocks, first)
    ring.play(end)
    return ring


def answers(ring: Ring, first: int, end: int) -> list[object]:
    rows = {pane: list(ring.seqs(pane, first, end)) for pane in (None, *Pane)}
    return [
        [ring[seq] for seq in range(first, end)],
        rows,
        [(seq, ring.count(seq, end), ring.last(seq, end)) for seq in rows[None]],
        ring.judged(None, first, end, EVERY),
        list(ring.received(first, end, (2, 3))),
        ring.messages_by_nsid(first, end),
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_played_ring_answers_as_the_one_that_was_recorded(seed: int) -> None:
    ring = filled(seed, BLOCK + 3000)
    assert ring.repeats > 30
    assert answers(copied(ring, 0, ring.end), 0, ring.end) == answers(ring, 0, ring.end)


@given(first=st.integers(0, 900), length=st.integers(1, 900))
def test_a_recording_may_begin_and_end_anywhere_in_a_block(first: int, length: int) -> None:
    ring, end = RING, min(first + length, RING.end)
    if first >= end:
        return
    found = copied(ring, first, end)
    assert [found[seq] for seq in range(first, end)] == [ring[seq] for seq in range(first, end)]
    assert found.first == first
    # Each record is in one row: where its leader is not in the recording, in one of its own.
    counted = sum(found.count(seq) for seq in found.seqs(None, first, end))
    assert counted == end - first
    for seq in found.seqs(None, first, end):
        led = not ring.blocks(seq, seq + 1)[0].sorts[seq] & REPEAT
        assert led or ring.leader(seq) < first


RING = filled(7, 1500)


def test_only_what_was_played_is_there() -> None:
    found = copied(RING, 0, RING.end)
    found.play(100)
    assert found.end == 100
    assert list(found.seqs(None, 0, 1000))[-1] < 100
    with pytest.raises(KeyError):
        found[100]


def test_columns_that_contradict_each_other_are_none() -> None:
    (block,) = RING.blocks(0, 50)
    columns = columns_of(block, 0, 50)
    good = played(0, 0, 50, columns, lambda: b"")
    assert list(good.times) == list(block.times[:50])
    for number in range(len(columns)):
        broken = list(columns)
        broken[number] = columns[number][: len(columns[number]) // 2]
        with pytest.raises(ValueError, match=r"columns|array|bytes|rows"):
            played(0, 0, 50, broken, lambda: b"")
    with pytest.raises(ValueError, match="different lengths"):
        played(0, 0, 49, columns, lambda: b"")


def test_records_without_a_message_keep_their_place() -> None:
    ring = Ring()
    ring.append(1, OWN_NSID, Kind.DOCKER, b"{}", tuple(Pane))
    assert copied(ring, 0, 1)[0] == Record(0, 1, OWN_NSID, Kind.DOCKER, b"{}")
