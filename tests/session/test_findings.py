"""The keeper of findings: looks soon after a change, once, and finds who did it."""

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ovltui.checks.cases import Case, Standing
from ovltui.checks.finding import Finding, Severity, Trace
from ovltui.checks.scene import Scene
from ovltui.checks.table import Check, find_all
from ovltui.events.record import Kind
from ovltui.events.vocabulary import Object, Pane
from ovltui.kernel.wire import Rtm
from ovltui.netns.model import NetnsKey
from ovltui.session.causes import MOST, Causes
from ovltui.session.defects import Defects, is_defect
from ovltui.session.findings import Findings
from ovltui.session.session import Session
from ovltui.session.wiring import Wiring
from ovltui.topology.model import Topology
from tests.checks.town import taught
from tests.topology.made import fdb, link

OWN = NetnsKey("vm", 1)
THERE = NetnsKey("vm", 2)
NSID = 4
MAC = "02:42:0a:0d:11:03"
PATIENCE_S = 60.0


@pytest.fixture
def session() -> Session:
    made = Session("vm", OWN)
    made.tenures.bind(NSID, THERE, 0)
    return made


def put(session: Session, mac: str = MAC, *, gone: bool = False, nsid: int = NSID, time_ns: int = 1) -> int:
    raw = fdb(mac, 5, "192.168.56.102")
    if gone:
        raw = raw[:4] + int(Rtm.DELNEIGH).to_bytes(2, "little") + raw[6:]
    return session.ring.append(time_ns, nsid, Kind.MESSAGE, raw, (Pane.NEIGH,))


def finding(*traces: Trace) -> Finding:
    return Finding("fdb-lost", Severity.ERROR, THERE, None, MAC, "is lost", "is out of reach", (), traces)


def trace(*, gone: bool | None = True, mac: str = MAC, netns: NetnsKey = THERE, ifindex: int | None = 5) -> Trace:
    return Trace(netns, Object.FDB, gone, ifindex, (mac,))


def test_the_newest_event_that_fits_is_the_cause(session: Session) -> None:
    put(session, gone=True)
    put(session)
    last = put(session, gone=True, time_ns=77)
    put(session, gone=True, nsid=9)
    put(session, "02:42:0a:0d:11:09", gone=True)
    assert Causes(session).cause(finding(trace())) == (last, 77)


@pytest.mark.parametrize(
    "other",
    [
        trace(gone=False),
        trace(mac="02:42:0a:0d:11:ff"),
        trace(ifindex=6),
        trace(netns=OWN),
        trace(netns=NetnsKey("vm", 3)),
        Trace(THERE, Object.NEIGH, gone=True),
    ],
    ids=repr,
)
def test_an_event_of_another_kind_place_or_thing_is_no_cause(session: Session, other: Trace) -> None:
    put(session, gone=True)
    assert Causes(session).cause(finding(other)) is None


def test_the_likeliest_trace_counts_before_a_newer_event(session: Session) -> None:
    likely = put(session, gone=True)
    put(session)
    assert Causes(session).cause(finding(trace(), trace(gone=False))) == (likely, 1)


def test_the_search_has_an_end(session: Session) -> None:
    put(session, gone=True)
    for _ in range(MOST + 1):
        put(session, "02:42:0a:0d:11:09")
        put(session, "02:42:0a:0d:11:09", gone=True)
    assert Causes(session).cause(finding(trace())) is None


def move(session: Session, *, up: bool, mtu: int = 1500, master: int | None = None, ifindex: int = 5) -> int:
    raw = link(ifindex, "veth1", flags=0x1043 if up else 0x1002, mtu=mtu, master=master)
    return session.ring.append(1, NSID, Kind.MESSAGE, raw, (Pane.LINK,))


def state(word: str) -> Trace:
    return Trace(THERE, Object.LINK, gone=False, ifindex=5, holds=(word,), lasts=True)


@pytest.mark.parametrize(
    ("word", "sane", "wrong"),
    [
        ("DOWN", {"up": True}, {"up": False}),
        ("1400", {"up": True}, {"up": True, "mtu": 1400}),
        ("no master", {"up": True, "master": 2}, {"up": True}),
    ],
)
def test_of_a_state_the_first_event_that_told_it_is_the_cause_and_the_first_after_it_the_mend(
    session: Session, word: str, sane: dict[str, int], wrong: dict[str, int]
) -> None:
    for told in (wrong, sane, sane):
        move(session, **told)  # type: ignore[arg-type]
    cause = move(session, **wrong)  # type: ignore[arg-type]
    move(session, **sane, ifindex=6)  # type: ignore[arg-type]
    move(session, **wrong)  # type: ignore[arg-type]
    found = Causes(session).cause(finding(state(word)))
    assert found
    assert found[0] == cause
    case = Case(finding(state(word)), Standing.OPEN, 1, cause)
    assert Causes(session).mend(case) is None
    mend = move(session, **sane)  # type: ignore[arg-type]
    move(session, **sane)  # type: ignore[arg-type]
    assert Causes(session).mend(case) == (mend, 1)


def test_the_end_of_what_traffic_taught_is_no_cause_of_a_lost_row(session: Session) -> None:
    lost = put(session, gone=True)
    raw = taught(MAC, 5, "192.168.56.102")
    session.ring.append(
        2, NSID, Kind.MESSAGE, raw[:4] + int(Rtm.DELNEIGH).to_bytes(2, "little") + raw[6:], (Pane.NEIGH,)
    )
    assert Causes(session).cause(finding(Trace(THERE, Object.FDB, True, 5, (MAC, "self", "permanent")))) == (lost, 1)


def test_what_mended_is_the_opposite_after_the_cause(session: Session) -> None:
    put(session)
    cause = put(session, gone=True)
    case = Case(finding(trace()), Standing.OPEN, 1, cause)
    assert Causes(session).mend(case) is None
    mend = put(session, time_ns=5)
    assert Causes(session).mend(case) == (mend, 5)


class Wrong:
    """What is wrong now; counts looks."""

    def __init__(self) -> None:
        self.now: tuple[Finding, ...] = ()
        self.looks = 0

    def __call__(self, _scene: Scene) -> Iterable[Finding]:
        self.looks += 1
        return self.now


@pytest.fixture
def wrong() -> Wrong:
    return Wrong()


@pytest.fixture
def findings(session: Session, wrong: Wrong) -> Iterator[Findings]:
    made = Findings(session, Wiring(session), wrong)
    made.start()
    try:
        yield made
    finally:
        made.close()


def await_true(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_change_is_looked_at_and_told(session: Session, findings: Findings, wrong: Wrong) -> None:
    told: list[int] = []
    session.on_change(lambda: told.append(1))
    findings.doubt()
    await_true(lambda: findings.looked.when_ns)
    cause = put(session, gone=True)
    wrong.now = (finding(trace()),)
    session.publish((), gaps=("changed",))
    session.engines_changed(())
    before = len(told)
    findings.ask()
    await_true(findings.cases)
    (case,) = findings.cases()
    assert (case.cause, case.standing) == (cause, Standing.SETTLING)
    assert findings.of(THERE) == (case,)
    assert findings.of(OWN) == ()
    await_true(lambda: len(told) > before)
    wrong.now = ()
    findings.ask()
    await_true(lambda: not findings.cases())
    assert [str(change.case.standing) for change in findings.log()] == ["settling", "mended"]


def test_where_nothing_changed_no_check_is_made_again(findings: Findings, wrong: Wrong) -> None:
    findings.doubt()
    await_true(lambda: findings.looked.when_ns)
    looks, when = wrong.looks, findings.looked.when_ns
    findings.doubt()
    await_true(lambda: findings.looked.when_ns != when)
    assert wrong.looks == looks == 1


def failing(name: str) -> Check:
    def find(_scene: Scene) -> Iterable[Finding]:
        raise KeyError(name)

    return Check(name, "fails", "page", find)


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_check_that_fails_is_told_with_a_report_and_the_others_go_on(reports: Path) -> None:
    lagging = replace(finding(), check="gossip-lagging")  # fdb-lost follows from it
    defects, sane = Defects(), Check("sane", "finds", "page", lambda _: (lagging,))
    for _ in range(2):
        found = find_all(Scene(Topology()), (failing("fdb-lost"), sane), defects.finding)
    assert {one.check for one in found} == {"gossip-lagging", "fdb-lost"}
    (defect,) = filter(is_defect, found)
    assert "the check fdb-lost failed" in defect.says
    (report,) = reports.iterdir()
    assert defect.evidence[0].text == str(report)
    assert "in find" in report.read_text()
    with pytest.raises(KeyError):
        find_all(Scene(Topology()), (failing("broken"), sane))


def test_what_a_failing_check_found_before_stands(session: Session, reports: Path) -> None:
    checks, defects = [Check("fdb-lost", "finds", "page", lambda _: (finding(),))], Defects()
    made = Findings(session, Wiring(session), lambda scene: find_all(scene, checks, defects.finding))
    made.start()
    try:
        made.doubt()
        await_true(made.cases)
        checks[:] = [failing("fdb-lost")]
        made.ask()
        await_true(lambda: len(made.cases()) == 2)
        assert finding() in [case.finding for case in made.cases()]
        assert "the check fdb-lost failed" in made.gaps()[0]
        checks[:] = []
        made.ask()
        await_true(lambda: not made.cases())
        assert list(reports.iterdir())
    finally:
        made.close()


def test_a_look_that_fails_as_a_whole_is_told_and_the_next_one_comes(
    findings: Findings, wrong: Wrong, monkeypatch: pytest.MonkeyPatch, reports: Path
) -> None:
    wrong.now = (finding(),)
    findings.ask()
    await_true(findings.cases)
    with monkeypatch.context() as broken:
        broken.setattr(wrong, "now", None)
        findings.ask()
        await_true(lambda: len(findings.cases()) == 2)
        assert "all checks failed" in findings.gaps()[0]
    findings.ask()
    await_true(lambda: len(findings.cases()) == 1)
    assert list(reports.iterdir())


def test_what_no_engine_tells_is_said(findings: Findings) -> None:
    (gap,) = findings.gaps()
    assert "no Docker Engine answers" in gap
