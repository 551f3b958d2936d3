"""``ovltui``: the verbs, and the screens when there is none.

Source: the command line. Privileges: each verb says. Incomplete: the screens need a terminal; every verb does
without.
"""

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Protocol, cast

from ovltui.cli import hosts
from ovltui.cli.arguments import Parser, add_common, session_options, split
from ovltui.cli.looks import name_hosts, screen_settings
from ovltui.cli.output import Output, standard_output
from ovltui.cli.versions import version_of
from ovltui.config.model import Settings
from ovltui.errors import ExitStatus, UsageError
from ovltui.text import clean


class VerbModule(Protocol):
    """The module of a verb."""

    def register(self, parser: argparse.ArgumentParser, /) -> None:
        """Add the arguments of the verb."""

    def run(self, arguments: argparse.Namespace, out: Output, /) -> int:
        """Do it; return the exit status."""


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb, a module of this room."""

    name: str
    summary: str
    """What it does, in a line."""

    def load(self) -> VerbModule:
        """Return its module, loaded only when it is spelled: together they take longer than one does its work."""
        return cast("VerbModule", import_module(f"ovltui.cli.{self.name}"))


VERBS = (
    Verb("ls", "list the network namespaces, what each is, how it was found"),
    Verb("watch", "print link, route, neigh and other events as they come"),
    Verb("show", "print what is in a namespace: tables, sockets, processes"),
    Verb("map", "print how the links of all namespaces hang together"),
    Verb("path", "print the way between two containers, hop by hop"),
    Verb("check", "find what is wrong, by which evidence, and what mends it"),
    Verb("exec", "run a command, or a shell, in a network namespace"),
    Verb("record", "record everything into a file, which Wireshark opens too"),
    Verb("replay", "show a recording on the screens, or print its events"),
    Verb("report", "write a report for a ticket: findings, drawing, events"),
    Verb("convert", "turn a recording into another format, or redact it"),
    Verb("lab", "build an overlay network to practise on, without Docker"),
    Verb("completion", "print a script by which bash, zsh or fish complete ovltui"),
    Verb("config", "check your config file, and print what holds or a sample"),
    Verb("info", "tell versions, privileges, kernel features, Docker Engines"),
)
DESCRIPTION = """\
Live link, route and neigh events of every network namespace of a Docker host.

  ovltui             the screens: events, drawing, checks, shells; ? explains
"""
_EXAMPLES = """\
examples:
  sudo ovltui                               everything, live
  sudo ovltui ls                            which namespaces there are
  sudo ovltui watch neigh --netns mynet01   who is looked up in an overlay
  sudo ovltui exec docker1n -- ip -d link   a command in a container's network
  sudo ovltui lab tour                      an overlay network, step by step
"""
EXIT_STATUSES = (
    (ExitStatus.FINE, "fine"),
    (ExitStatus.FINDINGS, "something failed; of check: errors or warnings were found"),
    (ExitStatus.USAGE, "the command line cannot be meant so"),
    (ExitStatus.PRIVILEGE, "a privilege is missing: as root it works"),
    (ExitStatus.NO_NETNS, "no such namespace, or several of that name"),
    (ExitStatus.NO_DOCKER, "a Docker Engine that was named with --docker does not answer"),
    (ExitStatus.UNREACHABLE, "a host that was named cannot be reached or recorded, or was lost"),
    (ExitStatus.INTERRUPTED, "interrupted by ctrl+c"),
)
"""What an exit status says; that of ``exec`` is the command's own."""


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the words of the command line say; return the exit status.

    Args:
        argv: the words after ``ovltui``; those of this process where there are none.

    Raises:
        OvltuiError: what went wrong, in one sentence, with the exit status.
    """
    words = sys.argv[1:] if argv is None else list(argv)
    try:
        arguments = parse(words)
    except SystemExit as end:  # the help was printed
        return int(end.code or 0)
    if arguments.version:
        return _print_version(arguments)
    if arguments.verb is None:
        return start_screens(arguments, words)
    verb = next(verb for verb in VERBS if verb.name == arguments.verb)
    return verb.load().run(arguments, _output(arguments))


def parse(words: Sequence[str]) -> argparse.Namespace:
    """Return the arguments; ``command`` is what follows ``--``.

    Raises:
        UsageError: they cannot be meant.
        SystemExit: help was asked for and printed.
    """
    before, command = split(words)
    arguments, unknown = _parser(before).parse_known_args(before)
    verb = arguments.verb
    if unknown and verb == "exec" and unknown[0] not in hosts.OPTIONS:
        raise UsageError("the command stands after --, as in: ovltui exec NETNS -- ip -d link")
    if unknown:
        name = f"ovltui {verb}" if verb else "ovltui"
        raise UsageError(f"{name} does not know {clean(unknown[0])!r}; {name} --help tells more.")
    if verb and verb not in hosts.VERBS:
        hosts.refuse(arguments, verb)
    if command and verb != "exec":
        raise UsageError("only ovltui exec takes a command after --.")
    arguments.command = command
    return arguments


def require_terminal(environ: Mapping[str, str], *, terminals: bool) -> None:
    """Refuse to draw screens where they cannot be seen.

    Args:
        environ: the environment.
        terminals: whether stdin, stdout and stderr are terminals.

    Raises:
        UsageError: why not, and what to do instead.
    """
    if not terminals:
        raise UsageError("the screens need a terminal on stdin, stdout and stderr; ovltui watch needs none.")
    if environ.get("TERM", "dumb") in ("", "dumb"):
        raise UsageError("the screens need TERM to name a terminal that can draw; ovltui watch needs none.")


def _parser(words: Sequence[str]) -> Parser:
    """Return a parser that knows the arguments of the verbs among ``words``."""
    verbs = "".join(f"  ovltui {verb.name:<10}  {verb.summary}\n" for verb in VERBS)
    statuses = "".join(f"  {status:>3}  {says}\n" for status, says in EXIT_STATUSES)
    parser = Parser(
        prog="ovltui",
        usage="ovltui [options] [VERB ...]",
        description=f"{DESCRIPTION}{verbs}\n{_EXAMPLES}",
        epilog=f"exit status:\n{statuses}",
    )
    add_common(parser, verb=False)
    hosts.add_hosts(parser, verb=False)
    parser.add_argument("--slow", action="store_true", help="repaint the screens seldom, and send only what changed")
    parser.add_argument("--version", action="store_true", help="print the version")
    choices = parser.add_subparsers(dest="verb", metavar="VERB", prog="ovltui", help=argparse.SUPPRESS)
    for verb in VERBS:
        below = choices.add_parser(verb.name, description=f"{verb.summary[0].upper()}{verb.summary[1:]}.")
        if verb.name in words:
            verb.load().register(below)
            add_common(below, verb=True)
    return parser


def verb_parser(verb: Verb) -> argparse.ArgumentParser:
    """Return the parser of a verb with all its arguments."""
    parser = Parser(prog=f"ovltui {verb.name}")
    verb.load().register(parser)
    add_common(parser, verb=True)
    return parser


def _output(arguments: argparse.Namespace) -> Output:
    return standard_output(arguments.color, os.environ, ascii_only=arguments.ascii)


def _print_version(arguments: argparse.Namespace) -> int:
    _output(arguments).line(f"ovltui {version_of('ovltui') or '(not installed)'}")
    return 0


def start_screens(arguments: argparse.Namespace, words: Sequence[str], *, tour: bool = False) -> int:
    """Show the screens, with the tour or without it; return the exit status.

    Args:
        arguments: of the command line.
        words: the command line, to start it again under sudo.
        tour: begin with the tour.

    Raises:
        UsageError: there is no terminal, or the arguments contradict each other.
    """
    options = session_options(arguments)
    streams = (sys.stdin, sys.stdout, sys.stderr)
    require_terminal(os.environ, terminals=all(stream is not None and stream.isatty() for stream in streams))
    version, settings = partial(version_of, "ovltui"), screen_settings(arguments)
    if not tour:
        name_hosts(arguments, settings)
    if hosts.are_meant(arguments):
        return _start_joined(arguments, version, settings)
    from ovltui.tui.run import run  # noqa: PLC0415  (Textual takes longer than every other verb)

    return run(options, words, version=version, color=arguments.color, settings=settings, tour=tour)


def _start_joined(arguments: argparse.Namespace, version: Callable[[], str | None], settings: Settings) -> int:
    """Show the screens of several machines; errors as of ``joint.joined``."""
    from ovltui.cli.joint import joined, reach  # noqa: PLC0415  (as above)

    session = joined(arguments)  # before the screens: ssh may ask on the terminal
    from ovltui.tui.run import run_joined  # noqa: PLC0415  (as above)

    more = partial(reach, session, arguments)
    return run_joined(session, more, version=version, color=arguments.color, settings=settings)
