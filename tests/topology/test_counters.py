"""Counters out of messages, their rates between two readings, and the last minute."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovltui.kernel.wire import attribute, message
from ovltui.topology.counters import SPARKS, Counters, Meter, counters, short, spark


def link(ifindex: int, ifname: str, **told: int) -> bytes:
    order = ("rx_packets", "tx_packets", "rx_bytes", "tx_bytes", "rx_errors", "tx_errors", "rx_dropped", "tx_dropped")
    values = [told.get(name, 0) for name in order] + [0] * 16
    head = struct.pack("=BxHiII", 0, 1, ifindex, 1, 0)
    return message(16, 0, 0, head + attribute(3, ifname.encode() + b"\0") + attribute(23, struct.pack("=24Q", *values)))


def reading(ifname: str = "eth0", **told: int) -> dict[int, Counters]:
    return counters((link(2, ifname, **told),))


def row(meter: Meter) -> dict[str, str]:
    found = meter.sheet()
    return dict(zip([column.title for column in found.columns], found.rows[0], strict=True))


def test_each_counter_stands_under_its_name() -> None:
    found = reading(rx_packets=1, tx_packets=2, rx_bytes=3, tx_bytes=4, rx_errors=5, tx_errors=6, rx_dropped=7)[2]
    assert (found.ifname, found.rx["packets"], found.tx["packets"]) == ("eth0", 1, 2)
    assert (found.rx["bytes"], found.tx["bytes"], found.rx["errors"], found.tx["errors"]) == (3, 4, 5, 6)
    assert (found.rx["dropped"], found.tx["dropped"]) == (7, 0)


@given(st.binary(max_size=200))
def test_what_breaks_off_has_no_counters(raw: bytes) -> None:
    assert counters((link(2, "eth0")[:150],)) == {}
    assert len(counters((raw,))) <= 1


def test_a_rate_is_what_passed_by_the_time_between() -> None:
    meter = Meter()
    meter.take(10.0, reading(rx_packets=100, rx_bytes=1000, tx_dropped=1))
    assert "rates need a second reading" in meter.sheet().says
    assert row(meter)["RX/S"] == "-"
    meter.take(12.0, reading(rx_packets=300, rx_bytes=1_001_000, tx_dropped=5))
    assert meter.sheet().says == ()
    shown = row(meter)
    assert (shown["RX/S"], shown["RX B/S"], shown["TX/S"], shown["DROP/S"], shown["DROPPED"]) == (
        *("100", "500k", "0", "2", "5"),
    )


def test_counters_that_went_back_and_another_link_under_the_same_index_have_no_rate() -> None:
    meter = Meter()
    meter.take(0.0, reading(rx_packets=100))
    meter.take(1.0, reading(rx_packets=50))
    assert meter.rate(2) is None
    meter.take(2.0, reading("eth1", rx_packets=70))
    assert meter.rate(2) is None
    meter.take(3.0, reading("eth1", rx_packets=80))
    found = meter.rate(2)
    assert found
    assert found.rx["packets"] == 10


def test_the_last_minute_is_a_minute_and_forgets() -> None:
    meter = Meter()
    total = 0
    for second in range(100):
        total += 5000 if second == 50 else 0
        meter.take(float(second), reading(rx_bytes=total))
    minute = meter.minute(2)
    assert len(minute) == SPARKS
    assert [at for at, value in enumerate(minute) if value] == [SPARKS - 1 - (99 - 50) // 3]
    meter.take(111.0, reading(rx_bytes=total))
    assert not any(meter.minute(2))


def test_an_object_says_counters_rate_and_seconds() -> None:
    meter = Meter()
    meter.take(0.0, reading(rx_bytes=0))
    meter.take(2.0, reading(rx_bytes=10))
    (found,) = meter.objects()
    assert found["stats64"]["rx"]["bytes"] == 10
    assert found["rate"]["rx"]["bytes"] == 5.0
    assert found["seconds"] == 2.0


@pytest.mark.parametrize(
    ("number", "text"),
    [
        *((0, "0"), (0.01, "0.1"), (0.5, "0.5"), (12, "12"), (999, "999"), (999.6, "1.0k")),
        *((1234, "1.2k"), (12_345, "12k"), (999_999, "1.0M"), (3.4e8, "340M")),
    ],
)
def test_numbers_are_short(number: float, text: str) -> None:
    assert short(number) == text


def test_bars_are_as_high_as_the_greatest_and_little_is_not_nothing() -> None:
    assert spark((0, 1, 500, 1000)) == " ▁▄█"
    assert spark((0, 0)) == "  "
    assert spark(()) == ""


def test_rates_sort_the_highest_first_and_names_by_their_text() -> None:
    meter = Meter()
    for second, many in ((0.0, 0), (1.0, 5000)):
        links = (link(2, "eth10", rx_packets=many // 10), link(3, "eth9", rx_packets=many))
        meter.take(second, counters(links))
    found = meter.sheet()
    at = {column.title: number for number, column in enumerate(found.columns)}
    by = {title: sorted(found.entries, key=lambda entry: entry.order(at[title])) for title in ("RX/S", "NAME")}
    assert [entry.cells[1] for entry in by["RX/S"]] == ["eth9", "eth10"]
    assert [entry.cells[1] for entry in by["NAME"]] == ["eth9", "eth10"]
