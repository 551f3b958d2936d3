"""What passes through the links of a namespace: counters, and rates between two readings.

Source: IFLA_STATS64 of RTM_NEWLINK. Pure; whoever reads tells when. Incomplete: counters that a driver sets back, and
links that came between two readings, have no rate for that time; of a message that breaks off there is nothing.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from struct import Struct
from typing import Any

from ovltui.kernel.wire import attributes
from ovltui.text import clean_bytes
from ovltui.topology.sheet import Column, Entry, Sheet

MINUTE_S = 60.0
"""Seconds that are remembered."""
LAST_MINUTE = "LAST MINUTE"
"""Title of the column of sparklines."""
SPARKS = 20
"""Cells of a sparkline, which stand for a minute."""
_IFINDEX = Struct("=i").unpack_from
_STATS64 = Struct("=18Q").unpack_from
_AT_IFINDEX, _ATTRIBUTES = 20, 32
_IFLA_IFNAME, _IFLA_STATS64 = 3, 23
_RX = {"bytes": 2, "packets": 0, "errors": 4, "dropped": 6, "over_errors": 11, "multicast": 8}
_TX = {"bytes": 3, "packets": 1, "errors": 5, "dropped": 7, "carrier_errors": 17, "collisions": 9}
"""Where each counter stands in rtnl_link_stats64, under the names of ``ip -json -s link``."""
_RATED = ("bytes", "packets", "errors", "dropped")
_BARS = " ▁▂▃▄▅▆▇█"
_UNITS = ("", "k", "M", "G", "T", "P", "E")
_THOUSAND = 1000
_FEW = 10
_COLUMNS = (
    Column("IF", 6, right=True),
    Column("NAME", 0, least=8),
    *(Column("RX/S", 1, right=True), Column("RX B/S", 1, right=True)),
    *(Column("TX/S", 1, right=True), Column("TX B/S", 1, right=True)),
    *(Column("DROP/S", 3, right=True), Column("ERR/S", 4, right=True)),
    *(Column("DROPPED", 5, right=True), Column("ERRORS", 5, right=True)),
    Column(LAST_MINUTE, 2),
)
_COMMANDS = ("ip -s link",)
_FIRST = "rates need a second reading"


@dataclass(frozen=True, slots=True)
class Counters:
    """What the kernel has counted of a link."""

    ifindex: int
    ifname: str
    rx: Mapping[str, int]
    """By the names of ``ip -json -s link``."""
    tx: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Rate:
    """What passed in each second between two readings."""

    rx: Mapping[str, float]
    tx: Mapping[str, float]

    @property
    def bytes(self) -> float:
        """In and out together."""
        return self.rx["bytes"] + self.tx["bytes"]


def counters(links: Iterable[bytes]) -> dict[int, Counters]:
    """Return the counters that messages of links carry, by ifindex."""
    found = (_counters(raw) for raw in links)
    return {one.ifindex: one for one in found if one}


def _counters(raw: bytes) -> Counters | None:
    told = dict(attributes(raw, _ATTRIBUTES))
    stats = told.get(_IFLA_STATS64, b"")
    if len(stats) < 18 * 8:
        return None
    values = _STATS64(stats)
    rx, tx = ({name: values[at] for name, at in names.items()} for names in (_RX, _TX))
    return Counters(_IFINDEX(raw, _AT_IFINDEX)[0], clean_bytes(told.get(_IFLA_IFNAME, b"")), rx, tx)


class Meter:
    """Remembers two readings, and how much passed in the last minute."""

    def __init__(self) -> None:
        self._time_s = 0.0
        self._lasted = 0.0
        self._rates: Mapping[int, Rate] = {}
        self._minute: deque[_Span] = deque()
        self._read = 0
        self.newest: Mapping[int, Counters] = {}
        """The last reading, by ifindex."""

    def take(self, time_s: float, reading: Mapping[int, Counters]) -> None:
        """Take in a reading.

        Args:
            time_s: when it was made, by a clock that never goes back.
            reading: by ifindex.
        """
        if self._read:
            before, lasted = self.newest, time_s - self._time_s
            found = {one.ifindex: _rate(before.get(one.ifindex), one, lasted) for one in reading.values()}
            self._rates = {ifindex: rate for ifindex, rate in found.items() if rate}
            self._lasted = lasted
            self._minute.append(_Span(self._time_s, lasted, {key: rate.bytes for key, rate in self._rates.items()}))
        self.newest, self._time_s = reading, time_s
        self._read += 1
        while self._minute and time_s - self._minute[0].began_s > MINUTE_S:
            self._minute.popleft()

    def rate(self, ifindex: int) -> Rate | None:
        """Return what passes through a link now; None where that is not known."""
        return self._rates.get(ifindex)

    def minute(self, ifindex: int) -> tuple[float, ...]:
        """Return bytes a second, in and out together, of ``SPARKS`` parts of the last minute, the newest last."""
        width = MINUTE_S / SPARKS
        sums, times = [0.0] * SPARKS, [0.0] * SPARKS
        for span in self._minute:
            part = max(0, SPARKS - 1 - int((self._time_s - span.began_s - span.lasted_s) / width))
            sums[part] += span.bytes.get(ifindex, 0.0) * span.lasted_s
            times[part] += span.lasted_s
        return tuple(total / lasted if lasted else 0.0 for total, lasted in zip(sums, times, strict=True))

    def sheet(self, says: tuple[str, ...] = ()) -> Sheet:
        """Return the rates of all links of the last reading."""
        rows = tuple(self._entry(one) for one in self.newest.values())
        waiting = (_FIRST,) if self._read == 1 and not says else ()
        return Sheet(_COLUMNS, rows, _COMMANDS, (*says, *waiting), passing=True)

    def objects(self) -> Iterator[dict[str, Any]]:
        """Yield the counters of each link under the keys of ``ip -json -s link``, and its rate a second."""
        for one in self.newest.values():
            found = self.rate(one.ifindex)
            yield {
                "ifindex": one.ifindex,
                "ifname": one.ifname,
                "stats64": {"rx": dict(one.rx), "tx": dict(one.tx)},
                "rate": {"rx": _rounded(found.rx), "tx": _rounded(found.tx)} if found else None,
                "seconds": round(self._lasted, 3),
            }

    def _entry(self, one: Counters) -> Entry:
        found = self.rate(one.ifindex)
        minute = self.minute(one.ifindex)
        rates = _rates(found) if found else ()
        totals = (one.rx["dropped"] + one.tx["dropped"], one.rx["errors"] + one.tx["errors"])
        cells = (
            str(one.ifindex),
            one.ifname,
            *(map(short, rates) if found else ["-"] * 6),
            *map(str, totals),
            spark(minute),
        )
        by = (None, None, *(rates or (-1.0,) * 6), *map(float, totals), sum(minute))
        return Entry((one.ifindex, one.ifname), cells, by)


@dataclass(frozen=True, slots=True)
class _Span:
    """The time between two readings."""

    began_s: float
    lasted_s: float
    bytes: Mapping[int, float]
    """A second, in and out together, by ifindex."""


def _rate(was: Counters | None, now: Counters, lasted_s: float) -> Rate | None:
    if was is None or was.ifname != now.ifname or lasted_s <= 0:
        return None
    rx, tx = (
        {name: there[name] - here[name] for name in _RATED} for here, there in ((was.rx, now.rx), (was.tx, now.tx))
    )
    if min(*rx.values(), *tx.values()) < 0:
        return None
    return Rate(*({name: value / lasted_s for name, value in values.items()} for values in (rx, tx)))


def _rates(found: Rate) -> tuple[float, ...]:
    passed = (found.rx["packets"], found.rx["bytes"], found.tx["packets"], found.tx["bytes"])
    return (*passed, found.rx["dropped"] + found.tx["dropped"], found.rx["errors"] + found.tx["errors"])


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in values.items()}


def short(number: float) -> str:
    """Return a number in five characters at most: ``0``, ``0.3``, ``12``, ``1.2k``, ``340M``."""
    if 0 < number < 1:
        return f"{max(number, 0.1):.1f}"
    unit = 0
    while round(number) >= _THOUSAND and unit + 1 < len(_UNITS):
        number, unit = number / _THOUSAND, unit + 1
    return f"{number:.1f}{_UNITS[unit]}" if unit and number < _FEW else f"{number:.0f}{_UNITS[unit]}"


def spark(values: Iterable[float]) -> str:
    """Return bars, the highest for the greatest of the values; what is not nothing has a bar."""
    known = tuple(values)
    most = max(known, default=0.0)
    steps = len(_BARS) - 1
    return "".join(_BARS[0 if not value else max(1, round(value / most * steps))] for value in known)
