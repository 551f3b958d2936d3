"""``ovltui lab``: an overlay network to practise on, without Docker; and faults to find in it.

Source: the room ``lab``. Privileges: root. Incomplete: one lab at a time on a machine; a fault's name and place are not
told before it is repaired, only its symptom, and hints on request.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ovltui.cli.arguments import add_common, count
from ovltui.cli.main import start_screens
from ovltui.cli.output import Column, Output
from ovltui.errors import ExitStatus, UsageError
from ovltui.lab import apply, faults, teardown, trouble
from ovltui.lab import status as lab_status
from ovltui.lab.place import Place, require_root
from ovltui.lab.plan import MOST_CONTAINERS, MOST_NODES, Plan
from ovltui.lab.says import says
from ovltui.lab.trouble import Verdict
from ovltui.text import clean

_LIST = (Column("NAME"), Column("SYMPTOM"))
_STATUS = (
    Column("NAME"),
    Column("KIND"),
    Column("NODE"),
    Column("ADDRESS"),
    Column("PROCESS", right=True),
    Column("FILE"),
)
_EPILOG = """\
It is made of network namespaces alone: nothing outside of them changes, and
ovltui lab down removes all of it.
"""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do with a lab."""

    name: str
    summary: str
    run: Callable[[argparse.Namespace, Output], int]
    register: Callable[[argparse.ArgumentParser], None] = lambda _: None


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the verb."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.usage = "ovltui lab ACTION [options]"
    lines = "".join(f"  ovltui lab {action.name:<7} {action.summary}\n" for action in ACTIONS)
    parser.epilog = f"actions:\n{lines}\n{_EPILOG}"
    choices = parser.add_subparsers(
        dest="action", metavar="ACTION", prog="ovltui lab", help=argparse.SUPPRESS, required=True
    )
    for action in ACTIONS:
        below = choices.add_parser(action.name, description=f"{action.summary[0].upper()}{action.summary[1:]}.")
        action.register(below)
        add_common(below, verb=True)


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Do what is asked for; return the exit status."""
    return next(action for action in ACTIONS if action.name == arguments.action).run(arguments, out)


def _register_up(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--nodes", metavar="N", type=count, default=2, help=f"2 to {MOST_NODES}; 2 if not said")
    parser.add_argument(
        "--containers", metavar="N", type=count, default=1, help=f"on each node, 1 to {MOST_CONTAINERS}; 1 if not said"
    )


def _up(arguments: argparse.Namespace, out: Output) -> int:
    began = time.monotonic()
    plan = apply.up(Place(), arguments.nodes, arguments.containers)
    took = time.monotonic() - began
    out.say(f"a lab of {len(plan.nodes)} nodes and {len(plan.containers)} containers is up, in {took:.1f} seconds.")
    out.say(f"look at it with ovltui, and make it talk: {_example(plan)}")
    out.say("ovltui lab tour explains it, ovltui lab break --random puts a fault in, ovltui lab down removes all.")
    return ExitStatus.FINE


def _down(_arguments: argparse.Namespace, out: Output) -> int:
    removed = teardown.down(Place())
    if not removed.found:
        out.say("no lab is up.")
    for guest in removed.guests:
        out.say(f"{guest.file} lives on, without a name, until {guest.name} (pid {guest.pid}) in it ends.")
    return ExitStatus.FINE


def _register_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def _status(arguments: argparse.Namespace, out: Output) -> int:
    place = Place()
    found = lab_status.status(place)
    if found is None:
        out.say("no lab is up; ovltui lab up builds one.")
        return ExitStatus.FINDINGS
    if arguments.json:
        for part in found.parts:
            out.json(part_as_json(part))
    elif found.parts:
        out.table(_STATUS, [_cells(part) for part in found.parts])
        if out.talks_to_a_person:
            out.say(f"the files lie in {place.spaces}.")
    if found.broken:
        out.say("a fault is in: ovltui lab hint helps, ovltui lab check confirms the repair.")
    if not found.whole:
        out.say("only what is left of a lab is there; ovltui lab down removes it.")
    for part in found.parts:
        if part.missing:
            out.say(f"{part.space.file}: {'its process is' if part.id else 'the namespace is'} gone.")
    return ExitStatus.FINE if found.complete else ExitStatus.FINDINGS


def part_as_json(part: lab_status.Part) -> dict[str, Any]:
    """Return a namespace of the lab under the keys that ``lab status --json`` promises."""
    return {
        "name": part.space.name,
        "kind": str(part.space.role),
        "node": f"node{part.space.node}" if part.space.node else None,
        "address": part.address or None,
        "id": part.id,
        "pid": part.pid,
        "path": part.path,
    }


def _cells(part: lab_status.Part) -> tuple[str, ...]:
    node = f"node{part.space.node}" if part.space.node else "-"
    file = part.space.file if part.id else "gone"
    return (part.space.name, str(part.space.role), node, part.address or "-", str(part.pid or "-"), file)


def _register_break(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", nargs="?", help="which fault; --list tells the names")
    parser.add_argument("--list", action="store_true", help="list the faults")
    parser.add_argument("--random", action="store_true", help="any of them, and do not tell which")
    _register_json(parser)


def _break(arguments: argparse.Namespace, out: Output) -> int:
    if (arguments.name is not None) + arguments.list + arguments.random != 1:
        raise UsageError("ovltui lab break takes one of NAME, --list and --random.")
    if arguments.list:
        return _list(arguments, out)
    symptom = trouble.put_in(Place(), trouble.choose(arguments.name and clean(arguments.name)))
    if arguments.json:
        out.json({"symptom": symptom})
    else:
        out.line(f"{symptom}.")
    out.say("find out why, and mend it: ovltui shows it (4: checks, P: the way), ovltui lab hint helps.")
    out.say("ovltui lab check confirms the repair.")
    return ExitStatus.FINE


def _tour(arguments: argparse.Namespace, _out: Output) -> int:
    require_root()
    return start_screens(arguments, ("lab", "tour"), tour=True)


def _list(arguments: argparse.Namespace, out: Output) -> int:
    rows = [(fault.name, str(fault.symptom)) for fault in faults.FAULTS]
    if arguments.json:
        for name, symptom in rows:
            out.json({"name": name, "symptom": symptom})
    else:
        out.table(_LIST, rows)
    return ExitStatus.FINE


def _hint(_arguments: argparse.Namespace, out: Output) -> int:
    for line in trouble.hint(Place()).splitlines():
        out.line(line)
    return ExitStatus.FINE


def _check(arguments: argparse.Namespace, out: Output) -> int:
    verdict = trouble.check(Place())
    if arguments.json:
        out.json(verdict_as_json(verdict))
    else:
        for line in says(verdict):
            out.line(line)
    return ExitStatus.FINE if verdict.right else ExitStatus.FINDINGS


def verdict_as_json(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict under the keys that ``lab check --json`` promises; it gives no fault away."""
    told = not verdict.hidden
    return {
        "right": verdict.right,
        "fault": verdict.fault if verdict.right and verdict.fault else None,
        "symptom": verdict.symptom or None,
        "lost": [{"from": one.source, "to": one.target, "bytes": one.bytes} for one in verdict.lost],
        "gone": [space.file for space in verdict.gone],
        "missing": [{"netns": fact.file, "what": fact.text} for fact in verdict.missing if told],
        "beyond": [{"netns": fact.file, "what": fact.text} for fact in verdict.beyond if told],
    }


def _example(plan: Plan) -> str:
    first, other = plan.containers[0], plan.nodes[1].endpoints[1]
    return f"ovltui exec {plan.path(first.space)} -- ping {other.address}"


ACTIONS = (
    Action("up", "build a lab: nodes, an overlay network, containers", _up, _register_up),
    Action("status", "tell what is there of it", _status, _register_json),
    Action("break", "put a fault in, and tell its symptom", _break, _register_break),
    Action("hint", "tell where to look for the fault; the last hint is the remedy", _hint),
    Action("check", "tell whether it is repaired, and everything as it was built", _check, _register_json),
    Action("tour", "learn how an overlay network works, step by step", _tour),
    Action("down", "remove everything that was built", _down),
)
