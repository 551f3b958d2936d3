"""Messages as Linux 6.18 multicast them, each with the command that caused it and the line that it makes.

``samples.txt`` holds blocks of: name and nsid; ``<`` and the command; ``>`` mark and text; the message in hexadecimal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ovltui.events.look import Look
from ovltui.events.record import Kind, Record

TIME_NS = 1_700_000_000_123_456_789
LINKS = {1: "lo", 2: "veth1", 3: "veth0", 4: "br0", 5: "vxlan0", 6: "mv0", 7: "d1", 8: "d0"}


class FixedNames:
    """Names of the namespaces and links that the samples are about."""

    def netns(self, nsid: int, seq: int) -> str:
        del seq
        return "host" if nsid == -1 else f"nsid {nsid}"

    def link(self, nsid: int, ifindex: int, seq: int) -> str:
        del seq
        return LINKS.get(ifindex, f"if{ifindex}") if nsid == -1 else f"if{ifindex}"

    def docker_netns(self, fields: Mapping[str, Any]) -> str | None:
        return "web" if fields["name"] == "web" else None

    def netns_seen_from(self, nsid: int, peer_nsid: int, seq: int) -> str | None:
        del nsid, seq
        return "blue" if peer_nsid == 0 else None

    def link_seen_from(self, nsid: int, peer_nsid: int, ifindex: int, seq: int) -> str | None:
        del nsid, peer_nsid, ifindex, seq
        return None

    def look_before(self, nsid: int, ifindex: int, seq: int) -> Look | None:
        del nsid, ifindex, seq
        return None


NAMES = FixedNames()


@dataclass(frozen=True, slots=True)
class Sample:
    """One message."""

    name: str
    nsid: int
    command: str
    mark: str
    text: str
    raw: bytes

    @property
    def record(self) -> Record:
        return message(self.raw, self.nsid)


def message(raw: bytes, nsid: int = -1, seq: int = 7) -> Record:
    """Return a record of one message."""
    return Record(seq, TIME_NS, nsid, Kind.MESSAGE, raw)


def gap(raw: bytes) -> Record:
    """Return a gap record."""
    return Record(8, TIME_NS, -1, Kind.GAP, raw)


def _sample(block: str) -> Sample:
    head, command, shown, *lines = block.splitlines()
    name, nsid = head.split()
    mark, text = shown[2:].split(" ", 1)
    return Sample(name, int(nsid), command[2:], mark, text, bytes.fromhex("".join(lines)))


_TEXT = Path(__file__).with_name("samples.txt").read_text("utf-8")
SAMPLES = {sample.name: sample for sample in map(_sample, _TEXT.strip().split("\n\n"))}
