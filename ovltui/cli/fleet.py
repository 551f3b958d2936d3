"""A fleet over NATS: ``ovltui record nats://SERVER`` on each node, ``--from nats://SERVER`` to look at them.

Source: the arguments, and what the NATS tools have set up. Privileges: as ``record``, and what the server lets us do.
Incomplete: what the server did not take, and what was left out on purpose, is said on stderr and in the stream.
"""

import argparse
import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from ovltui.errors import RemoteError, UsageError

if TYPE_CHECKING:
    from ovltui.remote.nats_fleet import Fleet, PublishedMachine
    from ovltui.remote.nats_server import Server
    from ovltui.session.joined import JoinedSession

SCHEMES = ("nats://", "tls://")
_SPAN = re.compile(r"(\d{1,6})(s|min|h|d)")
_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
_FOLLOWING = (None, "watch")
"""Verbs that go on, and the screens."""
_SECRETS = (
    ("creds", "a file with our credentials"),
    ("nkey", "a file with our seed"),
    ("ca", "whom to trust: makes TLS a must"),
    ("cert", "our certificate"),
    ("key", "its key"),
)


def add_server(parser: argparse.ArgumentParser) -> None:
    """Add the options that say who we are on a NATS server."""
    group = parser.add_argument_group(
        "options of NATS", "what is not said is as of the nats command: NATS_CREDS, NATS_USER, its context"
    )
    for name, says in _SECRETS:
        group.add_argument(f"--nats-{name}", metavar="FILE", default=argparse.SUPPRESS, help=says)


def add_view(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which part of a fleet is looked at."""
    group = parser.add_argument_group("options of a fleet")
    group.add_argument(
        "--hosts",
        metavar="GLOB",
        default=argparse.SUPPRESS,
        help="with --from nats://…: only hosts of these names, as 'web-*'",
    )
    group.add_argument(
        "--since",
        metavar="TIME",
        type=_since,
        default=argparse.SUPPRESS,
        help="with --from nats://…: from 1h ago on, or from 14:02:10",
    )
    add_server(parser)


def address_in(arguments: argparse.Namespace) -> str:
    """Return the address of the server from which a fleet is to be shown; empty where none is meant.

    Raises:
        UsageError: part of a fleet is, but no server.
    """
    file = None if getattr(arguments, "verb", None) == "record" else getattr(arguments, "file", None)
    names = (file, getattr(arguments, "origin", None))
    found = next((name for name in names if isinstance(name, str) and name.startswith(SCHEMES)), "")
    if not found and (hasattr(arguments, "since") or hasattr(arguments, "hosts")):
        raise UsageError("--hosts and --since go with --from nats://SERVER.")
    return found


def begins_now(arguments: argparse.Namespace) -> bool:
    """Return whether events of a fleet are wanted from now on: those since its frames came along with them."""
    return bool(address_in(arguments)) and not getattr(arguments, "since", 0)


def server_of(arguments: argparse.Namespace, text: str) -> "Server":
    """Return a server, with all that is known of who we are there.

    Raises:
        UsageError: it is none, a file that is named is not there, or nothing here speaks to it.
    """
    from ovltui.remote.nats_server import Identity, known, parse, require_library  # noqa: PLC0415  (few verbs need it)

    require_library()
    told = {name: getattr(arguments, f"nats_{name}", "") or "" for name, _ in _SECRETS}
    return known(parse(text), Identity(**told), os.environ, Path.home())


def session_of(arguments: argparse.Namespace, text: str) -> "JoinedSession":
    """Return the session of a fleet's hosts; hosts that appear later join it.

    Raises:
        RemoteError: the server cannot be reached, or no such host is published.
        UsageError: the arguments contradict each other.
    """
    server = server_of(arguments, text)
    from ovltui.remote.nats_fleet import Fleet  # noqa: PLC0415  (the library takes long to load)
    from ovltui.session.moments import time_at  # noqa: PLC0415  (as above)

    at = getattr(arguments, "at", None)
    since, until = getattr(arguments, "since", 0), time_at(at, _yesterday()) if at else 0
    if since and (at or arguments.verb not in _FOLLOWING):
        raise UsageError("--since goes with the screens and with watch; --at says when to look.")
    return _joined(Fleet(server, getattr(arguments, "hosts", "*"), until or since, only_then=bool(until)))


def _joined(fleet: "Fleet") -> "JoinedSession":
    from ovltui.session.joined import JoinedSession  # noqa: PLC0415  (as above)

    class FleetSession(JoinedSession):
        """Closes the fleet with itself."""

        def start(self) -> None:
            super().start()
            fleet.follow(self.add)

        def close(self) -> None:
            super().close()
            fleet.close()

    try:
        return FleetSession(_published(fleet))
    except BaseException:
        fleet.close()
        raise


def _published(fleet: "Fleet") -> "tuple[PublishedMachine, ...]":
    machines = fleet.new_machines()
    if not machines:
        raise RemoteError(f"no host of that name is published on {fleet.client.server}.")
    return machines


def _yesterday() -> int:
    return time.time_ns() - 86_400 * 10**9


def _since(text: str) -> int:
    from ovltui.session.moments import time_at  # noqa: PLC0415  (as above)

    found = _SPAN.fullmatch(text)
    if found:
        return time.time_ns() - int(found[1]) * _SECONDS[found[2]] * 10**9
    try:
        when = time_at(text, _yesterday())
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is neither a span (1h, 30min) nor a time (14:02:10)") from error
    if when > time.time_ns():
        raise argparse.ArgumentTypeError(f"{text} is in the future")
    return when
