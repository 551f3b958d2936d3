"""``ovltui exec``: a command, or a shell, in a network namespace.

Source: ``kernel.spawn``; this very process becomes the command, so that signals, the terminal and the exit
status are its own. Privileges: CAP_SYS_ADMIN for namespaces other than our own. Incomplete: as there, /sys
and /etc/resolv.conf stay those of the host.
"""

import argparse
import os
from collections.abc import Sequence
from typing import NoReturn

from ovltui.cli.arguments import session_options
from ovltui.cli.netns import PATIENCE_S, resolve
from ovltui.cli.output import Output
from ovltui.cli.says import engine_sentence, silent_engines
from ovltui.errors import NetnsError
from ovltui.kernel.spawn import CommandError, enter_and_exec, run_here
from ovltui.kernel.users import login_shell
from ovltui.netns.model import Netns
from ovltui.session.live import LiveSession

SUMMARY = "run a command, or a shell, in a network namespace"
_PLAIN = ("/", "net:[", "nsid:", "nsid ")
"""Beginnings of texts that no container or network can be called by: no engine is asked for them."""
_HOST = "host"


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the verb."""
    parser.usage = "ovltui exec [options] NETNS [-- COMMAND ...]"
    parser.add_argument(
        "netns",
        metavar="NETNS",
        help="name, container, network, id, path, pid, net:[INODE], nsid:NUMBER, or host",
    )
    parser.epilog = "COMMAND is your shell where none is given; its exit status is ours."


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Become the command; return an exit status only where it cannot be run."""
    session = LiveSession(session_options(arguments))
    try:
        netns = _choose(session, arguments.netns, out)
        path = "" if netns.own else session.way_in(netns)
    finally:
        session.close()
    out.flush()
    try:
        _become(netns, path, arguments.command or [login_shell(os.environ)])
    except CommandError as error:
        out.say(str(error))
        return error.command_status


def _choose(session: LiveSession, text: str, out: Output) -> Netns:
    if text == _HOST or text.startswith(_PLAIN):
        session.look()
        return resolve(session, text)
    session.start_engines()
    session.look()
    session.wait_for_engines(PATIENCE_S)
    try:
        return resolve(session, text)
    except NetnsError:
        for engine in silent_engines(session.snapshot()):
            out.say(engine_sentence(engine))
        raise


def _become(netns: Netns, path: str, argv: Sequence[str]) -> NoReturn:
    if netns.own:
        run_here(argv)
    enter_and_exec(path, netns.key.id, argv)
