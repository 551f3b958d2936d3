"""``ovltui watch --solicit``: neighbour solicitations told while the verb runs.

Source: ``session.solicitor``. Privileges: root. What is switched on is told on stderr as the command that it equals,
and set back at the end, however the verb ends. Incomplete: lookups of IPv4 neighbours only.
"""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ovltui.cli.output import Output
from ovltui.errors import OvltuiError
from ovltui.netns.model import Netns
from ovltui.session.live import LiveSession
from ovltui.session.solicitor import COST, Solicitor
from ovltui.text import clean

_LONGEST = 15
"""Bytes of a link's name."""
_NOT_LINKS = (".", "..", "all", "default")
"""What is no link among the directories of net.ipv4.neigh."""


@contextmanager
def soliciting(session: LiveSession, netnses: Sequence[Netns], devs: Sequence[str], out: Output) -> Iterator[None]:
    """Have the kernel tell of solicitations, and set it back at the end.

    Args:
        session: knows the namespaces.
        netnses: where; our own namespace if it is empty.
        devs: the links, each in every one of these namespaces.
        out: where it is told what was done.

    Raises:
        OvltuiError: it cannot be set in one of the places; what was set before is set back.
    """
    solicitor = Solicitor()
    try:
        for netns in netnses or _own(session):
            for dev in devs:
                _switch_on(solicitor, session, netns, dev, out)
        if solicitor.acts:
            out.say(f"{COST}; all is set back at the end.")
        yield
    finally:
        solicitor.close()


def link_name(text: str) -> str:
    """Return the name of a link, as an argument.

    Raises:
        argparse.ArgumentTypeError: no link can be called so.
    """
    if not 0 < len(text.encode(errors="surrogateescape")) <= _LONGEST or "/" in text or text in _NOT_LINKS:
        raise argparse.ArgumentTypeError(f"{text!r} is no name of a link")
    return text


def _own(session: LiveSession) -> list[Netns]:
    return [row.netns for row in session.snapshot().rows if row.netns.own]


def _switch_on(solicitor: Solicitor, session: LiveSession, netns: Netns, dev: str, out: Output) -> None:
    rows = session.snapshot().rows
    name = next((row.identity.name for row in rows if row.netns.key == netns.key), "that namespace")
    try:
        act = solicitor.switch_on_in(session, netns, dev)
    except OvltuiError as error:
        raise OvltuiError(f"--solicit {clean(dev)} in {name}: {error}", error.status) from error
    out.say(act.command if act else f"{clean(dev)} in {name} tells its solicitations already; it stays so.")
