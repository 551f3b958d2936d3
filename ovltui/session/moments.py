"""Times of a recording as people type and read them. Pure but for the time zone of the machine."""

import re
from datetime import datetime, timedelta

_CLOCK = re.compile(r"\d\d:\d\d(:\d\d(\.\d{1,6})?)?")
_NANO, _MICRO = 10**9, 10**6


def time_at(text: str, start_ns: int = 0) -> int:
    """Return the time that is meant by ``14:02:10`` or ``2026-11-23T14:02:10``, in nanoseconds since the epoch.

    Args:
        text: local time; of a clock alone, the first such time from ``start_ns`` on is meant.
        start_ns: when the recording begins.

    Raises:
        ValueError: it is no time.
    """
    try:
        if not _CLOCK.fullmatch(text):
            return int(datetime.fromisoformat(text).timestamp() * _MICRO) * 1000
        start = datetime.fromtimestamp(start_ns // _NANO).astimezone()
        found = datetime.fromisoformat(f"{start:%Y-%m-%d}T{text}").astimezone()
        while found < start.replace(microsecond=0):
            found += timedelta(days=1)
        return int(found.timestamp() * _MICRO) * 1000
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text!r} is no time such as 14:02:10 or 2026-11-23T14:02:10") from error


def moment(time_ns: int) -> str:
    """Return a date and time with its offset to UTC: ``2026-11-23 14:02:10.113 +01:00``."""
    try:
        found = datetime.fromtimestamp(time_ns // _NANO).astimezone()
    except (ValueError, OverflowError, OSError):  # of a recording that anybody may have written
        return f"{time_ns} ns since 1970"
    offset = f"{found:%z}"
    return f"{found:%Y-%m-%d %H:%M:%S}.{time_ns % _NANO // 10**6:03} {offset[:3]}:{offset[3:5]}"
