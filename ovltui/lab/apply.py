"""Building a lab: namespaces, the links in them, and a process in each container.

Source: ``lab.layout``, run by ``ip`` and ``bridge``. Privileges: root. Incomplete: what fails is undone at once; a
build that was killed stays half built, known by its description, until it is removed.
"""

import secrets
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from ovltui.errors import OvltuiError, PrivilegeError
from ovltui.kernel import inside, netns_file, sleeper
from ovltui.lab.description import Description
from ovltui.lab.layout import Batch, attachment, batches
from ovltui.lab.place import Place, boot_id
from ovltui.lab.plan import Plan, Space
from ovltui.lab.teardown import tear_down

COMMANDS = ("ip", "bridge")
"""Of the package iproute2."""
_NO_SUCH_KIND = ("Unknown device type", "Operation not supported")
"""What the kernel says of links that it has no module for."""


Made = Callable[[Collection[int]], None]
"""Called with the kernel ids of namespaces that were made and are empty still: whoever listens gets ready."""


def up(place: Place, nodes: int, containers: int, *, without: str = "", made: Made = lambda _: None) -> Plan:
    """Build a lab and return its plan; it is there whole when this returns, or not at all.

    Args:
        place: where it is to lie.
        nodes: how many nodes.
        containers: how many on each.
        without: a container that ``start`` starts later; empty for none.
        made: called between making the namespaces and filling them.

    Raises:
        UsageError: there is no room for so many.
        PrivilegeError: we are not root.
        OvltuiError: a lab is up already, or the kernel or a command refused.
    """
    described = Description(boot_id(), secrets.token_hex(6), nodes, containers, without=without)
    wanted = described.plan(place.spaces)
    _require_commands()
    with place.locked():
        refuse_a_second(place)
        with _whole_or_nothing(place):
            _build(place, described, wanted, made)
    return wanted


def start(place: Place, made: Made = lambda _: None) -> Plan:
    """Start the container that the lab was built without, and return the plan with it.

    Args:
        place: where the lab lies.
        made: called between making its namespace and attaching it.

    Raises:
        PrivilegeError: we are not root.
        OvltuiError: no lab is up, none of its containers waits, or the kernel or a command refused: the lab is removed.
    """
    _require_commands()
    with place.locked():
        described = place.read()
        if described is None or not described.without or not described.whole or described.boot != boot_id():
            raise OvltuiError("no lab is up whose container waits to be started.")
        wanted = replace(described, without="").plan(place.spaces)
        container = next(one for one in wanted.containers if one.space.name == described.without)
        with _whole_or_nothing(place):
            place.write(replace(described, without="", whole=False))
            ids = {**described.ids, **_make(wanted, (container.space,))}
            place.write(replace(described, without="", whole=False, ids=ids))
            sleeper.start(wanted.path(container.space), wanted.marks(container.space))
            made(ids.values())
            for batch in attachment(wanted, container):
                _run(batch, wanted)
            place.write(replace(described, without="", ids=ids))
    return wanted


def refuse_a_second(place: Place) -> None:
    """Raise a sentence if a lab is up, or what is left of one."""
    if not place.exists():
        return
    found = place.read()
    if found is None or not found.whole:
        raise OvltuiError("a half-built lab is there; ovltui lab down removes it.")
    raise OvltuiError("a lab is up already; ovltui lab status shows it, ovltui lab down removes it.")


@contextmanager
def _whole_or_nothing(place: Place) -> Iterator[None]:
    """Remove the lab if the block fails."""
    try:
        yield
    except PermissionError as error:
        tear_down(place)
        raise PrivilegeError(f"The kernel does not let us make namespaces ({error.strerror}): be root.") from error
    except OSError as error:
        tear_down(place)
        raise OvltuiError(f"A namespace cannot be made ({error.strerror}).") from error
    except BaseException:
        tear_down(place)
        raise


def _require_commands() -> None:
    missing = [command for command in COMMANDS if not inside.is_installed(command)]
    if missing:
        raise OvltuiError(f"ovltui lab needs {' and '.join(missing)}, of the package iproute2.")


def _make(wanted: Plan, spaces: Iterable[Space]) -> dict[str, int]:
    """Make namespaces; return the kernel ids of those that have lasting ones, by file."""
    namespaces = {space.file: netns_file.make(wanted.path(space)) for space in spaces}
    return {file: namespace.id for file, namespace in namespaces.items() if namespace.lasting}


def _build(place: Place, described: Description, wanted: Plan, made: Made) -> None:
    place.make()
    place.write(described)
    ids = _make(wanted, wanted.spaces)
    place.write(replace(described, ids=ids))
    made(ids.values())
    for batch in batches(wanted):
        _run(batch, wanted)
    for endpoint in wanted.containers:
        sleeper.start(wanted.path(endpoint.space), wanted.marks(endpoint.space))
    place.write(replace(described, ids=ids, whole=True))


def _run(batch: Batch, wanted: Plan) -> None:
    ran = inside.run(wanted.path(batch.space), None, (batch.tool, "-batch", "-"), "\n".join(batch.lines) + "\n")
    if ran.status == 0:
        return
    if any(said in ran.says for said in _NO_SUCH_KIND):
        why = f"the kernel has no veth, bridge or vxlan: load the modules of these names ({ran.says})"
        raise OvltuiError(f"the lab cannot be built: {why}.")
    raise OvltuiError(f"the lab cannot be built: {batch.tool} in {batch.space.file} says {ran.says!r}.")
