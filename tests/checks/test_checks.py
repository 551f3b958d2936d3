"""Each fault is found alone, by name, place, evidence, trace and remedy; what is as it should be has no finding."""

from collections.abc import Callable

import pytest

from ovltui.checks.finding import Severity
from ovltui.checks.table import CHECKS, find_all
from tests.checks.faults import FAULTS, Fault
from tests.checks.town import Town, town
from tests.topology import made


@pytest.mark.parametrize("seen", [lambda it: it, Town.alone, Town.silent, lambda it: it.silent().alone()])
def test_nothing_is_found_where_all_is_as_it_should_be(seen: Callable[[Town], Town]) -> None:
    assert find_all(seen(town()).scene()) == ()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_found_alone_and_by_its_name(fault: Fault) -> None:
    sane = town()
    (finding,) = find_all(fault.change(sane).scene())
    netns, link = finding.netns, finding.link
    assert (finding.check, netns and netns.id, link and link.ifindex, finding.subject) == (
        fault.check,
        fault.netns,
        fault.ifindex,
        fault.subject,
    )
    assert finding.severity is fault.severity
    assert any(fault.evidence in row.text for row in finding.evidence), finding.evidence
    assert all(row.source for row in finding.evidence)
    assert find_all(sane.scene()) == ()


@pytest.mark.parametrize("fault", [one for one in FAULTS if one.trace], ids=lambda fault: fault.name)
def test_the_event_that_did_it_is_looked_for_where_it_happened(fault: Fault) -> None:
    (finding,) = find_all(fault.change(town()).scene())
    trace = finding.traces[0]
    assert (trace.object, trace.gone, trace.holds) == fault.trace
    assert fault.netns is None or fault.check == "duplicate-address" or trace.netns.host == made.HOST


@pytest.mark.parametrize("fault", [one for one in FAULTS if one.remedy], ids=lambda fault: fault.name)
def test_a_remedy_is_a_whole_command_for_a_shell_outside(fault: Fault) -> None:
    (finding,) = find_all(fault.change(town()).scene())
    remedy = finding.remedies[0]
    assert remedy.commands[0] == f"nsenter --net=/n/{fault.netns} {fault.remedy}"
    assert all(command.startswith("nsenter --net=/n/") for command in remedy.commands)
    assert remedy.risk.endswith(".")


def test_every_check_finds_something_here() -> None:
    assert {fault.check for fault in FAULTS} == {check.name for check in CHECKS}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_page_says_what_is_compared_when_it_can_be_wrong_and_who_met_it(check: object) -> None:
    page = check.page  # type: ignore[attr-defined]
    assert page.startswith(("Compared: ", "Looked at: ", "Looked for: ", "Counted: "))
    assert "Can be wrong: " in page
    assert "People met it: " in page
    assert max(map(len, page.splitlines())) <= 120


def test_findings_are_sentences_and_worst_come_first() -> None:
    found = [finding for fault in FAULTS for finding in find_all(fault.change(town()).scene())]
    for finding in found:
        assert finding.says.endswith(".")
        assert finding.consequence.endswith(".")
        assert "  " not in finding.says + finding.consequence
    both = FAULTS[0].change(FAULTS[-1].change(town()))
    assert [one.severity for one in find_all(both.scene())] == [Severity.ERROR, Severity.NOTE]


def test_a_link_down_is_told_for_all_whose_networks_send_by_it() -> None:
    (finding,) = find_all(_named("underlay-down").change(town()).scene())
    assert finding.consequence == "no overlay network of node1 and node2 reaches other nodes by it."


def _named(check: str) -> Fault:
    return next(fault for fault in FAULTS if fault.check == check)
