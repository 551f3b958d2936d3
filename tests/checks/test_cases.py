"""A case settles, opens, is mended, comes back; and the log never grows without bound."""

from dataclasses import replace

import pytest

from ovltui.checks.cases import BRIEF_S, LOGGED, PATIENCE_S, RETURN_S, SETTLE_S, SLOW_S, Case, Cases, Change, Standing
from ovltui.checks.finding import Finding, Severity

S = 10**9
START = 1_000 * S
SETTLE = int(SETTLE_S * S)


def finding(
    subject: str = "02:42:0a:0d:11:03", severity: Severity = Severity.ERROR, *, settles: bool = True
) -> Finding:
    return Finding("fdb-lost", severity, None, None, subject, "is lost", "cannot be reached", (), settles=settles)


def told(changes: tuple[Change, ...]) -> list[str]:
    return [str(change.case.standing) for change in changes]


def test_what_docker_may_mend_settles_for_five_seconds_and_opens_then() -> None:
    cases = Cases()
    assert told(cases.take([finding()], START)) == ["settling"]
    settling = [cases.settling]
    assert told(cases.take([finding()], START + SETTLE - 1)) == []
    assert told(cases.take([finding()], START + SETTLE)) == ["open"]
    assert [*settling, cases.settling] == [True, False]
    assert [case.since_ns for case in cases.cases()] == [START]


def test_what_docker_never_mends_opens_sooner() -> None:
    cases = Cases()
    assert told(cases.take([finding(settles=False)], START)) == ["settling"]
    assert told(cases.take([finding(settles=False)], START + int(BRIEF_S * S))) == ["open"]


def test_what_looks_so_while_a_container_starts_opens_later() -> None:
    cases, slow = Cases(), replace(finding(), slow=True)
    cases.take([slow], START)
    assert told(cases.take([slow], START + int(SLOW_S * S) - 1)) == []
    assert told(cases.take([slow], START + int(SLOW_S * S))) == ["open"]


def test_a_case_does_not_open_before_engines_were_asked_again_but_not_later_than_patience() -> None:
    cases = Cases()
    cases.take([finding()], START, START - 1)
    assert told(cases.take([finding()], START + SETTLE + S, START + SETTLE - 1)) == []
    assert told(cases.take([finding()], START + SETTLE + S, START + SETTLE)) == ["open"]
    patient = Cases()
    patient.take([finding()], START, START - 1)
    assert told(patient.take([finding()], START + int(PATIENCE_S * S), START - 1)) == ["open"]


def test_what_is_gone_is_mended_and_stays_in_the_log() -> None:
    cases = Cases()
    cases.take([finding()], START)
    assert told(cases.take([], START + S)) == ["mended"]
    assert cases.cases() == ()
    assert told(cases.log()) == ["settling", "mended"]
    assert cases.log()[-1].case.mended_ns == START + S


def test_what_flaps_opens_when_it_stood_for_long_enough_in_all_and_fills_no_log() -> None:
    cases, opened = Cases(), []
    for turn in range(2 * LOGGED):
        now = START + 2 * turn * S
        opened += told((*cases.take([finding()], now), *cases.take([finding()], now + S - 1)))
        cases.take([], now + S)
    assert opened.index("open") in range(4, 8)
    assert sorted(told(cases.log())) == ["mended", "open", "settling"]
    assert cases.log()[-1].case.times == 2 * LOGGED


def test_what_comes_back_later_settles_anew() -> None:
    cases = Cases()
    cases.take([finding()], START)
    cases.take([], START + S)
    back = START + S + SETTLE + 1
    assert told(cases.take([finding()], back)) == ["settling"]
    assert told(cases.take([finding()], back + SETTLE - 1)) == []
    assert [(case.since_ns, case.times) for case in cases.cases()] == [(back, 2)]


def test_what_comes_back_much_later_is_counted_from_one() -> None:
    cases = Cases()
    cases.take([finding()], START)
    cases.take([], START + S)
    cases.take([], START + S + int(RETURN_S * S) + 1)
    cases.take([finding()], START + 2 * S + int(RETURN_S * S))
    assert [case.times for case in cases.cases()] == [1]


def test_the_cause_is_looked_for_once_and_gives_the_time() -> None:
    asked = []

    def blame(one: Finding) -> tuple[int, int]:
        asked.append(one)
        return 17, START - 3 * S

    def thanks(case: Case) -> tuple[int, int]:
        assert case.cause == 17
        return 21, START

    cases = Cases(blame, thanks)
    for turn in range(3):
        cases.take([finding()], START + turn)
    assert [(case.cause, case.since_ns) for case in cases.cases()] == [(17, START - 3 * S)]
    assert len(asked) == 1
    assert [change.case.mend for change in cases.take([], START + S)] == [21]


def test_the_newest_evidence_counts_and_the_worst_stands_first() -> None:
    cases, later = Cases(), START + int(BRIEF_S * S)
    found = [finding("a", Severity.NOTE, settles=False), finding("b", settles=False), finding("c")]
    cases.take(found, START)
    cases.take(found, later)
    assert [case.finding.subject for case in cases.cases()] == ["b", "a", "c"]
    worse = finding("a", Severity.ERROR, settles=False)
    assert cases.take([worse], later + S)[0].case.standing is Standing.MENDED
    assert [case.finding.severity for case in cases.cases()] == [Severity.ERROR]


def test_the_log_is_bounded() -> None:
    cases = Cases()
    for turn in range(LOGGED + 10):
        cases.take([finding(str(turn), settles=False)], START + turn)
    assert len(cases.log()) == LOGGED
    assert cases.log()[-1].number == max(change.number for change in cases.log())


def of(*parts: str) -> Finding:
    return replace(finding("node2"), parts=parts)


def test_members_that_each_lag_for_a_moment_never_open_the_finding_that_tells_of_them() -> None:
    cases = Cases()
    for turn in range(10):
        cases.take([of(str(turn), str(turn + 1))], START + turn * SETTLE // 3)
    assert {case.standing for case in cases.cases()} == {Standing.SETTLING}


def test_a_member_that_stays_opens_the_finding_whatever_comes_and_goes_beside_it() -> None:
    cases = Cases()
    opened = [told(cases.take([of("stays", str(turn))], START + turn * SETTLE // 3)) for turn in range(5)]
    assert opened == [["settling"], [], [], ["open"], []]


def test_what_comes_back_with_other_members_settles_anew_and_with_the_same_goes_on() -> None:
    for parts, standing in ((("c", "b"), "open"), (("c",), "settling")):
        cases = Cases()
        cases.take([of("a", "b")], START)
        cases.take([of("a", "b")], START + SETTLE)
        cases.take([], START + SETTLE + S)
        cases.take([of(*parts)], START + SETTLE + 2 * S)
        assert [str(case.standing) for case in cases.cases()] == [standing]


@pytest.mark.parametrize("severity", Severity)
def test_one_finding_is_one_case_however_often_it_is_told(severity: Severity) -> None:
    cases = Cases()
    cases.take([finding(severity=severity)] * 3, START)
    assert len(cases.cases()) == 1
