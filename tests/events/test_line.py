"""The line of each real message, and how lines are printed."""

import time

import pytest

from ovltui.events.gap import UNKNOWN_COUNT, pack_gap
from ovltui.events.line import EVERYWHERE, Line, as_text, clock, line, local_offset
from ovltui.events.vocabulary import Action, Object
from ovltui.kernel.wire import message as build
from tests.events.samples import NAMES, SAMPLES, TIME_NS, gap, message


@pytest.mark.parametrize("name", SAMPLES)
def test_a_real_message_reads_like_this(name: str) -> None:
    sample = SAMPLES[name]
    shown = line(sample.record, NAMES)
    assert (shown.mark, shown.text) == (sample.mark, sample.text)


def test_a_line_carries_time_namespace_object_and_action() -> None:
    shown = line(SAMPLES["veth-arrives"].record, NAMES)
    assert (shown.time_ns, shown.netns) == (TIME_NS, "nsid 0")
    assert (shown.object, shown.action) == (Object.LINK, Action.NEW)


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        (pack_gap(56, 0), "LOST 56 events"),
        (pack_gap(1, 12_000_000), "LOST 1 event within 12 ms"),
        (pack_gap(UNKNOWN_COUNT, 0), "LOST an unknown number of events"),
        (b"", "LOST an unknown number of events"),
    ],
)
def test_a_gap_says_how_much_is_missing_and_belongs_to_no_namespace(payload: bytes, text: str) -> None:
    shown = line(gap(payload), NAMES)
    assert (shown.netns, shown.mark, shown.text) == (EVERYWHERE, " ", text)


def test_an_unknown_message_says_its_type_and_length() -> None:
    assert line(message(build(999, 0, 0, bytes(8))), NAMES).text == "message type 999, 24 bytes"
    assert line(message(b"abc"), NAMES).text == "message of 3 bytes"


def test_a_namespace_that_is_not_known_is_called_by_its_number() -> None:
    raw = SAMPLES["veth-moves"].raw
    nobody = raw.replace(bytes.fromhex("08002d0000000000"), bytes.fromhex("08002d0003000000"))
    assert nobody != raw
    assert line(message(nobody), NAMES).text == "veth1 → nsid 3 as if2"


def test_the_clock_shows_milliseconds_at_an_offset_from_utc() -> None:
    assert clock(TIME_NS, 0) == "22:13:20.123"
    assert clock(TIME_NS, 2 * 3600) == "00:13:20.123"
    assert clock(TIME_NS, -int(5.5 * 3600)) == "16:43:20.123"


def test_local_time_follows_the_zone_and_its_summer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        assert local_offset(1_720_000_000 * 10**9) == 7200
        assert local_offset(1_705_000_000 * 10**9) == 3600
    finally:
        monkeypatch.undo()
        time.tzset()


def test_as_text_pads_the_namespace_and_cuts_nothing() -> None:
    shown = Line(TIME_NS, "a-long-name", "+", "x", Object.LINK, Action.NEW)
    assert as_text(shown, 14, 0) == "22:13:20.123 a-long-name    + x"
    assert as_text(shown, 3, 0) == "22:13:20.123 a-long-name + x"
