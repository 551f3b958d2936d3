"""Putting a fault into the lab, telling hints on it, and confirming that it was repaired.

Source: ``lab.faults``, the state of each namespace against the plan, and pings between the nodes. Privileges: root.
Incomplete: one fault at a time; a repair counts, however it was made, once state and pings are as planned.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ovltui.errors import NetnsError, OvltuiError, PrivilegeError, UsageError
from ovltui.kernel import inside
from ovltui.kernel.echo import Echo, answered
from ovltui.kernel.namespace import opened, visit
from ovltui.lab.description import Description
from ovltui.lab.facts import About, Fact
from ovltui.lab.faults import FAULTS, Fault, Symptom, fault
from ovltui.lab.observe import differences, observe
from ovltui.lab.place import Place, boot_id
from ovltui.lab.plan import MTU, Plan, Space
from ovltui.lab.victims import Command, Victims

SMALL, LARGE = 84, MTU
"""Sizes of pings, in bytes of the IPv4 packet."""
_PATIENCE_S = 1.5


@dataclass(frozen=True, slots=True)
class Lost:
    """A ping without an answer."""

    source: str
    """Name of the container that asked."""
    target: str
    """Name of the container that was asked."""
    bytes: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the lab is."""

    fault: str
    """Name of the fault that is in; empty for none."""
    symptom: str
    """What was told of it."""
    gone: tuple[Space, ...]
    """Namespaces that were deleted by hand."""
    lost: tuple[Lost, ...]
    missing: tuple[Fact, ...]
    """What is planned and not so."""
    beyond: tuple[Fact, ...]
    """What is so and not planned."""
    mends: tuple[str, ...] = ()
    """The commands that mend the fault, as a person types them."""

    @property
    def right(self) -> bool:
        """Whether everything is as planned and every ping is answered."""
        return not (self.gone or self.lost or self.missing or self.beyond)

    @property
    def hidden(self) -> bool:
        """Whether what differs is not to be told: it would give away a fault whose symptom lasts.

        It is told once nothing is wrong any more but what a container remembers of its neighbours.
        """
        remembered = bool(self.beyond) and all(fact.about is About.MEMORY for fact in self.beyond)
        lasts = bool(self.lost) or (self.symptom == Symptom.ROWS and bool(self.beyond))
        return bool(self.fault and lasts) and not (remembered and not self.missing)


def running(place: Place) -> tuple[Description, Plan]:
    """Return the lab that is up, whole.

    Raises:
        PrivilegeError: we are not root.
        OvltuiError: there is none, or it is half built.
    """
    found = place.read()
    if found is None and not place.exists():
        raise OvltuiError("no lab is up; ovltui lab up builds one.")
    if found is None or not found.whole or found.boot != boot_id():
        raise OvltuiError("only what is left of a lab is there: ovltui lab down, then ovltui lab up.")
    if found.without:
        raise OvltuiError(f"{found.without} was not started yet: the tour does it.")
    return found, found.plan(place.spaces)


def choose(name: str | None) -> Fault:
    """Return the fault called ``name``; any that can be put in here, where none is named.

    Raises:
        UsageError: there is no such fault.
    """
    if name is None:
        usable = [one for one in FAULTS if not _lacking(one)]
        return random.choice(usable)  # noqa: S311  (an exercise, no secret)
    found = fault(name)
    if found is None:
        raise UsageError(f"there is no fault {name!r}; ovltui lab break --list tells which there are.")
    return found


def put_in(place: Place, chosen: Fault) -> str:
    """Put a fault into the lab and return its symptom.

    Raises:
        OvltuiError: none is up, one is in already, the lab is not as planned, or a command is missing.
    """
    with place.locked():
        described, plan = running(place)
        if described.fault:
            raise OvltuiError("a fault is in already: repair it, and let ovltui lab check confirm it.")
        if missing := _lacking(chosen):
            raise OvltuiError(f"this fault is made by {missing}, which is not installed: choose another one.")
        if not examine(described, plan).right:
            raise OvltuiError("the lab is not as it was built, so nobody could tell faults apart: ovltui lab check.")
        place.write(replace(described, fault=chosen.name, hints=0))
        try:
            run_all(chosen.breaks(Victims(plan)), described, plan)
        except OvltuiError:
            if examine(described, plan).right:  # nothing came of it
                place.write(described)
            raise
    return str(chosen.symptom)


def hint(place: Place) -> str:
    """Return the next hint on the fault that is in; the last one, again and again, is the remedy.

    Raises:
        OvltuiError: no lab is up, or no fault is in.
    """
    with place.locked():
        described, plan = running(place)
        known = fault(described.fault)
        if known is None:
            raise OvltuiError("no fault is in; ovltui lab break --random puts one in.")
        place.write(replace(described, hints=described.hints + 1))
    if described.hints < len(known.hints):
        return known.hints[described.hints]
    return "this mends it:\n" + "\n".join(f"  {by_hand(one, plan)}" for one in known.mends(Victims(plan)))


def mend(place: Place) -> Verdict:
    """Undo the fault that is in by its own remedy, and examine the lab; errors as in ``hint``."""
    with place.locked():
        described, plan = running(place)
        known = fault(described.fault)
        if known is None:
            raise OvltuiError("no fault is in; ovltui lab break --random puts one in.")
        run_all(known.mends(Victims(plan)), described, plan)
    return check(place)


def check(place: Place) -> Verdict:
    """Examine the lab; a fault that was repaired is forgotten.

    Raises:
        OvltuiError: no lab is up, or it cannot be examined.
    """
    with place.locked():
        described, plan = running(place)
        verdict = examine(described, plan)
        if verdict.right and described.fault:
            place.write(replace(described, fault="", hints=0))
    return verdict


def examine(described: Description, plan: Plan) -> Verdict:
    """Compare the lab with its plan and ping from node to node; errors as in ``check``."""
    found, gone = observe(plan, described)
    missing, beyond = differences(plan, found)
    gone_files = {space.file for space in gone}
    known = fault(described.fault)
    return Verdict(
        fault=described.fault,
        symptom=str(known.symptom) if known else "",
        gone=gone,
        lost=_first_losses(described, plan, gone_files),
        missing=tuple(fact for fact in missing if fact.file not in gone_files),
        beyond=beyond,
        mends=tuple(by_hand(one, plan) for one in known.mends(Victims(plan))) if known else (),
    )


def run_all(commands: Sequence[Command], described: Description, plan: Plan) -> None:
    """Run commands, each in its namespace.

    Raises:
        OvltuiError: one of them failed.
    """
    for command in commands:
        netns_id = described.ids.get(command.space.file)
        ran = inside.run(plan.path(command.space), netns_id, command.words)
        if ran.status:
            raise OvltuiError(f"{by_hand(command, plan)} says {ran.says!r}.")


def by_hand(command: Command, plan: Plan) -> str:
    """Return the line that a person types to run a command in its namespace."""
    return f"ovltui exec {plan.path(command.space)} -- {' '.join(command.words)}"


def _lacking(chosen: Fault) -> str:
    """Return a command that a fault needs and that is not installed; empty for none."""
    needed = {command.words[0] for command in chosen.breaks(Victims(_example()))}
    return next((tool for tool in sorted(needed) if not inside.is_installed(tool)), "")


def _example() -> Plan:
    return Description("", "0" * 12, 2, 1).plan("")


def _first_losses(described: Description, plan: Plan, gone: set[str]) -> tuple[Lost, ...]:
    """Return the pings that were lost from the first node of which any were lost.

    Those behind it are not tried: what comes in teaches vxlan0 rows, which would hide a fault for five minutes.
    """
    for source in range(len(plan.nodes)):
        if lost := _pings(source, described, plan, gone):
            return tuple(lost)
    return ()


def _pings(source: int, described: Description, plan: Plan, gone: set[str]) -> list[Lost]:
    """Return the pings that were lost from the first container of one node to those of the others, and to its own lb.

    What is sent on one node alone teaches vxlan0 nothing.
    """
    firsts = [node.endpoints[1] for node in plan.nodes]
    own, near = firsts[source].space, plan.nodes[source].endpoints[0]
    echoes = {
        Echo(other.address, size): Lost(own.name, other.space.name, size)
        for number, other in enumerate(firsts)
        for size in (SMALL, LARGE)
        if number != source
    }
    echoes[Echo(near.address, SMALL)] = Lost(own.name, near.space.name, SMALL)
    if own.file in gone:
        return list(echoes.values())
    wanted = described.ids.get(own.file)
    try:
        with opened(plan.path(own), follow=False) as namespace:
            right = wanted in (None, namespace.id)
            heard = visit(namespace.fd, lambda: answered(tuple(echoes), _PATIENCE_S)) if right else frozenset()
    except PermissionError as error:
        raise PrivilegeError(f"the kernel does not let us ping from {own.file} ({error.strerror}).") from error
    except OSError as error:
        raise NetnsError(f"{own.file} of the lab is gone ({error.strerror}).") from error
    return [lost for echo, lost in echoes.items() if echo not in heard]
