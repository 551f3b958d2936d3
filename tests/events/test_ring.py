"""The ring keeps the newest records in order, whole, and says what it dropped."""

import threading
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovltui.events import ring as ring_module
from ovltui.events.record import Kind, Record
from ovltui.events.ring import Ring
from ovltui.events.vocabulary import Pane

ALL = tuple(Pane)
WHERE = st.sampled_from([(pane,) for pane in Pane] + [ALL, ()])
BLOCK = 4


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ring_module, "BLOCK", BLOCK)


def fill(ring: Ring, panes: list[tuple[Pane, ...]]) -> list[Record]:
    """Append a record for each element and return them all."""
    made = []
    for number, where in enumerate(panes, ring.end):
        record = Record(number, 10**18 + number, number % 5 - 1, Kind(number % 2), b"x" * (number % 7))
        assert ring.append(record.time_ns, record.nsid, record.kind, record.raw, where) == number
        made.append(record)
    return made


def test_an_empty_ring_has_nothing() -> None:
    ring = Ring(10)
    assert (ring.first, ring.end, ring.seqs(None, 0, 9), ring.seqs(Pane.LINK, 0, 9)) == (0, 0, array("Q"), array("Q"))
    for seq in (-1, 0, 1):
        with pytest.raises(KeyError):
            ring[seq]


@given(st.lists(WHERE, max_size=40), st.integers(1, 20))
def test_records_come_back_as_they_were_appended_or_are_dropped_oldest_first(
    panes: list[tuple[Pane, ...]], limit: int
) -> None:
    ring = Ring(limit)
    made = fill(ring, panes)
    assert ring.end == len(made)
    assert min(limit, len(made)) <= ring.end - ring.first < limit + 2 * BLOCK
    assert [ring[seq] for seq in range(ring.first, ring.end)] == made[ring.first :]
    for seq in (ring.first - 1, ring.end):
        with pytest.raises(KeyError):
            ring[seq]


@given(
    st.lists(WHERE, max_size=40),
    st.integers(1, 20),
    st.none() | st.sampled_from(Pane),
    st.tuples(st.integers(0, 45), st.integers(0, 45)),
)
def test_numbers_of_a_pane_are_those_of_its_records(
    panes: list[tuple[Pane, ...]], limit: int, pane: Pane | None, span: tuple[int, int]
) -> None:
    start, end = span
    ring = Ring(limit)
    fill(ring, panes)
    expected = [
        seq
        for seq, where in enumerate(panes)
        if ring.first <= seq and start <= seq < end and (pane is None or pane in where)
    ]
    assert list(ring.seqs(pane, start, end)) == expected


def test_a_gap_stands_in_every_pane() -> None:
    ring = Ring(20)
    fill(ring, [(Pane.LINK,), ALL, (Pane.NEIGH,)])
    assert [list(ring.seqs(pane, 0, 3)) for pane in (Pane.LINK, Pane.ROUTE, Pane.NEIGH)] == [[0, 1], [1], [1, 2]]


def test_a_reader_beside_the_writer_sees_whole_records_only() -> None:
    ring = Ring(3 * BLOCK)
    failures: list[object] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            for seq in ring.seqs(Pane.LINK, 0, 2**40):
                try:
                    record = ring[seq]
                except KeyError:
                    if seq >= ring.first:
                        failures.append(seq)
                    continue
                if (record.seq, record.time_ns, record.raw) != (seq, seq, seq.to_bytes(8, "big")):
                    failures.append(record)

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for seq in range(20_000):
        ring.append(seq, -1, Kind.MESSAGE, seq.to_bytes(8, "big"), (Pane.LINK,))
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
