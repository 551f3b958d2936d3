"""A Docker network out of the answer of the Docker Engine API.

Source: ``GET /networks``. Pure. Incomplete: a swarm worker knows an overlay network only while one of its
containers is attached; of an overlay with several subnets, which has a VXLAN for each, the first identifier
is told.
"""

from collections.abc import Mapping
from typing import Any

from ovltui.identity.answer import mapping, rows, text
from ovltui.identity.model import Network

_VNIS = "com.docker.network.driver.overlay.vxlanid_list"


def listed(answer: object) -> tuple[Network, ...]:
    """Return the networks of ``GET /networks``, sorted by name and id.

    Raises:
        MalformedAnswerError: it is no such list.
    """
    return tuple(sorted((_network(row) for row in rows(answer, "networks")), key=lambda one: (one.name, one.id)))


def _network(row: Mapping[str, Any]) -> Network:
    configs = rows(mapping(row, "IPAM").get("Config"), "IPAM Config")
    return Network(
        id=text(row, "Id"),
        name=text(row, "Name"),
        driver=text(row, "Driver"),
        scope=text(row, "Scope", ""),
        ingress=row.get("Ingress") is True,
        vni=_vni(text(mapping(row, "Options"), _VNIS, "")),
        subnets=tuple(subnet for subnet in (text(config, "Subnet", "") for config in configs) if subnet),
    )


def _vni(told: str) -> int | None:
    first = told.split(",", 1)[0].strip()
    return int(first) if first.isascii() and first.isdigit() else None
