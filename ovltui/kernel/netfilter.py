"""The packet filter of a namespace: whether it changed, and its rules as the installed commands print them.

Source: NFT_MSG_GETGEN; ``iptables-save``, and ``nft`` for tables that it cannot print, run in the namespace of the
calling thread with the host's files. Privileges: CAP_NET_ADMIN there. They only read, and run only where the kernel
has a filter loaded: on their own they would load one. Incomplete: without the command there are no rules, which
``Rules.gaps`` says; rules in BPF programs are not seen.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ovltui.kernel import wire
from ovltui.kernel.asking import ask, is_there
from ovltui.kernel.inside import search_path
from ovltui.text import clean

NETLINK_NETFILTER = 12
NFNLGRP_NFTABLES = 7
_GETGEN = 10 << 8 | 16
_NFGENMSG = bytes(4)
_GEN_ID = 1
_PATIENCE_S = 3.0
_NFT_ALONE = "is incompatible, use 'nft' tool"
_LEGACY = "ip_tables_names"


@dataclass(frozen=True, slots=True)
class Rules:
    """What the commands printed."""

    iptables: str = ""
    """As ``iptables-save`` prints it; raw."""
    nft: str = ""
    """As ``nft list ruleset`` prints it, where that was needed; raw."""
    gaps: tuple[str, ...] = ()
    """What could not be read, each a sentence."""


def generation() -> int | None:
    """Return a number that changes with every change of nftables; None where they are not loaded.

    Raises:
        OSError: the kernel refused.
    """
    if not (_is_loaded("nf_tables") and is_there(NETLINK_NETFILTER)):
        return None
    answer = ask(NETLINK_NETFILTER, _GETGEN, _NFGENMSG) or b""
    told = dict(wire.attributes(answer, wire.NLMSG_HEADER.size + len(_NFGENMSG)))
    return int.from_bytes(told.get(_GEN_ID, b""), "big")


def has_legacy(directory: Path = Path("/proc/thread-self/net")) -> bool:
    """Return whether the namespace has tables of the older ``ip_tables``, which tell no generation."""
    try:
        return bool((directory / _LEGACY).read_bytes().strip())
    except FileNotFoundError:
        return False


def rules(*, nftables: bool, legacy: bool) -> Rules:
    """Return all rules of the namespace.

    Args:
        nftables: whether there are nftables.
        legacy: whether there are tables of ``ip_tables``.
    """
    found = [_run(("iptables-nft-save", "iptables-save"))] if nftables else []
    found += [_run(("iptables-legacy-save", "iptables-save"))] if legacy else []
    wanted = any(_NFT_ALONE in out for out, _ in found) or any(says for _, says in found)
    native = _run(("nft",), "-nn", "-a", "list", "ruleset") if nftables and wanted else ("", "")
    gaps = [says for _, says in (*found, native) if says]
    return Rules("\n".join(out for out, _ in found), native[0], tuple(dict.fromkeys(gaps)))


def _run(names: tuple[str, ...], *arguments: str) -> tuple[str, str]:
    """Return what the first of these commands that is installed prints, and why it prints nothing."""
    command = next(_installed(names), None)
    if command is None:
        return "", f"rules of the packet filter cannot be read: {names[-1]} is not installed"
    environment = {"PATH": search_path(), "LC_ALL": "C"}
    try:
        ended = subprocess.run(
            [command, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
            env=environment,
            timeout=_PATIENCE_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return "", f"rules of the packet filter cannot be read ({clean(str(error))})"
    failed = clean(" ".join(ended.stderr.split())) if ended.returncode else ""
    return ended.stdout, f"rules of the packet filter cannot be read ({failed})" if failed else ""


def _installed(names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        command = shutil.which(name, path=search_path())
        if command:
            yield command


def _is_loaded(module: str) -> bool:
    """Return whether the kernel has a module, loaded or built in: to ask for one that is missing would load it."""
    if Path("/sys/module", module).exists() or not Path("/proc/modules").exists():
        return True
    try:
        built_in = Path("/lib/modules", os.uname().release, "modules.builtin").read_text(encoding="utf-8")
    except OSError:
        return False
    return f"/{module}.ko" in built_in
