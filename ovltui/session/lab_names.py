"""What the namespaces of a lab are called: as Docker's are, each node with an engine's label of its own.

Source: the description of the lab, by kernel id, read again when the file changed. Privileges: root, who alone sees
these namespaces. Incomplete: on kernels whose ids do not last, the lab has no names; a description of another boot
names nothing.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from ovltui.errors import OvltuiError, PrivilegeError
from ovltui.identity.model import Identity, Kind
from ovltui.lab.place import Place, boot_id
from ovltui.lab.plan import NETWORK, VNI, Plan, Role, Space
from ovltui.netns.model import NetnsKey

_KINDS = {
    Role.UNDERLAY: Kind.NAMED,
    Role.NODE: Kind.NAMED,
    Role.OVERLAY: Kind.OVERLAY,
    Role.LOADBALANCER: Kind.LOADBALANCER,
    Role.CONTAINER: Kind.CONTAINER,
}
_ATTACHED = (Role.OVERLAY, Role.LOADBALANCER, Role.CONTAINER)


class LabNames:
    """The identities of the lab that is up, if one is.

    Args:
        host: the machine's name.
        place: where labs lie.
    """

    def __init__(self, host: str, place: Place | None = None) -> None:
        self._host = host
        self._place = place or Place()
        self._sign: object = None
        self.given: Mapping[NetnsKey, Identity] = MappingProxyType({})
        """What each namespace of the lab is; names as if each were alone."""
        self.gaps: tuple[str, ...] = ()
        """Why a description gives no names, a sentence."""

    def look(self) -> None:
        """Read the description, if it is another one than last time."""
        sign = self._place.sign()
        if sign == self._sign:
            return
        self._sign = sign
        self.given, self.gaps = MappingProxyType({}), ()
        try:
            described = self._place.read()
        except PrivilegeError:  # who may not read it sees none of these namespaces, and the sweep says so
            return
        except OvltuiError as error:
            self.gaps = (str(error).rstrip("."),)
            return
        if described and described.boot == boot_id():
            plan = described.plan(self._place.spaces)
            self.given = MappingProxyType(dict(self._identities(plan, described.ids)))

    def _identities(self, plan: Plan, ids: Mapping[str, int]) -> Iterator[tuple[NetnsKey, Identity]]:
        for space in plan.spaces:
            if space.file in ids:
                yield NetnsKey(self._host, ids[space.file]), _identity(space, plan)


def _identity(space: Space, plan: Plan) -> Identity:
    attached = space.role in _ATTACHED
    container = space.name if space.role is Role.CONTAINER else None
    return Identity(
        space.name,
        _KINDS[space.role],
        _why(space),
        engine=f"lab{space.node}" if space.node else "lab",
        network=NETWORK if attached else None,
        driver="overlay" if attached else None,
        network_id=plan.network_id if attached else None,
        vni=VNI if space.role is Role.OVERLAY else None,
        container=container,
    )


def _why(space: Space) -> str:
    where = f" of node{space.node}" if space.node and space.role is not Role.NODE else ""
    return f"the {space.role}{where} in the lab that ovltui lab up built"
