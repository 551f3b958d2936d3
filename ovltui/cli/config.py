"""``ovltui config``: checks a person's config file and prints what holds; ``--default`` prints a documented sample.

Source: ``config.toml``, the table of options, the bindings of the screens. Privileges: the right to read the file.
Incomplete: whether a host answers is not tried.
"""

import argparse
import os

from ovltui.cli.output import Output
from ovltui.config.place import loaded
from ovltui.config.sample import holding, sample
from ovltui.errors import ExitStatus


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the verb."""
    parser.add_argument("--default", action="store_true", help="print a sample that says everything that may be chosen")


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Check and print; return the exit status."""
    from ovltui.tui.keymap import chosen_commands, commands, keymap  # noqa: PLC0415  (Textual takes long to load)

    if arguments.default:
        lines = sample(commands())
    else:
        settings = loaded(arguments.config, os.environ)
        keymap(settings)
        out.say(f"{settings.path}{'' if settings.found else ' is not there: the defaults hold'}")
        lines = holding(settings, chosen_commands(settings))
    for line in lines:
        out.line(line)
    return ExitStatus.FINE
