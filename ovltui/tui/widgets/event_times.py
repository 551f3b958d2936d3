"""How a line of an event says when it was, in words that fit where its time of day stands."""

from collections.abc import Callable, Sequence

from ovltui.config.model import TimeForm
from ovltui.events.line import clock
from ovltui.tui.when import elapsed


def time_words(form: TimeForm, time_ns: int, above: Callable[[], int | None], marks: Sequence[int]) -> str:
    """Return when it was; empty for the time of day here, which needs no words of its own.

    Args:
        form: how to say it.
        time_ns: the moment.
        above: returns when the line above was; None where there is none.
        marks: moments that were marked; without one, the time of day is all that can be said.
    """
    if form is TimeForm.UTC:
        return clock(time_ns, 0)
    if form is TimeForm.DELTA:
        before = above()
        return elapsed(time_ns - before) if before is not None else ""
    if form is TimeForm.MARK and marks:
        earlier = [mark for mark in marks if mark <= time_ns]
        return elapsed(time_ns - (max(earlier) if earlier else min(marks)))
    return ""
