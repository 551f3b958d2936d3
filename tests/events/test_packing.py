"""Old records are kept compressed, and come back as they were to whoever looks."""

import threading

import pytest

from ovltui.events import ring as ring_module
from ovltui.events.record import Kind, Record
from ovltui.events.ring import Ring
from ovltui.events.vocabulary import Pane
from tests.events.samples import SAMPLES, TIME_NS

BLOCK, BLOCKS = 64, 12
RAWS = [sample.raw for sample in SAMPLES.values()]
PLAIN_BYTES = 3 * BLOCK * sum(map(len, RAWS)) // len(RAWS)


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ring_module, "BLOCK", BLOCK)
    monkeypatch.setattr(ring_module, "PLAIN_BYTES", PLAIN_BYTES)


def raw_of(seq: int) -> bytes:
    return b"" if seq % 50 == 7 else RAWS[seq * 31 % len(RAWS)]


def fill(ring: Ring, number: int) -> list[Record]:
    records = []
    for _ in range(number):
        seq = ring.end
        kind = Kind.MESSAGE if raw_of(seq) else Kind.GAP
        records.append(Record(seq, TIME_NS + seq, seq % 5, kind, raw_of(seq)))
        ring.append(TIME_NS + seq, seq % 5, kind, raw_of(seq), (Pane.LINK,))
    return records


def test_all_but_the_newest_full_blocks_are_packed_and_read_as_before() -> None:
    ring = Ring()
    records = fill(ring, BLOCK * BLOCKS + 1)
    packed = [block for block in ring._blocks if block.packed]
    plain = list(ring._blocks[len(packed) : -1])
    assert packed
    assert plain
    assert not any(block.packed for block in plain)
    assert not any(block.body for block in packed)
    size = sum(len(block.body) for block in plain)
    assert size <= PLAIN_BYTES < size + len(packed[-1].plain)
    assert [ring[seq] for seq in range(ring.end)] == records
    heard = [(record.seq, record.nsid, record.raw) for record in records if record.kind is Kind.MESSAGE]
    assert list(ring.received(0, ring.end, range(5))) == heard


def test_they_take_much_less_room() -> None:
    ring = Ring()
    fill(ring, BLOCK * BLOCKS + 1)
    packed = [block for block in ring._blocks if block.packed]
    assert sum(len(block.packed or b"") for block in packed) < sum(len(block.plain) for block in packed) / 2


def test_a_block_without_a_byte_is_read_too() -> None:
    ring = Ring()
    for _ in range(BLOCK * BLOCKS):
        ring.append(TIME_NS, -1, Kind.GAP, b"", (Pane.LINK,))
    assert {ring[seq].raw for seq in range(ring.end)} == {b""}


def test_who_reads_while_blocks_are_packed_never_sees_another_record() -> None:
    ring = Ring()
    wrong: list[int] = []
    fill(ring, BLOCK)
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            end = ring.end
            wrong.extend(seq for seq in range(max(0, end - BLOCK * 5), end) if ring[seq].raw != raw_of(seq))

    thread = threading.Thread(target=read)
    thread.start()
    fill(ring, BLOCK * 60)
    done.set()
    thread.join()
    assert not wrong
