"""The words of the command line: a parser that says one sentence, and the options that hold everywhere.

Source: argparse. Privileges: none. Incomplete: ``--`` and what follows it never reach argparse, whose
versions treat it differently; see ``split``.
"""

import argparse
import math
import os
from collections.abc import Sequence
from typing import Any, NoReturn

from ovltui.cli.output import COLORS
from ovltui.errors import UsageError
from ovltui.session.live import Options
from ovltui.text import clean

COMMON = "options of every verb"
"""Heading of the options that hold everywhere."""
_AGAIN = "again_"
"""Begins the name of a list that a verb's own parser collects: argparse would replace the first one."""


class Parser(argparse.ArgumentParser):
    """A parser without abbreviations, whose errors are a ``UsageError``."""

    def __init__(self, **settings: Any) -> None:
        form = argparse.RawDescriptionHelpFormatter
        super().__init__(allow_abbrev=False, add_help=False, formatter_class=form, **settings)
        self._positionals.title = "arguments"
        self.add_argument("-h", "--help", action="help", help="print this help")

    def format_usage(self) -> str:
        """Return how the words stand, as a line with its end."""
        self._say_usage()
        return super().format_usage()

    def format_help(self) -> str:
        """Return the help."""
        self._say_usage()
        return super().format_help()

    def _say_usage(self) -> None:
        """Leave the single options to the list below: those of every verb alone would fill three lines."""
        if self.usage is None:
            formatter = self._get_formatter()
            formatter.add_usage(None, self._get_positional_actions(), [], prefix="")
            self.usage = formatter.format_help().strip().replace(self.prog, f"{self.prog} [options]", 1)

    def error(self, message: str) -> NoReturn:
        """Raise the sentence, with its remedy."""
        raise UsageError(f"{clean(message)}; {self.prog} --help tells more.")


def split(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the words before the first ``--``, and those after it."""
    if "--" not in words:
        return list(words), []
    end = words.index("--")
    return list(words[:end]), list(words[end + 1 :])


def add_common(parser: argparse.ArgumentParser, *, verb: bool) -> None:
    """Add the options that hold everywhere.

    Args:
        parser: where to.
        verb: whether it is the parser of a verb, whose silence must not undo what stood before the verb.
    """
    unset: Any = argparse.SUPPRESS if verb else False
    group = parser.add_argument_group(COMMON)
    group.add_argument(
        "--docker",
        metavar="URL",
        action="append",
        type=engine_url,
        dest=f"{_AGAIN if verb else ''}docker",
        help="ask this Docker Engine; may be given several times",
    )
    group.add_argument("--no-docker", action="store_true", default=unset, help="ask no Docker Engine")
    color: Any = argparse.SUPPRESS if verb else "auto"
    group.add_argument(
        "--color", metavar="WHEN", choices=COLORS, default=color, help=f"{_listed(COLORS)}; auto: only on a terminal"
    )
    group.add_argument("--ascii", action="store_true", default=unset, help="no characters beyond ASCII")
    group.add_argument(
        "--config",
        metavar="FILE",
        default=argparse.SUPPRESS if verb else None,
        help="your choices for the screens, instead of config.toml",
    )
    group.add_argument(
        "--passive", action="store_true", default=unset, help="give no nsids: changes nothing, hears less"
    )


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


def session_options(arguments: argparse.Namespace) -> Options:
    """Return what the arguments say of the session.

    Raises:
        UsageError: they contradict each other.
    """
    named = (*(arguments.docker or ()), *(getattr(arguments, f"{_AGAIN}docker", None) or ()))
    if named and arguments.no_docker:
        raise UsageError("--docker and --no-docker contradict each other: leave one of them out.")
    return Options(
        docker=tuple(dict.fromkeys(named)),
        no_docker=arguments.no_docker,
        passive=arguments.passive,
        environ=dict(os.environ),
    )


def engine_url(text: str) -> str:
    """Return the address of a Docker Engine that ``text`` means."""
    from ovltui.identity.endpoints import parse  # noqa: PLC0415  (what engines need takes long to load)

    try:
        return parse(text)
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def count(text: str) -> int:
    """Return a number from 1 on."""
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 on")
    return int(text)


def seconds(text: str) -> float:
    """Return a time in seconds, more than none."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above 0")
    return number
