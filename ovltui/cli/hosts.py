"""The options that name several machines, and for which verbs.

Source: argparse. Privileges: none.
"""

import argparse
from typing import TYPE_CHECKING

from ovltui.cli import fleet
from ovltui.errors import UsageError

if TYPE_CHECKING:
    from ovltui.remote.address import Address

VERBS = frozenset(("ls", "watch", "show", "map", "path", "check", "record", "report"))
"""Those that can look at several machines."""
OPTIONS = ("--host", "--swarm", "--no-local")
_AGAIN = "again_host"


def add_hosts(parser: argparse.ArgumentParser, *, verb: bool = True) -> None:
    """Add the options that name machines, and those of a fleet; arguments as of ``add_machines``."""
    group = add_machines(parser, verb=verb)
    if verb is False or parser.prog.endswith((" watch",)):
        group.add_argument(
            "--from",
            metavar="ADDRESS",
            dest="origin",
            default=argparse.SUPPRESS,
            help="a fleet: nats://[user@]SERVER[:port]",
        )
    fleet.add_view(parser)


def add_machines(parser: argparse.ArgumentParser, *, verb: bool = True) -> "argparse._ArgumentGroup":
    """Add the options that name machines.

    Args:
        parser: where to.
        verb: whether it is the parser of a verb, whose silence must not undo what stood before the verb.
    """
    group = parser.add_argument_group("options of several hosts")
    group.add_argument(
        "--host",
        metavar="ADDRESS",
        action="append",
        type=_address,
        dest=_AGAIN if verb else "host",
        help="this machine too, over ssh: ssh://[user@]node2[:port]; may be given several times",
    )
    for option, says in (
        ("--swarm", "all nodes of the swarm, by the addresses that its manager tells"),
        ("--no-local", "leave out the machine on which this runs"),
    ):
        group.add_argument(option, action="store_true", default=argparse.SUPPRESS if verb else False, help=says)
    return group


def are_meant(arguments: argparse.Namespace) -> bool:
    """Return whether several machines are to be looked at: named ones, or a fleet.

    Raises:
        UsageError: this one is left out, but no other one is named; or a fleet is meant and they are.
    """
    if fleet.address_in(arguments):
        if named(arguments) or arguments.swarm or arguments.no_local:
            raise UsageError("a fleet shows the hosts that are published: leave out --host, --swarm and --no-local.")
        return True
    return are_named(arguments)


def are_named(arguments: argparse.Namespace) -> bool:
    """Return whether machines are named.

    Raises:
        UsageError: this one is left out, but no other one is named.
    """
    meant = bool(named(arguments) or arguments.swarm)
    if arguments.no_local and not meant:
        raise UsageError("--no-local leaves this machine out: name others with --host or --swarm.")
    return meant


def refuse(arguments: argparse.Namespace, verb: str) -> None:
    """Refuse machines for a verb that works on this one.

    Raises:
        UsageError: some are named.
    """
    if named(arguments) or arguments.swarm or arguments.no_local:
        raise UsageError(f"ovltui {verb} takes no --host, --swarm or --no-local.")


def named(arguments: argparse.Namespace) -> tuple["Address", ...]:
    """Return the addresses that were named, each once."""
    return tuple(dict.fromkeys((*(arguments.host or ()), *(getattr(arguments, _AGAIN, None) or ()))))


def _address(text: str) -> "Address":
    from ovltui.remote.address import parse  # noqa: PLC0415  (as most verbs need none of it)

    try:
        return parse(text)
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error).rstrip(".")) from error
