"""What a filter looks at is what the records say, in the order in which it asks, whatever their block has become."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovltui.events import ring as ring_module
from ovltui.events.record import Kind
from ovltui.events.ring import Ring
from ovltui.events.vocabulary import Pane

BLOCK = 4


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ring_module, "BLOCK", BLOCK)
    monkeypatch.setattr(ring_module, "PLAIN_BYTES", 40)


@given(
    st.lists(st.tuples(st.integers(-1, 3), st.sampled_from(Kind), st.binary(max_size=40)), min_size=1, max_size=30),
    st.sets(st.integers(0, 29), min_size=1),
    st.booleans(),
    st.integers(8, 40),
)
def test_an_excerpt_is_what_the_records_say(
    records: list[tuple[int, Kind, bytes]], wanted: set[int], backwards: bool, limit: int
) -> None:
    ring = Ring(limit)
    for nsid, kind, raw in records:
        ring.append(0, nsid, kind, raw, (Pane.LINK,))
    seqs = sorted((seq for seq in wanted if seq < ring.end), reverse=backwards)
    found = []
    for excerpt in ring.excerpts(array("Q", seqs)):
        rows = zip(excerpt.seqs, excerpt.nsids, excerpt.starts, excerpt.ends, strict=True)
        found += [(seq, nsid, nsid is None or excerpt.body[start:end]) for seq, nsid, start, end in rows]
        assert len({seq // BLOCK for seq in excerpt.seqs if seq >= ring.first}) <= 1
    received = [seq >= ring.first and records[seq][1] is Kind.MESSAGE for seq in seqs]
    assert found == [
        (seq, records[seq][0], records[seq][2]) if heard else (seq, None, True)
        for seq, heard in zip(seqs, received, strict=True)
    ]
