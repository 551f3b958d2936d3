"""How a fleet is run: a unit of systemd, a service of a swarm; and what it costs.

Source: the words of the command line, and figures that ``tests/bench/fleet.py`` measured. Pure but for what names the
program. Incomplete: the image of the service is the reader's own.
"""

import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from ovltui.remote.fleet import page

UNITS = ("systemd", "swarm")
_SYSTEMD = """\
# /etc/systemd/system/ovltui-record.service, on each node; then: systemctl enable --now ovltui-record
[Unit]
Description=Events of all network namespaces, published over NATS
Documentation=man:ip-monitor(8)
Wants=network-online.target
After=network-online.target docker.service

[Service]
ExecStart={command}
Restart=always
RestartSec=5
CapabilityBoundingSet=CAP_NET_ADMIN CAP_NET_BROADCAST CAP_SYS_ADMIN CAP_SYS_PTRACE CAP_DAC_READ_SEARCH
NoNewPrivileges=yes
Nice=5
MemoryMax=512M
TimeoutStopSec=10

[Install]
WantedBy=multi-user.target
"""
_SWARM = """\
# On a manager, in sh. A service may not share the pids and the network of its node, so each task starts a container
# that does, and ends it with itself. IMAGE is one of yours in which "pip install ovltui[nats]" was run; files that the
# options name must be in it, or be mounted by the inner docker run.
docker service create --name ovltui-record --mode global --restart-delay 5s \\
  --mount type=bind,source=/var/run/docker.sock,target=/var/run/docker.sock \\
  docker:cli sh -c 'docker rm --force ovltui-record >/dev/null 2>&1
    trap "docker stop ovltui-record" TERM INT
    docker run --rm --name ovltui-record --pid host --network host --uts host --cap-drop ALL \\
      --cap-add NET_ADMIN --cap-add NET_BROADCAST --cap-add SYS_ADMIN --cap-add SYS_PTRACE --cap-add DAC_READ_SEARCH \\
      --security-opt apparmor=unconfined --security-opt seccomp=unconfined \\
      --volume /var/run/docker.sock:/var/run/docker.sock --volume /etc/machine-id:/etc/machine-id:ro \\
      --memory 512m IMAGE {command} & wait $!; wait'
"""


def unit(kind: str, words: Sequence[str]) -> str:
    """Return how a command is run on each node.

    Args:
        kind: one of ``UNITS``.
        words: of the command line, with the option that asked for this.
    """
    kept = _without_unit(words)
    if kind == "swarm":
        inner = shlex.join(["ovltui", *kept])
        return _SWARM.replace("{command}", inner.replace("'", "'\\''"))
    beside = Path(sys.executable).with_name("ovltui")
    program = str(beside) if beside.exists() else shutil.which("ovltui") or "/usr/bin/ovltui"
    return _SYSTEMD.replace("{command}", " ".join(map(_quoted, (program, *kept))))


def arithmetic() -> str:
    """Return the page on what a fleet costs."""
    return page()


def _without_unit(words: Sequence[str]) -> list[str]:
    kept, skip = [], False
    for word in words:
        if skip or word == "--unit":
            skip = not skip
        elif not word.startswith("--unit="):
            kept.append(word)
    return kept


def _quoted(word: str) -> str:
    """Return a word as systemd reads it: $ and % mean something to it."""
    safe = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return safe if shlex.quote(word) == word else f'"{safe}"'
