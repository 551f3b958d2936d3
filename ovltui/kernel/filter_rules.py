"""Which rules of a packet filter may drop what overlay networks need.

Source: the text of ``iptables-save`` and of ``nft -nn -a list ruleset``. Pure. Incomplete: a rule counts that names a
port and drops or rejects; whether a packet comes to it is not known. One does not count where a rule before it in its
chain lets the same port pass, nor one that drops only what is not encrypted, which Docker itself sets for encrypted
networks.
"""

import re
import shlex
from collections.abc import Collection, Iterator

from ovltui.text import clean

_DROPS = frozenset(("DROP", "REJECT"))
_PASSES = frozenset(("ACCEPT", "RETURN"))
_PORT_OPTIONS = frozenset(("--dport", "--sport", "--dports", "--sports", "--ports"))
_UNENCRYPTED = ("--pol", "none")
_NFT_PORTS = re.compile(r"\b(?:udp|tcp|th) [ds]port (\{[^}]*\}|[0-9]+(?:-[0-9]+)?)")
_NFT_BLOCK = re.compile(r"^\s*(table|chain) (.+?) \{")
_NFT_HANDLE = re.compile(r" # handle ([0-9]+)$")
_NFT_VERDICT = re.compile(r"\b(drop|reject|accept|return)\b")

Drop = tuple[str, int, str]
"""A rule, safe to show, the port that it names, and the command that deletes it; empty where that is not known."""


def dropping(iptables: str, nft: str, ports: Collection[int]) -> tuple[Drop, ...]:
    """Return the rules that may drop packets of some ports, one entry for each port."""
    return tuple(dict.fromkeys((*_by_iptables(iptables, ports), *_by_nft(nft, ports))))


def _by_iptables(text: str, ports: Collection[int]) -> Iterator[Drop]:
    passed: set[tuple[str, int]] = set()
    table = "filter"
    for line in text.splitlines():
        if line.startswith("*"):
            passed.clear()
            table = line[1:].strip()
        if not line.startswith("-A "):
            continue
        words = _words(line)
        chain, target = words[1], _after(words, "-j")
        for port in _named(words, ports):
            if target in _PASSES:
                passed.add((chain, port))
            elif target in _DROPS and (chain, port) not in passed and not _only_unencrypted(words):
                yield clean(line), port, clean(_deletion(table, words))


def _deletion(table: str, words: list[str]) -> str:
    where = () if table == "filter" else ("-t", table)
    return shlex.join(("iptables", *where, "-D", *words[1:]))


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:  # a comment that somebody quoted by hand
        return line.split()


def _after(words: list[str], option: str) -> str:
    at = words.index(option) + 1 if option in words else len(words)
    return words[at] if at < len(words) else ""


def _only_unencrypted(words: list[str]) -> bool:
    return _after(words, _UNENCRYPTED[0]) == _UNENCRYPTED[1]


def _named(words: list[str], ports: Collection[int]) -> Iterator[int]:
    for at, word in enumerate(words[:-1]):
        if word in _PORT_OPTIONS and words[at - 1] != "!":
            yield from _meant(words[at + 1].replace(":", "-"), ports)


def _by_nft(text: str, ports: Collection[int]) -> Iterator[Drop]:
    passed: set[int] = set()
    blocks: dict[str, str] = {}
    for line in text.splitlines():
        if block := _NFT_BLOCK.match(line):
            passed.clear()
            blocks[block[1]] = block[2]
        told, verdict = _NFT_PORTS.search(line), _NFT_VERDICT.search(line)
        if told and verdict:
            for port in _meant(told[1].strip("{ }"), ports):
                if verdict[1] in ("accept", "return"):
                    passed.add(port)
                elif port not in passed:
                    handle = _NFT_HANDLE.search(line)
                    names = (*blocks.get("table", "").split(), blocks.get("chain", ""))
                    undo = shlex.join(("nft", "delete", "rule", *names, "handle", handle[1])) if handle else ""
                    yield clean(_NFT_HANDLE.sub("", line).strip()), port, clean(undo)


def _meant(told: str, ports: Collection[int]) -> Iterator[int]:
    """Yield those of ``ports`` that ``4789, 7000-8000`` names."""
    ranges = [part.strip().partition("-") for part in told.split(",")]
    for port in sorted(ports):
        if any(
            low.isdigit() and int(low) <= port <= int(high or low)
            for low, _, high in ranges
            if not high or high.isdigit()
        ):
            yield port
