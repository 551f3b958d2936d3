"""Moments as words that stay true while they stand on the screen: never an age, which would have to be painted anew."""

from datetime import UTC, datetime
from time import time_ns

from ovltui.events.line import clock, local_offset

_NS = 10**9
_DAY_S = 86400


def day_or_time(then_ns: int, now_ns: int | None = None) -> str:
    """Return ``14:02:10`` for a moment of today, ``21 Nov`` for another; local time, in at most 8 characters.

    Args:
        then_ns: the moment, in nanoseconds since the epoch.
        now_ns: now; by the clock without it.
    """
    return clock(then_ns).partition(".")[0] if _is_today(then_ns, now_ns) else f"{_local(then_ns):%d %b}"


def moment(then_ns: int, now_ns: int | None = None) -> str:
    """Return ``14:02:10.113`` for a moment of today, else with the date before it; arguments as of ``day_or_time``."""
    return clock(then_ns) if _is_today(then_ns, now_ns) else f"{_local(then_ns):%Y-%m-%d} {clock(then_ns)}"


def span(since_ns: int, until_ns: int) -> str:
    """Return how long it was from one moment to another: ``0.4 s``, ``12 s``, ``3 min``, ``2 h 5 min``."""
    seconds = max(0, until_ns - since_ns) / _NS
    minutes = round(seconds / 60)
    if seconds < 10:  # noqa: PLR2004  (below, tenths matter)
        return f"{seconds:.1f} s"
    if seconds < 120:  # noqa: PLR2004  (below, minutes are too coarse)
        return f"{seconds:.0f} s"
    hours, rest = divmod(minutes, 60)
    return f"{minutes} min" if not hours else f"{hours} h {rest} min"


def _is_today(then_ns: int, now_ns: int | None) -> bool:
    return _day(then_ns) == _day(time_ns() if now_ns is None else now_ns)


def _day(at_ns: int) -> int:
    return (at_ns // _NS + local_offset(at_ns)) // _DAY_S


def _local(at_ns: int) -> datetime:
    return datetime.fromtimestamp(at_ns // _NS + local_offset(at_ns), UTC)


def elapsed(ns: int) -> str:
    """Return a time between two moments, with its sign: ``+0.113``, ``-2:01.500``, ``+1:02:03.004``, ``+75:00:00``."""
    seconds, rest = divmod(abs(ns), _NS)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    part = f".{rest // 10**6:03}" if hours < 10 else ""  # noqa: PLR2004  (the column is as wide as a clock)
    whole = f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}" if minute else f"{second}"
    return f"{'-' if ns < 0 else '+'}{whole}{part}"
