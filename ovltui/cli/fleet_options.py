"""The options of ``ovltui record nats://SERVER``, and the pages that it prints.

Source: the arguments. Privileges: none. Incomplete: nothing.
"""

import argparse
import sys
import threading

from ovltui.capture.inputs import Start
from ovltui.cli.arguments import count
from ovltui.cli.fleet import SCHEMES, add_server
from ovltui.cli.fleet_pages import UNITS, arithmetic, unit
from ovltui.cli.output import Output
from ovltui.errors import UsageError
from ovltui.remote.nats_server import require_library
from ovltui.session.reduction import CLASSES


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of a recording that is published."""
    group = parser.add_argument_group("to nats://[USER@]SERVER[:PORT], for ovltui --from")
    group.add_argument(
        "--only", metavar="CLASS", type=_classes, help=f"only {','.join(CLASSES)} or some of them; link is always there"
    )
    group.add_argument(
        "--rate", metavar="N", type=count, help="at most N events a second of each class; gaps tell the rest"
    )
    group.add_argument("--unit", choices=UNITS, help="print how to run it on each node, and end")
    group.add_argument("--explain-fleet", action="store_true", help="print what a fleet costs: bytes, storage, viewers")
    add_server(parser)


def pages(arguments: argparse.Namespace, out: Output) -> bool:
    """Print the page that is asked for; return whether one is.

    Raises:
        UsageError: a unit of a recording that is not published.
    """
    if arguments.explain_fleet:
        out.line(arithmetic().rstrip())
        return True
    if arguments.unit and not (arguments.file or "").startswith(SCHEMES):
        raise UsageError(f"--unit needs the server: ovltui record nats://SERVER:4222 --unit {arguments.unit}.")
    if arguments.unit:
        out.line(unit(arguments.unit, sys.argv[1:]).rstrip())
        return True
    return False


def publish(arguments: argparse.Namespace, start: Start, ended: threading.Event, out: Output) -> int:
    """Publish until an end is reached; see ``cli.fleet_record``."""
    require_library()
    from ovltui.cli import fleet_record  # noqa: PLC0415  (the library takes long to load)

    return fleet_record.publish(arguments, start, ended, out)


def _classes(text: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(text.split(",")))
    if wrong := next((one for one in found if one not in CLASSES), None):
        raise argparse.ArgumentTypeError(f"{wrong!r} is no class; choose from {', '.join(CLASSES)}")
    return found
