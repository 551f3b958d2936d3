"""One name for each namespace: where two would share one, the shortest suffix that tells them apart.

Pure. A name may change when another namespace of the same name appears or goes; ``host`` never changes its
owner.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ovltui.identity.model import Identity, Kind
from ovltui.netns.model import NetnsKey

_LEVELS = 7
_LEAST_DIGITS = 4
"""Characters of a task's id that a suffix shows at least."""
HOST = "host"
"""The name of our own namespace, and of no other."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a namespace would be called if it were alone."""

    identity: Identity
    inode: int
    sandbox: str
    """Key of its mount by dockerd; may be empty."""
    task: str = ""
    """Id of the swarm's task; may be empty."""


def unique(claims: Mapping[NetnsKey, Claim]) -> dict[NetnsKey, Identity]:
    """Return the identities, each under a name of its own, in the order of ``claims``."""
    shared: dict[str, list[NetnsKey]] = {}
    for key, claim in claims.items():
        shared.setdefault(claim.identity.name, []).append(key)
    taken = Counter({*shared, HOST})
    names: dict[NetnsKey, str] = {}
    for name in sorted(shared):
        for key, called in _told_apart(name, sorted(shared[name]), claims, taken).items():
            names[key] = called
            taken[called] += 1
    return {key: _called(claim.identity, names[key]) for key, claim in claims.items()}


def _called(identity: Identity, name: str) -> Identity:
    return identity if identity.name == name else replace(identity, name=name)


def _told_apart(
    name: str, members: list[NetnsKey], claims: Mapping[NetnsKey, Claim], taken: Counter[str]
) -> dict[NetnsKey, str]:
    """Return a name for each of those who would be called ``name``."""
    ours = [key for key in members if claims[key].identity.kind is Kind.HOST]
    others = [key for key in members if key not in ours]
    told = dict.fromkeys(ours, name)
    if len(others) == 1 and not ours and name != HOST:
        return {others[0]: name}
    digits = _digits([claims[key].task for key in others])
    for level in range(_LEVELS):
        called = {key: f"{name}@{_suffixes(key, claims[key], digits)[level]}" for key in others}
        if len(set(called.values())) == len(called) and not any(taken[one] for one in called.values()):
            return told | called
    return told | _numbered(name, others, taken)


def _suffixes(key: NetnsKey, claim: Claim, digits: int) -> tuple[str, ...]:
    """Return ``_LEVELS`` suffixes, short ones first; the last one differs for each namespace of one machine."""
    kind, engine, sandbox = claim.identity.kind.value, claim.identity.engine, claim.sandbox
    where = f"{engine}/{kind}" if engine else kind
    task = claim.task[:digits]
    return (engine or kind, kind, task or kind, where, sandbox or where, str(claim.inode), f"{claim.inode}.{key.id}")


def _digits(tasks: list[str]) -> int:
    """Return how many characters tell the tasks apart that have an id."""
    ids = {task for task in tasks if task}
    longest = max(map(len, ids), default=0)
    return next((n for n in range(_LEAST_DIGITS, longest) if len({one[:n] for one in ids}) == len(ids)), longest)


def _numbered(name: str, members: list[NetnsKey], taken: Counter[str]) -> dict[NetnsKey, str]:
    """Return names for the case that somebody took even the longest suffix for a name."""
    told: dict[NetnsKey, str] = {}
    number = 0
    for key in members:
        while taken[called := f"{name}@{number}"] or called in told.values():
            number += 1
        told[key] = called
    return told
