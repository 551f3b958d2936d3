"""``ovltui exec``: a command, or a shell, in a network namespace.

Source: ``kernel.spawn``; this very process becomes the command, so that signals, the terminal and the exit
status are its own. Privileges: CAP_SYS_ADMIN for namespaces other than our own. Incomplete: as there, /sys
and /etc/resolv.conf stay those of the host, unless an option says otherwise.
"""

import argparse
import os
import subprocess
from collections.abc import Sequence
from typing import NoReturn

from ovltui.cli.arguments import session_options
from ovltui.cli.netns import PATIENCE_S, resolve
from ovltui.cli.output import Output
from ovltui.cli.says import engine_sentence, silent_engines
from ovltui.errors import NetnsError, UsageError
from ovltui.kernel.dress import NETWORK_ONLY, Dress, chosen
from ovltui.kernel.spawn import CommandError, command_line, enter_and_exec, run_here
from ovltui.kernel.users import login_shell
from ovltui.netns.model import Netns
from ovltui.session.live import LiveSession
from ovltui.session.snapshot import Row
from ovltui.text import clean_bytes

_PLAIN = ("/", "net:[", "nsid:", "nsid ")
"""Beginnings of texts that no container or network can be called by: no engine is asked for them."""
_HOST = "host"
_INNER_SHELL = "/bin/sh"
"""What a container is likeliest to have."""


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the verb."""
    parser.usage = "ovltui exec [options] NETNS [-- COMMAND ...]"
    parser.add_argument(
        "netns",
        metavar="NETNS",
        help="name, container, network, id, path, pid, net:[INODE], nsid:NUMBER, or host",
    )
    parser.add_argument("--resolv", action="store_true", help="with the container's resolv.conf: names as inside")
    parser.add_argument("--sys", action="store_true", help="with a /sys that shows the namespace's devices")
    parser.add_argument("--all", action="store_true", help="in all of the container's namespaces, as docker exec")
    parser.add_argument("--each", action="store_true", help="in each namespace that NETNS may mean, lines labelled")
    parser.epilog = "COMMAND is your shell where none is given; its exit status is ours."


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Become the command; return an exit status only where it cannot be run, or is run in each of several."""
    if arguments.each and not arguments.command:
        raise UsageError("--each needs a command, as in: ovltui exec --each mynet01 -- ip neigh")
    session = LiveSession(session_options(arguments))
    try:
        if arguments.each:
            return _run_in_each(session, arguments, out)
        netns = _choose(session, arguments.netns, out)
        path = "" if netns.own else session.way_in(netns)
    finally:
        session.close()
    out.flush()
    shell = _INNER_SHELL if arguments.all else login_shell(os.environ)
    try:
        _become(netns, path, arguments.command or [shell], _dress(netns, arguments))
    except CommandError as error:
        out.say(str(error))
        return error.command_status


def _run_in_each(session: LiveSession, arguments: argparse.Namespace, out: Output) -> int:
    """Run the command in one namespace after the other; return the highest exit status."""
    _look(session)
    rows = session.find(arguments.netns)
    if not rows:
        resolve(session, arguments.netns)
    width = max(len(row.identity.name) for row in rows)
    return max(_run_labelled(session, row, arguments, out, width) for row in rows)


def _run_labelled(session: LiveSession, row: Row, arguments: argparse.Namespace, out: Output, width: int) -> int:
    netns, argv = row.netns, arguments.command
    words = argv
    if not netns.own:
        words = command_line(session.way_in(netns), netns.key.id, argv, _dress(netns, arguments))
    label = f"{row.identity.name:<{width}}  "
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        for line in process.stdout:
            out.line(label + clean_bytes(line.rstrip(b"\r\n").expandtabs()))
    return process.returncode if process.returncode >= 0 else 128 - process.returncode


def _dress(netns: Netns, arguments: argparse.Namespace) -> Dress:
    if netns.own:
        return NETWORK_ONLY
    return chosen(netns.pids, resolv=arguments.resolv, sys=arguments.sys, everything=arguments.all)


def _choose(session: LiveSession, text: str, out: Output) -> Netns:
    if text == _HOST or text.startswith(_PLAIN):
        session.look()
        return resolve(session, text)
    _look(session)
    try:
        return resolve(session, text)
    except NetnsError:
        for engine in silent_engines(session.snapshot()):
            out.say(engine_sentence(engine))
        raise


def _look(session: LiveSession) -> None:
    session.start_engines()
    session.look()
    session.wait_for_engines(PATIENCE_S)


def _become(netns: Netns, path: str, argv: Sequence[str], dress: Dress) -> NoReturn:
    if netns.own:
        run_here(argv)
    enter_and_exec(path, netns.key.id, argv, dress)
