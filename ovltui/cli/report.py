"""``ovltui report``: one file for a ticket: the machine, the drawing, what is wrong, and the events that caused it.

Source: a recording, or one visit to each namespace and what engines tell of their networks. Privileges: of a recording
the right to read it; else as ``ovltui check``. Incomplete: what could not be known stands in it; one look at the living
machine knows of no events.
"""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from platform import release

from ovltui.capture.redact import Redactor
from ovltui.capture.sink import Sink
from ovltui.checks.table import find_all
from ovltui.cli.arguments import session_options
from ovltui.cli.convert import rewrite
from ovltui.cli.hosts import add_hosts, are_meant
from ovltui.cli.joint import Joint, told
from ovltui.cli.netns import READING, looked
from ovltui.cli.origin import add_moment, is_recorded, recalled
from ovltui.cli.output import Output
from ovltui.cli.progress import progress
from ovltui.cli.says import tell_gaps
from ovltui.cli.versions import version_of
from ovltui.errors import ExitStatus, UsageError
from ovltui.report.contents import Matter, blocks_of
from ovltui.report.html import html
from ovltui.report.markdown import markdown
from ovltui.session.intents import intents_of, names_of, unknowns
from ovltui.session.live import LiveSession
from ovltui.session.moments import moment
from ovltui.session.recalled import Recalled
from ovltui.session.scene import visited_scene
from ovltui.text import clean
from ovltui.topology.endpoints import Endpoints

_REDACTED = "addresses, MACs and names are others; times, indexes, process ids and VNIs are the true ones"
Facts = tuple[tuple[str, str], ...]


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the verb."""
    parser.add_argument("file", metavar="FILE", nargs="?", help="a recording; else the living machine as it is")
    add_moment(parser)
    add_hosts(parser)
    parser.add_argument("-o", "--output", metavar="OUT", help="write this file, for you alone; else to stdout")
    parser.add_argument("--force", action="store_true", help="write over a file that exists")
    parser.add_argument("--redact", action="store_true", help="of a recording: replace addresses, MACs and names")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--markdown", action="store_true", help="as Markdown, which is the default")
    form.add_argument("--html", action="store_true", help="as HTML, which is the default where OUT ends in .html")


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Write the report; return the exit status."""
    as_html = arguments.html or (not arguments.markdown and str(arguments.output).endswith((".html", ".htm")))
    if is_recorded(arguments):
        _write(_of_recording(arguments, out, as_html=as_html), arguments, out)
        return ExitStatus.FINE
    if arguments.redact:
        raise UsageError("--redact needs a recording: ovltui record FILE --for 10, then ovltui report FILE --redact.")
    if are_meant(arguments):
        with told(arguments, out) as joint:
            _write(_text(_of_hosts(joint, out), as_html=as_html), arguments, out)
        return ExitStatus.FINE
    _write(_of_machine(arguments, out, as_html=as_html), arguments, out)
    return ExitStatus.FINE


def _of_recording(arguments: argparse.Namespace, out: Output, *, as_html: bool) -> str:
    with _redacted(arguments, out) if arguments.redact else nullcontext() as path, recalled(arguments, out, path) as at:
        then = at.then
        matter = Matter(
            session=at.session,
            topology=at.topology,
            endpoints=Endpoints(at.topology, at.names),
            facts=tuple(_facts(at, None if arguments.redact else at.player.name)),
            cases=then.looked.cases,
            log=then.looked.log,
            gaps=(*then.gaps, *(() if arguments.redact else at.player.missing)),
        )
        return _text(matter, as_html=as_html)


@contextmanager
def _redacted(arguments: argparse.Namespace, out: Output) -> Iterator[str]:
    """Write the recording anew, with other names, for as long as it is needed; yield where."""
    with tempfile.TemporaryDirectory(prefix="ovltui-") as directory:
        path = f"{directory}/redacted.pcapng"
        rewrite(arguments.file, Sink(path), Redactor(), out)
        yield path


def _of_machine(arguments: argparse.Namespace, out: Output, *, as_html: bool) -> str:
    with looked(LiveSession(session_options(arguments)), out) as session:
        with progress(out, READING) as read:
            scene, answers = visited_scene(session, read)
        under = [f"{scene.topology.name(key)}: {gap}" for key, one in scene.underfoot.items() for gap in one.gaps]
        facts = (
            ("machine", session.host),
            ("kernel", f"Linux {clean(release())}"),
            ("ovltui", version_of("ovltui") or "not installed"),
            ("looked at", moment(scene.now_ns)),
        )
        matter = Matter(
            session=session,
            topology=scene.topology,
            endpoints=Endpoints(scene.topology, names_of(intents_of(answers))),
            facts=facts,
            findings=find_all(scene),
            gaps=(*unknowns(session.engines, answers), *under),
        )
        tell_gaps(session.snapshot(), out)
        return _text(matter, as_html=as_html)


def _of_hosts(joint: Joint, out: Output) -> Matter:
    """Return what several machines told, after saying what could not be seen."""
    session, looked = joint.session, joint.looked
    facts = (
        *(("host", f"{host.name}, {host.url or 'this machine'}, {host.state}") for host in session.hosts),
        ("ovltui", version_of("ovltui") or "not installed"),
        ("looked at", moment(looked.when_ns or 0)),
    )
    tell_gaps(session.snapshot(), out)
    return Matter(
        session=session,
        topology=joint.topology,
        endpoints=Endpoints(joint.topology, joint.names),
        facts=facts,
        findings=tuple(case.finding for case in looked.cases),
        gaps=joint.gaps(),
    )


def _facts(at: Recalled, name: str | None) -> Iterator[tuple[str, str]]:
    """Yield what there is to say first of a recording; its name is None where that would tell too much."""
    start, player = at.player.start, at.player
    yield "machine", start.host or "not recorded"
    yield "kernel", f"Linux {start.kernel}" if start.kernel else "not recorded"
    yield "recorded by", f"ovltui {start.version}" if start.version else "another tool"
    yield "reported by", f"ovltui {version_of('ovltui') or '(not installed)'}"
    if name is not None:
        yield "recording", name
    yield "from", moment(player.start_ns)
    yield "to", moment(player.end_ns)
    yield "events", str(player.records)
    yield "as it was at", moment(at.time_ns)
    if start.redacted:
        yield "redacted", _REDACTED


def _text(matter: Matter, *, as_html: bool) -> str:
    return html(blocks_of(matter), matter.title) if as_html else markdown(blocks_of(matter))


def _write(text: str, arguments: argparse.Namespace, out: Output) -> None:
    if arguments.output is None:
        for line in text.removesuffix("\n").split("\n"):
            out.line(line)
        return
    sink = Sink(arguments.output, force=arguments.force)
    sink.write(text.encode("utf-8", "backslashreplace"))
    sink.close()
