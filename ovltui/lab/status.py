"""What is there of a lab: each namespace, and the process of each container.

Source: the description, the files that keep the namespaces, and /proc. Privileges: root. Incomplete: what is in the
namespaces is not looked at; ``lab.trouble`` does.
"""

from dataclasses import dataclass

from ovltui.kernel import sleeper
from ovltui.kernel.namespace import opened
from ovltui.lab.description import Description
from ovltui.lab.homes import Homes
from ovltui.lab.place import Place, boot_id, require_root
from ovltui.lab.plan import MARK, Plan, Role, Space


@dataclass(frozen=True, slots=True)
class Part:
    """One namespace of the lab."""

    space: Space
    path: str
    """The file that keeps it."""
    address: str
    """Its address in the overlay network, or that of a node in the underlay; may be empty."""
    id: int | None
    """The kernel's id of it; None where it is gone."""
    pid: int | None
    """The process of a container; None where there is none."""

    @property
    def missing(self) -> bool:
        """Whether it, or the process that it is to have, is gone."""
        return self.id is None or (self.space.role is Role.CONTAINER and self.pid is None)


@dataclass(frozen=True, slots=True)
class Status:
    """The lab."""

    whole: bool
    """Whether it was laid out to the end, in this boot."""
    broken: bool
    """Whether a fault is in."""
    parts: tuple[Part, ...]

    @property
    def complete(self) -> bool:
        """Whether all of it is there."""
        return self.whole and not any(part.missing for part in self.parts)


def status(place: Place) -> Status | None:
    """Return what is there, or None where there is no lab; the parts of one without a description are not known.

    Raises:
        PrivilegeError: we are not root.
        OvltuiError: the description cannot be understood.
    """
    require_root()
    described = place.read()
    if described is None:
        return Status(whole=False, broken=False, parts=()) if place.exists() else None
    plan = described.plan(place.spaces)
    parts = _parts(described, plan) if described.boot == boot_id() else ()
    return Status(described.whole and bool(parts), bool(described.fault), parts)


def _parts(described: Description, plan: Plan) -> tuple[Part, ...]:
    addresses = {node.space: node.vtep for node in plan.nodes}
    addresses |= {endpoint.space: endpoint.address for node in plan.nodes for endpoint in node.endpoints}
    homes = Homes((plan.path(space) for space in plan.spaces), described.ids)
    sleeping = {file: pid for pid, file in homes.inhabitants() if sleeper.is_sleeper(pid, (MARK, described.token))}
    return tuple(
        Part(
            space,
            plan.path(space),
            addresses.get(space, ""),
            _id_at(plan.path(space), described.ids.get(space.file)),
            sleeping.get(space.file),
        )
        for space in plan.spaces
    )


def _id_at(path: str, wanted: int | None) -> int | None:
    """Return the id of the namespace at ``path`` if it is the one that was made."""
    try:
        with opened(path, follow=False) as namespace:
            return namespace.id if wanted in (None, namespace.id) else None
    except OSError:
        return None
