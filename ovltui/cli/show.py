"""``ovltui show``: what is in one namespace, as ``ip -d``, ``bridge``, ``ss`` and ``ps`` tell, with names for peers.

Source: one visit for each subject, and one to each other namespace for the names of links; what several machines tell,
or a recording. Privileges: CAP_SYS_ADMIN for other namespaces than our own, CAP_SYS_PTRACE for who holds sockets; it
gives no nsids. Incomplete: as ``session.subjects``; what was not read is said on stderr. Counters take two readings, a
second apart, and like sockets and processes are in no recording, and not told by several machines.
"""

import argparse
import time

from ovltui.cli.arguments import session_options
from ovltui.cli.hosts import are_meant
from ovltui.cli.joint import told
from ovltui.cli.netns import READING, looked, resolve
from ovltui.cli.origin import add_origin, is_recorded, recalled
from ovltui.cli.output import Column, Output
from ovltui.cli.progress import progress
from ovltui.errors import ExitStatus, NetnsError, UsageError
from ovltui.session.holders import commands_inside
from ovltui.session.live import LiveSession
from ovltui.session.picture import visited
from ovltui.session.session import Session
from ovltui.session.subjects import NOT_RECORDED, Reading, Spot, reading, recorded
from ovltui.topology.counters import LAST_MINUTE, Meter
from ovltui.topology.model import Topology
from ovltui.topology.names import PlaceNames
from ovltui.topology.place import Place
from ovltui.topology.sheet import Sheet, Subject

_ALL = "all"
_NOT_RECORDED = "a recording holds no {}."
_NOT_TOLD = "several hosts together tell no {}: ask the one alone, as in: ssh HOST ovltui show NETNS."
_BETWEEN_S = 1.0
"""Seconds between two readings of counters."""


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the verb."""
    parser.add_argument(
        "netns",
        metavar="NETNS",
        help="name, container, network, id, path, pid, net:[INODE], nsid:NUMBER, or host",
    )
    tables = [*map(str, Subject), _ALL]
    parser.add_argument(
        "subject", metavar="TABLE", nargs="?", choices=tables, default=_ALL, help=f"{' '.join(tables)}; all if not said"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line, as ip -json -d and bridge -json")
    add_origin(parser)


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Print the tables; return the exit status."""
    wanted = tuple(Subject) if arguments.subject == _ALL else (Subject(arguments.subject),)
    if is_recorded(arguments):
        _require(arguments, wanted, _NOT_RECORDED)
        with recalled(arguments, out) as at:
            return _run_on_told(at.session, at.topology, arguments, wanted, out)
    if are_meant(arguments):
        _require(arguments, wanted, _NOT_TOLD)
        with told(arguments, out) as joint:
            return _run_on_told(joint.session, joint.topology, arguments, wanted, out)
    with looked(LiveSession(session_options(arguments)), out) as session:
        netns = resolve(session, arguments.netns)
        with progress(out, READING) as read:
            places = visited(session.snapshot().rows, (), (netns.key,), read)
        place = next(place for place in places if place.key == netns.key)
        readings = _read(wanted, Spot(netns, _read_place(place), PlaceNames(places), Meter()))
    if arguments.json:
        _print_json(readings, out)
        return ExitStatus.FINE
    for number, found in enumerate(one.sheet().without(LAST_MINUTE) for one in readings.values()):
        if number:
            out.line("")
        _print(found, found.commands if found.outside else commands_inside(netns, found.commands, session.mntns), out)
    return ExitStatus.FINE


def _require(arguments: argparse.Namespace, wanted: tuple[Subject, ...], says: str) -> None:
    """Refuse to show one table alone that is not held.

    Raises:
        UsageError: it is not.
    """
    if arguments.subject != _ALL and wanted[0] in NOT_RECORDED:
        raise UsageError(says.format(arguments.subject))


def _run_on_told(
    session: Session, topology: Topology, arguments: argparse.Namespace, wanted: tuple[Subject, ...], out: Output
) -> int:
    """Print what a recording, or several machines, tell of a namespace."""
    netns = resolve(session, arguments.netns)
    names = PlaceNames(node.place for node in topology.nodes.values())
    spot = Spot(netns, _read_place(topology.nodes[netns.key].place), names, Meter())
    readings = {subject: recorded(subject, spot) for subject in wanted if subject not in NOT_RECORDED}
    if arguments.json:
        _print_json(readings, out)
        return ExitStatus.FINE
    for number, one in enumerate(readings.values()):
        if number:
            out.line("")
        _print(one.sheet(), (), out)
    missing = [subject for subject in wanted if subject in NOT_RECORDED]
    if missing:
        out.say((_NOT_RECORDED if session.recorded else _NOT_TOLD).format(", ".join(missing)))
    return ExitStatus.FINE


def _read_place(place: Place) -> Place:
    """Return a place whose tables were read.

    Raises:
        NetnsError: they were not.
    """
    if place.contents.read_ns is None:
        raise NetnsError(f"{place.name}: {'; '.join(place.contents.gaps)}.")
    return place


def _read(subjects: tuple[Subject, ...], spot: Spot) -> dict[Subject, Reading]:
    began = time.monotonic()
    if Subject.COUNTERS in subjects:
        reading(Subject.COUNTERS, spot)
    readings = {}
    for subject in subjects:
        if subject is Subject.COUNTERS:
            time.sleep(max(0.0, _BETWEEN_S - (time.monotonic() - began)))
        readings[subject] = reading(subject, spot)
    return readings


def _print_json(readings: dict[Subject, Reading], out: Output) -> None:
    for subject, one in readings.items():
        for says in one.sheet().says:
            out.say(f"{subject}: {says}.")
        for row in one.objects():
            out.json({"subject": str(subject), **row} if len(readings) > 1 else row)


def _print(found: Sheet, commands: tuple[str, ...], out: Output) -> None:
    if commands:
        out.say("; ".join(commands))
    for says in found.says:
        out.say(f"{says}.")
    out.table([Column(one.title, right=one.right) for one in found.columns], found.rows)
