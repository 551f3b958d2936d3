"""Which capabilities this process has, and what each is needed for.

Source: CapEff in ``/proc/self/status``. Privileges: none. Incomplete: inside a user namespace the capabilities hold
for that user namespace's own network namespaces only; the kernel's refusals tell.
"""

import os
from enum import IntEnum
from pathlib import Path


class Capability(IntEnum):
    """Capabilities that ovltui uses, by their kernel numbers."""

    NET_BROADCAST = 11
    NET_ADMIN = 12
    SYS_PTRACE = 19
    SYS_ADMIN = 21


NEEDED_FOR: dict[Capability, str] = {
    Capability.NET_BROADCAST: "hear events of other namespaces",
    Capability.NET_ADMIN: "give nsids, and a large receive buffer",
    Capability.SYS_PTRACE: "see the namespaces of other users' processes",
    Capability.SYS_ADMIN: "visit a namespace, open a shell in it, watch mounts",
}
"""What a person cannot do without each of them."""


def effective(status: Path = Path("/proc/self/status")) -> frozenset[Capability]:
    """Return those capabilities of ``Capability`` that this process has."""
    for line in status.read_text("ascii", "replace").splitlines():
        if line.startswith("CapEff:"):
            bits = int(line.split()[1], 16)
            return frozenset(capability for capability in Capability if bits >> capability & 1)
    return frozenset()


def missing() -> tuple[Capability, ...]:
    """Return those that this process lacks, in the order of their numbers."""
    have = effective()
    return tuple(capability for capability in Capability if capability not in have)


def is_root() -> bool:
    """Whether the effective user is root."""
    return os.geteuid() == 0
