"""What an engine intends of a network, and its seat in the swarm, out of the answers of the Docker Engine API.

Source: ``GET /networks/{id}?verbose=true``, ``GET /info`` and, of a manager, ``GET /nodes``. Pure. Strict: of an answer
that is not as promised nothing is taken, since half of a list would accuse the rows of the other half. Incomplete: an
engine tells the endpoints of other nodes as its gossip knows them, without MAC, and of their load balancers nothing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ovltui.identity.answer import as_mapping, mapping, rows, text
from ovltui.identity.intent import Intent, Member, Peer, Seat

_VNIS = "com.docker.network.driver.overlay.vxlanid_list"
_MTU = "com.docker.network.driver.mtu"
_DIGITS = 9
"""Of the largest number that is meant."""


def intent(url: str, answer: object, asked_ns: int) -> Intent:
    """Return what an engine intends of one network.

    Args:
        url: the engine's endpoint.
        answer: the decoded answer of ``GET /networks/{id}?verbose=true``.
        asked_ns: when it was given, in nanoseconds since the epoch.

    Raises:
        MalformedAnswerError: it is no such answer.
    """
    told = as_mapping(answer, "network")
    options = mapping(told, "Options")
    configs = rows(mapping(told, "IPAM").get("Config"), "IPAM Config")
    return Intent(
        url=url,
        network=text(told, "Id"),
        name=text(told, "Name"),
        driver=text(told, "Driver", ""),
        vni=_number(text(options, _VNIS, "").split(",", 1)[0]),
        encrypted="encrypted" in options and text(options, "encrypted", "") != "false",
        subnets=_told(configs, "Subnet"),
        gateways=tuple(_bare(gateway) for gateway in _told(configs, "Gateway")),
        mtu=_number(text(options, _MTU, "")),
        peers=tuple(Peer(text(peer, "Name", ""), text(peer, "IP", "")) for peer in rows(told.get("Peers"), "Peers")),
        members=tuple(_members(mapping(told, "Containers"), mapping(told, "Services"))),
        asked_ns=asked_ns,
    )


def seat(url: str, info: object, nodes: object) -> Seat:
    """Return what an engine says of its place in the swarm.

    Args:
        url: the engine's endpoint.
        info: the decoded answer of ``GET /info``.
        nodes: that of ``GET /nodes``; None where the engine is no manager.

    Raises:
        MalformedAnswerError: they are no such answers.
    """
    swarm = mapping(as_mapping(info, "info"), "Swarm")
    return Seat(
        url=url,
        state=text(swarm, "LocalNodeState", "inactive"),
        node=text(swarm, "NodeID", ""),
        address=text(swarm, "NodeAddr", ""),
        manager=swarm.get("ControlAvailable") is True,
        nodes=tuple(_node(node) for node in rows(nodes, "nodes")),
    )


def _node(node: Mapping[str, Any]) -> tuple[str, str, str]:
    status = mapping(node, "Status")
    address = text(status, "Addr", "")
    if not any(part.strip("0") for part in re.split("[.:]", address)):  # a leader may say 0.0.0.0 of itself
        address = text(mapping(node, "ManagerStatus"), "Addr", "").rpartition(":")[0].strip("[]")
    return text(node, "ID"), address, text(status, "State", "")


def _members(containers: Mapping[str, Any], services: Mapping[str, Any]) -> Iterator[Member]:
    """Yield each endpoint once: those of this engine with their MAC, all with where they run as far as it is said."""
    tasks = {text(task, "EndpointID", "") or text(task, "EndpointIP", ""): task for task in _tasks(services)}
    for container, value in containers.items():
        told = as_mapping(value, "container")
        endpoint = text(told, "EndpointID", "")
        address = _bare(text(told, "IPv4Address", ""))
        task = tasks.pop(endpoint, {})
        if address:
            yield Member(
                name=text(told, "Name", ""),
                endpoint=endpoint,
                address=address,
                host=_host(task),
                mac=text(told, "MacAddress", "").lower(),
                local=True,
                container=text({"Id": container}, "Id"),
            )
    for task in tasks.values():
        endpoint, address = text(task, "EndpointID", ""), _bare(text(task, "EndpointIP", ""))
        if address:
            yield Member(text(task, "Name", ""), endpoint, address, _host(task), mac="", local=False)


def _tasks(services: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for service in services.values():
        yield from rows(as_mapping(service, "service").get("Tasks"), "Tasks")


def _host(task: Mapping[str, Any]) -> str:
    return text(mapping(task, "Info"), "Host IP", "")


def _told(found: Iterable[Mapping[str, Any]], key: str) -> tuple[str, ...]:
    return tuple(value for value in (text(one, key, "") for one in found) if value)


def _bare(address: str) -> str:
    """Return an address without prefix length."""
    return address.split("/", 1)[0]


def _number(told: str) -> int | None:
    told = told.strip()
    return int(told) if told.isascii() and told.isdigit() and len(told) <= _DIGITS else None
