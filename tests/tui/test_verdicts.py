"""What findings come to, in marks and words; and moments that stay true on the screen."""

import pytest

from ovltui.checks.cases import Change, Standing
from ovltui.checks.finding import Severity
from ovltui.events.line import local_offset
from ovltui.topology.links import LinkKey
from ovltui.tui.verdicts import NOTHING, Tally, verdicts
from ovltui.tui.when import day_or_time, moment, span
from ovltui.tui.widgets.case_words import state
from tests.tui.cases import case, finding, mended
from tests.tui.world import BLUE, RED, START_NS

_S = 10**9
_DAY_NS = 86400 * _S


def test_only_what_is_open_and_more_than_a_note_is_counted_and_marked() -> None:
    cases = (
        case(finding("a"), cause=1),
        case(finding("b", check="mtu-path", severity=Severity.WARNING, netns=RED), cause=2),
        case(finding("c", severity=Severity.NOTE), cause=3),
        case(finding("d"), standing=Standing.SETTLING, cause=4),
        case(finding("e", netns=None)),
    )
    found = verdicts(cases)
    assert found.tally == Tally(2, 1)
    assert found.tally.words == "2 errors, 1 warning"
    assert found.netnses == {BLUE: Tally(1, 0), RED: Tally(0, 1)}
    marks = {BLUE: "fdb-lost", LinkKey(BLUE, 2): "fdb-lost", RED: "mtu-path", LinkKey(RED, 2): "mtu-path"}
    assert found.marks == marks
    assert found.causes == {1, 2}


def test_an_event_stays_the_cause_of_what_was_mended_but_not_of_what_only_settled() -> None:
    opened, settled = case(finding("a"), cause=1), case(finding("b"), standing=Standing.SETTLING, cause=2)
    log = [Change(at, START_NS, one) for at, one in enumerate((settled, opened, mended(opened), mended(settled)))]
    found = verdicts((), log)
    assert found.causes == {1}
    assert found.tally == NOTHING
    assert found.tally.words == ""


def test_what_was_mended_before_it_was_open_only_settled() -> None:
    one = case(finding())
    assert state(one) == "open"
    assert state(mended(one, after_s=2)) == "settled"
    assert state(mended(one, after_s=9)) == "mended"
    assert state(mended(case(finding(settles=False)), after_s=2)) == "mended"


def test_a_moment_of_today_is_a_time_and_another_one_a_date() -> None:
    noon = 1_700_000_000 * _S // _DAY_NS * _DAY_NS + _DAY_NS // 2
    noon -= local_offset(noon) * _S
    assert day_or_time(noon, noon + _S) == "12:00:00"
    assert moment(noon, noon + _S) == "12:00:00.000"
    assert day_or_time(noon, noon + _DAY_NS) == "14 Nov"
    assert moment(noon, noon + _DAY_NS) == "2023-11-14 12:00:00.000"


@pytest.mark.parametrize(
    ("seconds", "says"),
    [
        (0.04, "0.0 s"),
        (2.5, "2.5 s"),
        (12.4, "12 s"),
        (119, "119 s"),
        (180, "3 min"),
        (7500, "2 h 5 min"),
    ],
)
def test_a_span_is_told_as_exactly_as_it_matters(seconds: float, says: str) -> None:
    assert span(START_NS, START_NS + int(seconds * _S)) == says
