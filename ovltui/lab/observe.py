"""What is true in each namespace of a lab now, in the words of ``lab.facts``.

Source: ``ip -json`` and ``bridge -json`` in each of them. Privileges: root. Incomplete: what changes meanwhile; learned
rows are left out but where they contradict the plan; so are IPv6 and other route tables than main.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ovltui.errors import NetnsError, OvltuiError
from ovltui.kernel import inside
from ovltui.lab import facts
from ovltui.lab.description import Description
from ovltui.lab.facts import About, Fact, Link
from ovltui.lab.plan import Plan, Role, Space
from ovltui.text import clean

_TABLES = "address show\nroute show\nneigh show\n"
"""What is asked in each namespace; with details, addresses come with all about their links."""


def observe(plan: Plan, described: Description) -> tuple[frozenset[Fact], tuple[Space, ...]]:
    """Return the facts that hold now, and the namespaces that are gone.

    Args:
        plan: the lab as it is to be.
        described: the same lab, with the ids of its namespaces.

    Raises:
        OvltuiError: a command is missing, or says what nobody understands.
    """
    found: set[Fact] = set()
    gone = []
    for space in plan.spaces:
        try:
            found.update(_of_space(space, plan, described.ids.get(space.file)))
        except NetnsError:
            gone.append(space)
    return frozenset(found), tuple(gone)


def differences(plan: Plan, found: frozenset[Fact]) -> tuple[tuple[Fact, ...], tuple[Fact, ...]]:
    """Return the facts that are missing, and those that hold beyond the plan; each sorted.

    A link that nobody planned is no difference, unless it holds a VNI.
    """
    planned = facts.facts(plan)
    files = {space.file for space in plan.spaces}
    names = {(fact.file, fact.text.split()[1]) for fact in planned if fact.about is About.LINK}
    beyond = {fact for fact in found - planned if fact.file in files and _matters(fact, names)}
    return tuple(sorted(planned - found)), tuple(sorted(beyond))


def _matters(fact: Fact, planned: set[tuple[str, str]]) -> bool:
    return fact.about is not About.LINK or (fact.file, fact.text.split()[1]) in planned


def _of_space(space: Space, plan: Plan, netns_id: int | None) -> Iterator[Fact]:
    path = plan.path(space)
    ran = inside.run(path, netns_id, ("ip", "-details", "-json", "-batch", "-"), _TABLES)
    links, routes, neighbours = _documents(ran, 3)
    for row in links:
        yield from _link(space, row)
    for row in routes:
        src = "" if row.get("dst") == "default" else _text(row, "prefsrc")
        yield facts.route(space.file, _text(row, "dst"), _text(row, "dev"), via=_text(row, "gateway"), src=src)
    for row in neighbours:
        yield from _neighbour(space, row, plan)
    if space.role is Role.OVERLAY:
        (rows,) = _documents(inside.run(path, netns_id, ("bridge", "-json", "fdb", "show")), 1)
        own = next((node.endpoints for node in plan.nodes if node.overlay is space), ())
        macs = {endpoint.mac for endpoint in own}
        for row in rows:
            if "master" in row and row.get("ifname") == "vxlan0" and row.get("mac") in macs:
                yield facts.misplaced(space.file, _text(row, "mac"), _text(row, "master"))
            if row.get("state") == "permanent" and "dst" in row and "self" in row.get("flags", ()):
                yield facts.fdb(space.file, _text(row, "mac"), _text(row, "dst"), _text(row, "ifname"))


def _link(space: Space, row: Mapping[str, Any]) -> Iterator[Fact]:
    ifname = _text(row, "ifname")
    if ifname == "lo":
        return
    mac = _text(row, "address") if space.role in (Role.LOADBALANCER, Role.CONTAINER) else ""
    up = "UP" in row.get("flags", ())
    yield facts.link(space.file, Link(ifname, int(row.get("mtu", 0)), up, _text(row, "master"), mac))
    info = row.get("linkinfo", {})
    if info.get("info_kind") == "vxlan":
        yield facts.vxlan(space.file, ifname, int(info.get("info_data", {}).get("id", 0)))
    for one in row.get("addr_info", ()):
        if one.get("family") == "inet":
            yield facts.address(space.file, ifname, _text(one, "local"), int(one.get("prefixlen", 0)))


def _neighbour(space: Space, row: Mapping[str, Any], plan: Plan) -> Iterator[Fact]:
    dst, mac, dev = _text(row, "dst"), _text(row, "lladdr"), _text(row, "dev")
    if space.role is Role.OVERLAY and "PERMANENT" in row.get("state", ()):
        yield facts.neigh(space.file, dst, mac, dev)
    elif space.role is Role.CONTAINER and mac:
        right = {endpoint.address: endpoint.mac for node in plan.nodes for endpoint in node.endpoints}
        if right.get(dst, mac) != mac:
            yield Fact(space.file, About.MEMORY, f"neigh {dst} dev {dev} lladdr {mac}")


def _documents(ran: inside.Ran, number: int) -> list[list[Mapping[str, Any]]]:
    """Return the tables that a command of iproute2 printed, one behind the other.

    Raises:
        OvltuiError: it failed, or printed something else.
    """
    if ran.status:
        raise OvltuiError(f"iproute2 says {ran.says!r}.")
    decoder, text, found = json.JSONDecoder(), ran.out.strip(), []
    try:
        while text:
            rows, end = decoder.raw_decode(text)
            found.append([row for row in rows if row])  # {} stands where it leaves a row out
            text = text[end:].lstrip()
    except (ValueError, TypeError) as error:
        raise OvltuiError("iproute2 does not answer in JSON; ovltui lab needs version 4.18 or newer.") from error
    if len(found) != number:
        raise OvltuiError(f"iproute2 gives {len(found)} tables, not {number}.")
    return found


def _text(row: Mapping[str, Any], key: str) -> str:
    found = row.get(key, "")
    return clean(found) if isinstance(found, str) else ""
