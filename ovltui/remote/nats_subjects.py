"""The subjects under which a host is published: ``ovltui.HOST.ID.CLASS``, and ``ovltui-beat.HOST.ID``.

Source: names of hosts, and subjects that a server lists. Pure. Incomplete: nothing; what is no such subject is None.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from ovltui.text import clean

ROOT = "ovltui"
STREAM = "OVLTUI"
"""The stream of JetStream that keeps them."""
_ID = re.compile(r"[0-9a-f]{8}")
_TOKEN = re.compile(r"(?:[A-Za-z0-9-]|_[0-9a-f]{2})+")
_OTHER = re.compile(rb"[^A-Za-z0-9-]")
_ESCAPE = re.compile(rb"_([0-9a-f]{2})")


class Class(StrEnum):
    """What a message holds."""

    FRAME = "frame"
    """All that is known, from here on a viewer can follow: its first message."""
    STATE = "state"
    """The other messages of a frame that is larger than one."""
    NOTE = "note"
    """Names, tables that were read, findings, gaps."""
    LINK = "link"
    """Events of links, addresses, nsids, and all that is not named here."""
    ROUTE = "route"
    NEIGH = "neigh"
    """Events of neighbours and forwarding entries."""
    DOCKER = "docker"
    BEAT = "beat"
    """That the host is there and has nothing to say; the only one that is not kept."""
    END = "end"
    """That its recorder ended in order: the last message of a run."""


KEPT = f"{ROOT}.*.*.*"
"""The subjects that a stream keeps."""
FRAMES = f"{ROOT}.*.*.{Class.FRAME}"


@dataclass(frozen=True, slots=True)
class Published:
    """A host that is published."""

    host: str
    """Its name, as it came; ``name`` is for people."""
    id: str
    """Tells machines of one name apart: eight hexadecimal digits."""

    @property
    def name(self) -> str:
        """The name of the host, clean text."""
        return clean(self.host)

    def subject(self, kind: Class | str) -> str:
        """Return the subject of a class of its messages; ``*`` stands for all of them."""
        return f"{ROOT}.{token(self.host)}.{self.id}.{kind}"

    @property
    def beats(self) -> str:
        """The subject of its beats, which are not kept."""
        return f"{ROOT}-beat.{token(self.host)}.{self.id}"


def token(host: str) -> str:
    """Return a host's name as one part of a subject: letters, digits and - as they are."""
    return _OTHER.sub(lambda found: b"_%02x" % found[0][0], host.encode() or b"?").decode("ascii")


def host_of(text: str) -> str:
    """Return the host that a part of a subject stands for."""
    return _ESCAPE.sub(lambda found: bytes((int(found[1], 16),)), text.encode()).decode("utf-8", "replace")


def published_at(subject: str) -> Published | None:
    """Return which host a subject is of."""
    parts = subject.split(".")
    if len(parts) != len((ROOT, "HOST", "ID", "CLASS")) or parts[0] != ROOT or parts[3] not in set(Class):
        return None
    if not _TOKEN.fullmatch(parts[1]) or not _ID.fullmatch(parts[2]):
        return None
    return Published(host_of(parts[1]), parts[2])
