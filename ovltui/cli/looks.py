"""What of a person's own choices holds for the screens that are about to start.

Source: the arguments, ``config.toml`` and the environment. Privileges: the right to read that file. Incomplete: plain
verbs look at none of it.
"""

import argparse
import os

from ovltui.cli import fleet, hosts
from ovltui.config.model import Settings
from ovltui.config.place import loaded
from ovltui.config.terminal import fitting
from ovltui.errors import UsageError


def screen_settings(arguments: argparse.Namespace) -> Settings:
    """Return what holds.

    Raises:
        UsageError: the file cannot be read, or says what cannot be meant.
    """
    settings = loaded(arguments.config, os.environ)
    return fitting(settings, arguments.color, os.environ, ascii_only=arguments.ascii, slow=arguments.slow)


def name_hosts(arguments: argparse.Namespace, settings: Settings) -> None:
    """Let the hosts of the file hold where the command line says nothing of hosts.

    Raises:
        UsageError: one of them has no address that ssh could reach.
    """
    if not settings.hosts or hosts.are_named(arguments) or fleet.address_in(arguments):
        return
    from ovltui.remote.address import parse  # noqa: PLC0415  (most files name none)

    arguments.host = []
    for host in settings.hosts:
        try:
            arguments.host.append(parse(host.url))
        except UsageError as error:
            raise UsageError(f"{settings.path}:{host.line}: {error}") from error
