"""Things of several machines in one order."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from ovltui.session.joined_feed import Ended, Waiting
from ovltui.session.joined_merge import HOLD_S, merged

if TYPE_CHECKING:
    from ovltui.session.joined_host import Host

NOW_NS = 10**18
MS = 10**6
HOLD_NS = int(HOLD_S * 10**9)


@dataclass
class FakeFeed:
    """What waits, by its time and when it came, in milliseconds before now."""

    waiting: list[Waiting] = field(default_factory=list)

    def add(self, before_ms: int, came_ms: int, says: str) -> None:
        self.waiting.append((NOW_NS - before_ms * MS, NOW_NS - came_ms * MS, Ended(says)))

    def take(self, due_ns: int) -> Iterator[Waiting]:
        while self.waiting and (self.waiting[0][0] <= due_ns or self.waiting[0][1] <= due_ns):
            yield self.waiting.pop(0)


@dataclass
class FakeHost:
    """A machine that is nothing but a feed."""

    feed: FakeFeed = field(default_factory=FakeFeed)


def told(hosts: list[FakeHost], now_ns: int = NOW_NS) -> list[str]:
    """Return what is merged, in order."""
    things = merged(cast("list[Host]", hosts), now_ns)
    return [cast("Ended", thing).says for _, thing in things]


def test_what_happened_first_stands_first_whoever_tells_it() -> None:
    one, other = FakeHost(), FakeHost()
    for at in range(0, 60, 2):
        one.feed.add(400 - at, 150, str(at))
        other.feed.add(400 - at - 1, 150, str(at + 1))
    assert told([one, other]) == [str(at) for at in range(60)]


def test_what_is_new_waits_for_older_things_of_others_and_no_longer() -> None:
    one, other = FakeHost(), FakeHost()
    one.feed.add(50, 20, "new")
    assert told([one, other]) == []
    other.feed.add(70, 0, "older, came later")
    assert told([one, other], NOW_NS + HOLD_NS) == ["older, came later", "new"]


def test_of_one_machine_alone_nothing_waits() -> None:
    one = FakeHost()
    one.feed.add(0, 0, "now")
    assert told([one]) == ["now"]


def test_a_clock_that_is_ahead_holds_nothing_back() -> None:
    one, other = FakeHost(), FakeHost()
    one.feed.add(-180_000, 150, "in three minutes")
    other.feed.add(150, 150, "now")
    assert told([one, other]) == ["now", "in three minutes"]
