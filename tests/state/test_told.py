"""What is remembered of a message is what a fresh reading says, whatever its bytes."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from ovltui.events import decode_link, recall
from ovltui.events.recall import Recall
from ovltui.state import told
from tests.events.samples import SAMPLES

_NEWLINK, _ADDRESSES = 16, (20, 21)
_MTU, _STATS64 = 4, 23
READERS: dict[str, tuple[Callable[[], Recall[Any]], tuple[int, ...]]] = {
    "links": (told.links, (_NEWLINK,)),
    "addresses": (told.addresses, _ADDRESSES),
}


def raws(kinds: tuple[int, ...]) -> list[bytes]:
    found = list(dict.fromkeys(sample.raw for sample in SAMPLES.values() if sample.raw[4] in kinds))
    assert len(found) > 1
    return found


def flipped(raw: bytes, at: int) -> bytes:
    return raw[:at] + bytes([raw[at] ^ 0x15]) + raw[at + 1 :]


def payload_of(raw: bytes, wanted: int) -> int:
    """Return where the payload of an attribute begins."""
    start = 32
    while raw[start + 2] != wanted:
        start += (int.from_bytes(raw[start : start + 2], "little") + 3) & ~3
    return start + 4


def veth() -> bytes:
    return next(raw for raw in raws((_NEWLINK,)) if b"veth" in raw)


@pytest.mark.parametrize("name", READERS)
def test_every_changed_byte_is_told_as_a_fresh_reading_tells_it(name: str) -> None:
    make, kinds = READERS[name]
    remembering = make()
    for raw in raws(kinds):
        for at in range(16, len(raw)):
            changed = flipped(raw, at)
            # The memory is warm with the whole message, and with what came before it.
            assert remembering.of(raw) == make().of(raw)
            assert remembering.of(changed) == make().of(changed), f"byte {at}"


@pytest.mark.parametrize("name", READERS)
def test_messages_in_any_order_are_told_as_fresh_readings_tell_them(name: str) -> None:
    make, kinds = READERS[name]
    remembering, choose, samples = make(), random.Random(7), raws(kinds)
    for _ in range(2_000):
        raw = choose.choice(samples)
        for _ in range(choose.randrange(3)):
            raw = flipped(raw, choose.randrange(16, len(raw)))
        assert remembering.of(raw) == make().of(raw)


def test_counters_alone_are_no_news() -> None:
    reads: list[bytes] = []

    def read(raw: bytes) -> int:
        reads.append(raw)
        return len(reads)

    links, raw = Recall(read, decode_link.HEAD, decode_link.START, decode_link.PASSING), veth()
    assert [links.of(flipped(raw, payload_of(raw, _STATS64) + counter * 8)) for counter in range(5)] == [1] * 5
    assert links.of(flipped(raw, payload_of(raw, _MTU))) == 2
    assert len(reads) == 2


def test_what_two_layouts_of_one_length_share_is_not_mixed_up() -> None:
    """An alias of a link's owner that looks like other attributes is a string and nothing else."""
    links, raw = told.links(), veth()
    at = payload_of(raw, _STATS64) - 4
    length = int.from_bytes(raw[at : at + 2], "little")
    alias = bytes([length, 0, 20, 0]) + b"a" * (length - 4)
    disguised = raw[:at] + alias + raw[at + length :]
    for _ in range(2):
        for each in (raw, disguised, disguised.replace(b"aaa", b"baa", 1)):
            assert links.of(each) == told.links().of(each)


def test_a_storm_of_different_links_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recall, "_MOST", 50)
    links, raw = told.links(), veth()
    for index in range(1, 400):
        link = links.of(raw[:20] + index.to_bytes(4, "little") + raw[24:])
        assert link
        assert link[0].ifindex == index
    assert sum(len(one.values) for one in links._known.values()) <= 50
