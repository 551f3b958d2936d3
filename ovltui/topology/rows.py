"""The topology as objects of JSON, one a line.

Source: ``Topology`` and ``Endpoints``. Pure. Incomplete: as these.
"""

from collections.abc import Iterator
from typing import Any

from ovltui.netns.model import NetnsKey
from ovltui.topology.endpoints import Endpoints
from ovltui.topology.links import Link, LinkKey
from ovltui.topology.model import End, Topology, Vtep


def rows(topology: Topology, endpoints: Endpoints) -> Iterator[dict[str, Any]]:
    """Yield an object for each namespace, link, tie and endpoint; ``object`` says which."""
    for node in topology.nodes.values():
        identity = node.place.identity
        yield {
            "object": "netns",
            "netns": node.name,
            "id": node.key.id,
            "kind": str(identity.kind),
            "network": identity.network,
            "vni": identity.vni,
            "gaps": list(node.place.contents.gaps),
        }
        for link in node.links.values():
            yield _link(node.name, link)
    for join in topology.joins():
        of = topology.link(join.of)
        yield {
            "object": "join",
            "kind": str(join.kind),
            "netns": topology.name(join.of.netns),
            "link": of.ifname if of else None,
            "to": _end(topology, join.to),
        }
    for node in topology.nodes.values():
        for link in node.links.values():
            if link.vxlan:
                yield from _endpoints(topology, endpoints, link)


def _link(netns: str, link: Link) -> dict[str, Any]:
    told: dict[str, Any] = {
        "object": "link",
        "netns": netns,
        "ifindex": link.key.ifindex,
        "ifname": link.ifname,
        "kind": link.kind,
        "state": link.state,
        "mtu": link.mtu,
        "address": link.address,
    }
    if link.vxlan:
        told |= {"id": link.vxlan.vni, "port": link.vxlan.port}
    return told | ({"vlan": link.vlan} if link.vlan is not None else {})


def _end(topology: Topology, end: End) -> dict[str, Any]:
    if isinstance(end, LinkKey):
        link = topology.link(end)
        return {"netns": topology.name(end.netns), "link": link.ifname if link else None}
    if isinstance(end, NetnsKey):
        return {"netns": topology.name(end)}
    if isinstance(end, Vtep):
        return {"vtep": end.address, "underlay": topology.name(end.underlay) if end.underlay else None}
    return {"netns": None, "nsid": end.nsid, "ifindex": end.ifindex, "says": str(end)}


def _endpoints(topology: Topology, endpoints: Endpoints, link: Link) -> Iterator[dict[str, Any]]:
    for behind in endpoints.behind(link):
        for endpoint in behind.endpoints:
            yield {
                "object": "endpoint",
                "netns": topology.name(link.key.netns),
                "link": link.ifname,
                "vtep": behind.vtep.address,
                "node": behind.name or None,
                "mac": endpoint.mac,
                "address": endpoint.address or None,
                "name": endpoint.name or None,
                "visible": endpoint.key is not None,
            }
