"""One name for each namespace: where two would share one, the shortest suffix that tells them apart.

Pure. A name may change when another namespace of the same name appears or goes; ``host`` never changes its
owner.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ovltui.identity.model import Identity, Kind
from ovltui.netns.model import NetnsKey

HOST = "host"
"""The name of our own namespace, and of no other."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a namespace would be called if it were alone."""

    identity: Identity
    inode: int
    sandbox: str
    """Key of its mount by dockerd; may be empty."""


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
    return {key: replace(claim.identity, name=names[key]) for key, claim in claims.items()}


def _told_apart(
    name: str, members: list[NetnsKey], claims: Mapping[NetnsKey, Claim], taken: Counter[str]
) -> dict[NetnsKey, str]:
    """Return a name for each of those who would be called ``name``."""
    ours = [key for key in members if claims[key].identity.kind is Kind.HOST]
    others = [key for key in members if key not in ours]
    told = dict.fromkeys(ours, name)
    if len(others) == 1 and not ours and name != HOST:
        return {others[0]: name}
    for level in range(len(_suffixes(members[0], claims[members[0]]))):
        called = {key: f"{name}@{_suffixes(key, claims[key])[level]}" for key in others}
        if len(set(called.values())) == len(called) and not any(taken[one] for one in called.values()):
            return told | called
    return told | _numbered(name, others, taken)


def _suffixes(key: NetnsKey, claim: Claim) -> tuple[str, ...]:
    """Return suffixes, short ones first; the last one differs for each namespace of one machine."""
    kind, engine, sandbox = claim.identity.kind.value, claim.identity.engine, claim.sandbox
    where = f"{engine}/{kind}" if engine else kind
    return (engine or kind, kind, where, sandbox or where, str(claim.inode), f"{claim.inode}.{key.id}")


def _numbered(name: str, members: list[NetnsKey], taken: Counter[str]) -> dict[NetnsKey, str]:
    """Return names for the case that somebody took even the longest suffix for a name."""
    told: dict[NetnsKey, str] = {}
    number = 0
    for key in members:
        while taken[called := f"{name}@{number}"] or called in told.values():
            number += 1
        told[key] = called
    return told
