"""What is under way to the terminal is told by its answers, and news waits for them, on a line of any speed."""

import re

from ovltui.tui.pacing import LATE_S, PATIENCE_S, ROW, WINDOW, Pace

FRAME = 4096
_ASKED = re.compile(r"\x1b7\x1b\[(\d+);(\d+)H\x1b\[6n\x1b8")


class Line:
    """A line to a terminal that answers: so many bytes a second, and a way of so many seconds."""

    def __init__(self, rate: float, way_s: float = 0.0) -> None:
        self.pace, self.now = Pace(), 0.0
        self._rate, self._way_s, self._free = rate, way_s, 0.0
        self._answers: list[tuple[float, int]] = []
        self.ask()

    def send(self, size: int) -> None:
        self.pace.wrote(size, self.now)
        self._free = max(self._free, self.now) + size / self._rate
        self.ask()

    def ask(self) -> None:
        question = self.pace.question(self.now)
        if question:
            asked = _ASKED.fullmatch(question)
            assert asked
            assert int(asked[1]) == ROW
            self._answers.append((max(self._free, self.now) + self._way_s, int(asked[2])))

    def wait(self, seconds: float) -> None:
        self.now += seconds
        while self._answers and self._answers[0][0] <= self.now:
            when, number = self._answers.pop(0)
            self.pace.answered(ROW, number, when)

    def queued_s(self) -> float:
        return max(0.0, self._free - self.now)


def storm(line: Line, seconds: float, every_s: float = 0.25) -> tuple[int, float]:
    """Paint as often as it may be; return how many paintings that were, and the longest queue."""
    painted, count, longest = line.now - every_s, 0, 0.0
    until = line.now + seconds
    while line.now < until:
        if line.now >= painted + every_s and not line.pace.busy_s(painted, line.now):
            line.send(FRAME)
            painted, count = line.now, count + 1
            longest = max(longest, line.queued_s())
        line.wait(0.01)
    return count, longest


def test_a_fast_line_is_painted_on_as_often_as_wanted() -> None:
    line = Line(1e7)
    line.wait(0.1)
    assert storm(line, 10)[0] >= 39


def test_a_fast_line_over_a_long_way_is_no_slow_line() -> None:
    line = Line(1e7, way_s=0.6)
    line.wait(1)
    assert storm(line, 10)[0] >= 36


def test_on_a_slow_line_one_painting_is_under_way_and_half_of_it_stays_free() -> None:
    for rate in (16384, 4096, 1024):
        line = Line(rate)
        line.wait(0.1)
        one_s = FRAME / rate
        count, longest = storm(line, 100 * one_s)
        assert 40 <= count <= 51
        assert longest <= 2.01 * one_s


def test_a_terminal_that_never_answers_is_asked_once_and_drawn_on_as_ever() -> None:
    pace = Pace()
    assert pace.question(0.0)
    for second in range(1, 100):
        pace.wrote(FRAME, second)
        assert not pace.question(second)
        assert pace.busy_s(second, second) == 0
        assert pace.full_s(second) == 0
        assert not pace.is_awaited()


def test_what_little_was_sent_is_not_asked_about_and_more_of_it_on_a_fast_line() -> None:
    for rate, little, enough in ((1e7, 4000, 4100), (16384, 1000, 1100)):
        line = Line(rate)
        line.wait(0.1)
        line.send(FRAME)
        line.wait(1)
        line.pace.wrote(little, line.now)
        assert not line.pace.question(line.now)
        line.pace.wrote(enough - little, line.now)
        assert line.pace.question(line.now)


def test_beyond_a_window_nothing_is_sent_until_an_answer_comes() -> None:
    line = Line(16384)
    line.wait(0.1)
    line.send(WINDOW)
    line.send(FRAME)
    assert line.pace.full_s(line.now) == 0
    line.wait(LATE_S + 0.01)
    assert 0 < line.pace.full_s(line.now) <= PATIENCE_S
    line.wait(WINDOW / 16384)
    assert line.pace.full_s(line.now) == 0


def test_a_terminal_that_stands_still_is_drawn_on_every_few_seconds() -> None:
    line = Line(1e-6)
    line.pace.answered(ROW, 1, 0.01)
    count, _ = storm(line, 60)
    assert 60 / PATIENCE_S - 1 <= count <= 60 / PATIENCE_S + 1


def test_an_answer_tells_of_all_that_was_asked_before_it() -> None:
    line = Line(1e-6)
    line.pace.answered(ROW, 1, 0.01)
    for _ in range(3):
        line.send(FRAME)
    line.wait(1)
    line.pace.answered(ROW, 3, line.now)
    assert line.pace.is_awaited()
    line.pace.answered(ROW, 4, line.now)
    assert not line.pace.is_awaited()
    assert line.pace.trip_s() == 1


def test_what_is_no_answer_changes_nothing() -> None:
    line = Line(1e-6)
    line.pace.answered(ROW, 1, 0.01)
    line.send(FRAME)
    for row, column in ((1, 2), (ROW, 1), (ROW, 3), (ROW, 99)):
        line.pace.answered(row, column, 1.0)
        assert line.pace.is_awaited()


def test_questions_go_on_after_many_without_an_answer() -> None:
    line = Line(1e-6)
    line.pace.answered(ROW, 1, 0.01)
    for _ in range(100):
        line.send(FRAME)
    while line.pace.is_awaited():
        line.pace.answered(ROW, line._answers.pop(0)[1], line.now)
    line.send(FRAME)
    assert line.pace.is_awaited()
