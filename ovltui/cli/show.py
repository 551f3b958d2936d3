"""``ovltui show``: what is in one namespace, as ``ip -d`` and ``bridge`` print it there, with names for its peers.

Source: one visit, and one to each other namespace for the names of links. Privileges: CAP_SYS_ADMIN for other
namespaces than our own; it gives no nsids. Incomplete: as ``topology.sheets``; what was not read is said on stderr.
"""

import argparse

from ovltui.cli.arguments import session_options
from ovltui.cli.netns import looked, resolve
from ovltui.cli.output import Column, Output
from ovltui.errors import ExitStatus, NetnsError
from ovltui.session.holders import by_hand
from ovltui.session.live import LiveSession
from ovltui.session.picture import visited
from ovltui.topology.names import PlaceNames
from ovltui.topology.place import Place
from ovltui.topology.sheets import Sheet, Subject, objects, sheet

_ALL = "all"
_NUMBERS = frozenset(("IF", "MTU"))


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the verb."""
    parser.usage = f"ovltui show [options] NETNS [{'|'.join((*Subject, _ALL))}]"
    parser.add_argument(
        "netns",
        metavar="NETNS",
        help="name, container, network, id, path, pid, net:[INODE], nsid:NUMBER, or host",
    )
    parser.add_argument("subject", nargs="?", choices=[*map(str, Subject), _ALL], default=_ALL, help="which tables")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, as ip -json -d and bridge -json")


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Print the tables; return the exit status."""
    with looked(LiveSession(session_options(arguments))) as session:
        netns = resolve(session, arguments.netns)
        places = visited(session.snapshot().rows, (), (netns.key,))
    place = next(place for place in places if place.key == netns.key)
    if place.contents.read_ns is None:
        raise NetnsError(f"{place.name}: {'; '.join(place.contents.gaps)}.")
    subjects = tuple(Subject) if arguments.subject == _ALL else (Subject(arguments.subject),)
    names = PlaceNames(places)
    if arguments.json:
        _print_json(place, subjects, names, out)
    else:
        sheets = [sheet(place, subject, names) for subject in subjects]
        _print(sheets, "" if netns.own else f"{by_hand(netns)} ", out)
    return ExitStatus.FINE


def _print_json(place: Place, subjects: tuple[Subject, ...], names: PlaceNames, out: Output) -> None:
    for subject in subjects:
        for row in objects(place, subject, names):
            out.json({"subject": str(subject), **row} if len(subjects) > 1 else row)


def _print(sheets: list[Sheet], entry: str, out: Output) -> None:
    for number, one in enumerate(sheets):
        if number:
            out.line("")
        out.say("; ".join(f"{entry}{command}" for command in one.commands))
        columns = [Column(title, right=title in _NUMBERS) for title in one.titles]
        out.table(columns, one.rows)
