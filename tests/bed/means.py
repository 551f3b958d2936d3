"""What a test needs of the machine, by marker, and the sentence that says what is missing.

Source: CapEff of ``/proc/self/status`` and the commands on PATH; needs no privileges. A command that is
present but broken is not noticed here: the test that uses it fails.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

_CAP_NET_ADMIN = 12
_CAP_SYS_ADMIN = 21
_SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"

COMMANDS = {
    "needs_docker": ("dockerd", "docker", "iptables", "busybox", "ip", "nsenter", "unshare", "setpriv", "hostname"),
    "needs_tmux": ("tmux",),
    "needs_sshd": ("sshd", "ssh", "ssh-keygen"),
    "needs_nats": ("nats-server",),
    "needs_programs": ("vim", "less", "htop", "tmux"),
}
"""Commands that each marker stands for."""


def command(name: str) -> str | None:
    """Return the path of a command, also from the system directories that a user's PATH may lack."""
    return shutil.which(name) or shutil.which(name, path=_SYSTEM_PATH)


def _privileges() -> str | None:
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    effective = int(next(line for line in status.splitlines() if line.startswith("CapEff:")).split()[1], 16)
    if effective >> _CAP_NET_ADMIN & effective >> _CAP_SYS_ADMIN & 1:
        return None if command("ip") else "needs ip (iproute2), which is not installed"
    return "needs CAP_SYS_ADMIN and CAP_NET_ADMIN: run it as root"


def _commands(marker: str) -> Callable[[], str | None]:
    def missing() -> str | None:
        lacking = [name for name in COMMANDS[marker] if command(name) is None]
        return f"needs {', '.join(lacking)}, not installed" if lacking else None

    return missing


MISSING: dict[str, Callable[[], str | None]] = {
    "needs_root": _privileges,
    **{marker: _commands(marker) for marker in COMMANDS},
}
"""For each marker, a function that returns why the means are missing, or None when they are there."""
