"""What one machine's own checks found, in the words of a session that joins several.

Source: ``Judged``, as one connection brings it. Pure. The sentences stay as that machine worded them: they name its
namespaces as it does. Commands are run there: over ``ssh``, where that is how the machine is reached; else they stand
under a line that says on which machine they are to be typed.
"""

import re
import shlex
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from ovltui.checks.cases import Case, Change
from ovltui.checks.finding import Finding, Remedy, Trace
from ovltui.session.judged import Judged
from ovltui.session.translate import Translation
from ovltui.topology.links import LinkKey

_SSH = "ssh://"
ON = "# on "
"""Begins the line above commands that are to be typed on the machine that it names."""
_HERE = "# here"
"""Ends that. Comments to every shell: who pastes them loses nothing."""
_PLAIN = re.compile(r"[\w@%+=:,./ -]+", re.ASCII)
"""What no shell changes."""


def way_there(url: str) -> str | None:
    """Return what to write before a command so that a machine's root runs it; None where no way is known.

    Args:
        url: ``ssh://[user@]host[:port]``; empty for this machine.
    """
    if not url:
        return ""
    if not url.startswith(_SSH):
        return None
    plain = url.removeprefix(_SSH)
    there = shlex.quote(url if ":" in plain else plain)
    root = plain.startswith("root@")
    return f"ssh {there}" if root else f"ssh -t {there} sudo"


def command_there(url: str, command: str) -> str | None:
    """Return a command as a person types it here so that it runs on a machine; None where no way is known."""
    way = way_there(url)
    if not way:
        return command if way == "" else None
    return f"{way} {command}" if _PLAIN.fullmatch(command) else f"{way} sh -c {shlex.quote(shlex.quote(command))}"


def mark_of(name: str) -> str:
    """Return what stands before a command that is to be typed on a machine to which no way leads from here."""
    return f"{ON}{name}: "


def under_marks(finding: Finding, marks: Collection[str]) -> Finding:
    """Return a finding whose commands that begin with a mark stand under a line that says where to type them.

    Args:
        finding: with commands as a person here is to read them.
        marks: of all machines to which no way leads.
    """
    if not marks or not finding.remedies:
        return finding
    remedies = tuple(replace(one, commands=tuple(_headed(one.commands, marks))) for one in finding.remedies)
    return finding if remedies == finding.remedies else replace(finding, remedies=remedies)


def _headed(commands: Iterable[str], marks: Collection[str]) -> Iterator[str]:
    before = ""
    for command in commands:
        mark = max((mark for mark in marks if command.startswith(mark)), key=len, default="")
        if mark and mark != before:
            yield mark.removesuffix(": ")
        elif before and not mark:
            yield _HERE
        yield command.removeprefix(mark)
        before = mark


def judged(told: Judged, url: str, name: str, translation: Translation) -> Judged:
    """Return what a machine's checks found.

    Args:
        told: as it says it.
        url: how it is reached; empty for this machine.
        name: what it is called here.
        translation: of the connection.
    """
    cases = tuple(_case(case, url, name, translation) for case in told.cases)
    log = tuple(
        Change(change.number, translation.here_ns(change.time_ns), _case(change.case, url, name, translation))
        for change in told.log
    )
    return Judged(cases, log)


def _case(case: Case, url: str, name: str, translation: Translation) -> Case:
    return replace(
        case,
        finding=_finding(case.finding, url, name, translation),
        since_ns=translation.here_ns(case.since_ns),
        cause=None if case.cause is None else _seq(case.cause, translation),
        mended_ns=None if case.mended_ns is None else translation.here_ns(case.mended_ns),
        mend=None if case.mend is None else _seq(case.mend, translation),
        seen_ns=translation.here_ns(case.seen_ns),
    )


def _seq(there: int, translation: Translation) -> int | None:
    """Return a record of the session; None for one that came before the connection."""
    return translation.seq(there) if translation.has(there) else None


def _finding(finding: Finding, url: str, name: str, translation: Translation) -> Finding:
    return replace(
        finding,
        netns=translation.key(finding.netns) if finding.netns else None,
        link=LinkKey(translation.key(finding.link.netns), finding.link.ifindex) if finding.link else None,
        traces=tuple(_trace(trace, translation) for trace in finding.traces),
        remedies=tuple(_remedy(remedy, url, name) for remedy in finding.remedies),
    )


def _trace(trace: Trace, translation: Translation) -> Trace:
    return replace(trace, netns=translation.key(trace.netns))


def _remedy(remedy: Remedy, url: str, name: str) -> Remedy:
    commands = tuple(command_there(url, command) for command in remedy.commands)
    known = tuple(command for command in commands if command is not None)
    return replace(remedy, commands=known if len(known) == len(commands) else (f"{ON}{name}", *remedy.commands))
