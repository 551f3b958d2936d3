"""``ovltui check``: what is wrong, by which evidence, and the commands that would mend it; it runs none of them.

Source: one visit to each namespace, and what engines tell of their networks; with ``--watch`` the living
session, with ``--from`` a recording; or what several machines tell.
Privileges: CAP_SYS_ADMIN; one look gives no nsids. It prints the rules of packet filters by the installed
``iptables-save`` or ``nft`` inside the namespaces by which overlays send. Incomplete: what could not be known is said
on stderr. Exit status 1 on errors and warnings; notes alone are 0.
"""

import argparse
import textwrap
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ovltui.checks.finding import Finding, Severity
from ovltui.checks.table import CHECKS, find_all
from ovltui.cli.arguments import seconds, session_options
from ovltui.cli.follow import Wake
from ovltui.cli.hosts import are_meant
from ovltui.cli.joint import await_hosts, joined, told
from ovltui.cli.netns import PATIENCE_S, READING, looked, resolve
from ovltui.cli.origin import add_origin, is_recorded, recalled
from ovltui.cli.output import Column, Output
from ovltui.cli.progress import progress
from ovltui.cli.says import tell_gaps
from ovltui.cli.verdict import Verdicts
from ovltui.cli.watch import running
from ovltui.errors import ExitStatus, OvltuiError, UsageError
from ovltui.netns.model import NetnsKey
from ovltui.session.defects import Defects
from ovltui.session.intents import unknowns
from ovltui.session.live import LiveSession
from ovltui.session.looking import is_of
from ovltui.session.scene import visited_scene
from ovltui.session.session import Session
from ovltui.text import clean
from ovltui.topology.model import Topology

if TYPE_CHECKING:
    from ovltui.session.joined import JoinedSession

_WIDTH = 100
_COLUMNS = (Column("CHECK"), Column("WHAT IT LOOKS FOR"))


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the verb."""
    parser.add_argument("netns", metavar="NETNS", nargs="*", help="only what is wrong in these namespaces")
    parser.add_argument("--json", action="store_true", help="one JSON object a finding")
    parser.add_argument("--watch", action="store_true", help="keep looking; print what begins, holds, is mended")
    parser.add_argument(
        "--for", metavar="SECONDS", type=seconds, dest="seconds", help="with --watch: end after so many seconds"
    )
    add_origin(parser)
    about = parser.add_mutually_exclusive_group()
    about.add_argument("--explain", metavar="CHECK", help="print what this check compares and what it means")
    about.add_argument("--list", action="store_true", help="list the checks")


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Print what is wrong; return the exit status."""
    if arguments.explain is not None:
        return _explain(arguments.explain, out)
    if arguments.list:
        out.table(_COLUMNS, [(check.name, check.title) for check in CHECKS])
        return ExitStatus.FINE
    if arguments.seconds and not arguments.watch:
        raise UsageError("--for says how long --watch goes on: add --watch.")
    if is_recorded(arguments):
        if arguments.watch:
            raise UsageError("--watch needs the living machine, not a recording.")
        return _recall(arguments, out)
    if are_meant(arguments):
        return _watch_joined(arguments, out) if arguments.watch else _look_joined(arguments, out)
    return _watch(arguments, out) if arguments.watch else _look(arguments, out)


def _explain(name: str, out: Output) -> int:
    check = next((check for check in CHECKS if check.name == name), None)
    if check is None:
        raise UsageError(f"no check is called {clean(name)}; ovltui check --list names them.")
    out.line(f"{check.name}: {check.title}")
    for paragraph in check.page.split("\n\n"):
        out.line("")
        for line in textwrap.wrap(" ".join(paragraph.split()), _WIDTH, break_long_words=False, break_on_hyphens=False):
            out.line(line)
    return ExitStatus.FINE


def _look(arguments: argparse.Namespace, out: Output) -> int:
    with looked(LiveSession(session_options(arguments)), out) as session:
        keys = _keys(session, arguments.netns)
        with progress(out, READING) as read:
            scene, answers = visited_scene(session, read)
        findings = [finding for finding in find_all(scene, defect=Defects().finding) if _is_wanted(finding, keys)]
        under = [f"{scene.topology.name(key)}: {gap}" for key, one in scene.underfoot.items() for gap in one.gaps]
        seen = _Seen(session, scene.topology, findings, (*unknowns(session.engines, answers), *under))
        return _print(seen, len(keys or scene.topology.nodes), arguments, out)


def _look_joined(arguments: argparse.Namespace, out: Output) -> int:
    """Print what is wrong on several machines together."""
    with told(arguments, out) as joint:
        keys = _keys(joint.session, arguments.netns)
        findings = [case.finding for case in joint.looked.cases if _is_wanted(case.finding, keys)]
        seen = _Seen(joint.session, joint.topology, findings, joint.gaps())
        return _print(seen, len(keys or joint.topology.nodes), arguments, out)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one look found."""

    session: Session
    topology: Topology
    findings: list[Finding]
    gaps: tuple[str, ...]
    """What could not be looked at, each a sentence."""


def _print(seen: _Seen, number: int, arguments: argparse.Namespace, out: Output) -> int:
    """Print what was found in a number of namespaces; return the exit status."""
    verdicts = Verdicts(out, seen.session, json=arguments.json)
    for finding in seen.findings:
        verdicts.print(finding, seen.topology)
    tell_gaps(seen.session.snapshot(), out)
    for gap in seen.gaps:
        out.say(gap)
    if not seen.findings:
        out.say(f"nothing wrong found: {len(CHECKS)} checks, {number} namespace{'' if number == 1 else 's'}")
    return _status(seen.findings)


def _recall(arguments: argparse.Namespace, out: Output) -> int:
    with recalled(arguments, out) as at:
        keys = _keys(at.session, arguments.netns)
        then = at.then
        cases = [case for case in then.looked.cases if _is_wanted(case.finding, keys)]
        verdicts = Verdicts(out, at.session, json=arguments.json)
        for case in cases:
            verdicts.print(case.finding, at.topology, case)
        tell_gaps(at.session.snapshot(), out, recorded=True)
        for gap in then.gaps:
            out.say(gap)
        if not cases:
            out.say("nothing wrong was found then")
    return _status(case.finding for case in cases)


def _keys(session: Session, texts: Iterable[str]) -> frozenset[NetnsKey]:
    return frozenset(resolve(session, text).key for text in texts)


def _is_wanted(finding: Finding, keys: frozenset[NetnsKey]) -> bool:
    return not keys or any(is_of(finding, key) for key in keys)


def _status(findings: Iterable[Finding]) -> int:
    bad = any(finding.severity is not Severity.NOTE for finding in findings)
    return ExitStatus.FINDINGS if bad else ExitStatus.FINE


def _watch(arguments: argparse.Namespace, out: Output) -> int:
    wake = Wake()
    with running(LiveSession(session_options(arguments)), wake, out) as session:
        session.start_engines()
        session.wait_for_engines(PATIENCE_S)
        _follow(session, arguments, wake, out)
        if session.ended:
            raise OvltuiError(f"{session.ended}.")
    return ExitStatus.FINE


def _watch_joined(arguments: argparse.Namespace, out: Output) -> int:
    """Print what begins, holds and is mended on several machines."""
    wake = Wake()
    with running(joined(arguments), wake, out) as session:
        await_hosts(session, out)
        _follow(session, arguments, wake, out)
    return ExitStatus.FINE


def _follow(session: "LiveSession | JoinedSession", arguments: argparse.Namespace, wake: Wake, out: Output) -> None:
    """Print changes as they come, until the time or the stream is over."""
    keys = _keys(session, arguments.netns)
    tell_gaps(session.snapshot(), out)
    session.start_checks()
    assert session.findings is not None
    if out.talks_to_a_person:
        out.say("watching; ctrl+c ends")
    deadline = time.monotonic() + arguments.seconds if arguments.seconds else None
    verdicts = Verdicts(out, session, json=arguments.json)
    printed = 0
    while not (session.ended or (deadline and time.monotonic() >= deadline)):
        news = [change for change in session.findings.log() if change.number > printed]
        printed = max((change.number for change in news), default=printed)
        wanted = [
            change for change in sorted(news, key=lambda one: one.number) if _is_wanted(change.case.finding, keys)
        ]
        if wanted:
            verdicts.print_changes(wanted, session.wiring.look())
        wake.wait(None if deadline is None else max(0.0, deadline - time.monotonic()))
