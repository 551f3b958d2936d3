"""The faults that can be put into a lab: those that people report of real overlay networks, one row each.

Source: the reports that each row was made after; the commands are a person's own, in the namespace that each names.
Pure. All of them strike between docker1n on node1 and docker2n on node2, so that one symptom says what to look for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from ovltui.lab.plan import PREFIX, SUBNET, UNDERLAY, UNDERLAY_MTU, VNI, mac_of
from ovltui.lab.victims import Command, Commands, Victims

_WRONG = 250
"""Last byte of an address that nobody in a lab has."""
_NET = f"{UNDERLAY}.0/{PREFIX}"
_GONE = 99
"""Last byte of the address of a container that is gone."""
_NARROW = 1400
"""Bytes of an underlay's MTU that leave no room for a VXLAN header."""


class Symptom(StrEnum):
    """What is told of a fault."""

    SILENCE = "docker1n does not reach docker2n: no ping is answered"
    LARGE = "docker1n reaches docker2n, but not by ping -s 1400"
    NEAR = "docker1n reaches docker2n, but not lb-mynet01 beside it"
    ROWS = "every ping passes, but node1 knows a container long gone"


@dataclass(frozen=True, slots=True)
class Fault:
    """One row."""

    name: str
    symptom: Symptom
    hints: tuple[str, ...]
    """Where to look, each clearer than the one before; the remedy itself comes after the last."""
    breaks: Callable[[Victims], Commands]
    """Returns the commands that put it in."""
    mends: Callable[[Victims], Commands]
    """Returns the commands that undo it."""


FAULTS: tuple[Fault, ...] = (
    Fault(
        "fdb-lost",
        Symptom.SILENCE,
        (
            "watch the neigh pane while docker1n pings: what is looked up, and missed?",
            "compare bridge fdb in mynet01 of node1 with what docker2n calls its MAC address",
        ),
        lambda at: (at.in_overlay(f"bridge fdb del {at.mac} dev vxlan0 dst {at.other.vtep} self"),),
        lambda at: (at.in_overlay(f"bridge fdb replace {at.mac} dev vxlan0 dst {at.other.vtep} self permanent"),),
    ),
    Fault(
        "neigh-lost",
        Symptom.SILENCE,
        (
            "docker1n asks by ARP, which vxlan0 answers for those on other nodes: does it?",
            "compare ip neigh in mynet01 of node1 with the addresses of the containers on node2",
        ),
        lambda at: (at.in_overlay(f"ip neigh del {at.address} dev vxlan0"), at.forget()),
        lambda at: (
            at.in_overlay(f"ip neigh replace {at.address} lladdr {at.mac} dev vxlan0 nud permanent"),
            at.forget(),
        ),
    ),
    Fault(
        "neigh-stale",
        Symptom.SILENCE,
        (
            "docker1n gets an answer to its ARP request: which MAC address does it believe in?",
            "vxlan0 answers from ip neigh in mynet01 of node1: compare with ip link in docker2n",
        ),
        lambda at: (
            at.in_overlay(f"ip neigh replace {at.address} lladdr {mac_of(_WRONG)} dev vxlan0 nud permanent"),
            at.forget(),
        ),
        lambda at: (
            at.in_overlay(f"ip neigh replace {at.address} lladdr {at.mac} dev vxlan0 nud permanent"),
            at.forget(),
        ),
    ),
    Fault(
        "wrong-vtep",
        Symptom.SILENCE,
        (
            "the packets leave node1: to which address in the underlay?",
            "compare dst in bridge fdb of mynet01 on node1 with ip address on node2",
        ),
        lambda at: (at.in_overlay(f"bridge fdb replace {at.mac} dev vxlan0 dst {UNDERLAY}.{_WRONG} self permanent"),),
        lambda at: (at.in_overlay(f"bridge fdb replace {at.mac} dev vxlan0 dst {at.other.vtep} self permanent"),),
    ),
    Fault(
        "fdb-stale",
        Symptom.ROWS,
        (
            "which addresses does mynet01 of node1 know, and which container has each?",
            "vxlan0 has two rows for each container elsewhere: one by its address, one by its MAC address",
        ),
        lambda at: (
            at.in_overlay(f"ip neigh replace {at.gone(_GONE)} lladdr {mac_of(_GONE)} dev vxlan0 nud permanent"),
            at.in_overlay(f"bridge fdb replace {mac_of(_GONE)} dev vxlan0 dst {at.other.vtep} self permanent"),
        ),
        lambda at: (
            at.in_overlay(f"ip neigh del {at.gone(_GONE)} dev vxlan0"),
            at.in_overlay(f"bridge fdb del {mac_of(_GONE)} dev vxlan0 dst {at.other.vtep} self"),
        ),
    ),
    Fault(
        "local-mac-on-vxlan",
        Symptom.SILENCE,
        (
            "docker1n does not even hear answers to its ARP requests: where do they go?",
            "bridge fdb in mynet01 of node1: behind which port is the MAC address of docker1n said to be?",
        ),
        # A row that was only learned would move back with the next frame that docker1n sends.
        lambda at: (at.in_overlay(f"bridge fdb replace {at.own.mac} dev vxlan0 master static sticky"),),
        lambda at: (at.in_overlay(f"bridge fdb del {at.own.mac} dev vxlan0 master"), at.forget()),
    ),
    Fault(
        "local-address-proxied",
        Symptom.NEAR,
        (
            "docker1n gets two answers to its ARP request: which MAC address does it believe in?",
            "vxlan0 answers for those on other nodes: for whom does it answer in mynet01 of node1?",
        ),
        lambda at: (
            at.in_overlay(f"ip neigh replace {at.balancer.address} lladdr {mac_of(_WRONG)} dev vxlan0 nud permanent"),
            # Where the load balancer asks whether docker1n is still there, docker1n learns the right address from that.
            Command(at.balancer.space, ("ip", "neigh", "flush", "dev", "eth0")),
            at.forget(),
        ),
        lambda at: (at.in_overlay(f"ip neigh del {at.balancer.address} dev vxlan0"), at.forget()),
    ),
    Fault(
        "source-address",
        Symptom.SILENCE,
        (
            "packets reach node1 and are dropped there: from which address do they come?",
            "compare ip address and ip route on node2 with what bridge fdb on node1 expects of it",
        ),
        lambda at: (
            at.on_other(f"ip address add {UNDERLAY}.202/{PREFIX} dev eth0"),
            at.on_other(f"ip route replace {_NET} dev eth0 proto kernel scope link src {UNDERLAY}.202"),
        ),
        lambda at: (
            at.on_other(f"ip route replace {_NET} dev eth0 proto kernel scope link src {at.other.vtep}"),
            at.on_other(f"ip address del {UNDERLAY}.202/{PREFIX} dev eth0"),
        ),
    ),
    Fault(
        "mtu",
        Symptom.LARGE,
        (
            "a VXLAN packet is 50 bytes larger than what it carries",
            "compare the MTU of each link on the way: eth0 of docker1n, vxlan0, eth0 of node1",
        ),
        lambda at: (at.on_node(f"ip link set eth0 mtu {_NARROW}"),),
        lambda at: (at.on_node(f"ip link set eth0 mtu {UNDERLAY_MTU}"),),
    ),
    Fault(
        "stray-vxlan",
        Symptom.SILENCE,
        (
            "which links does mynet01 have on node2, and which on node1?",
            f"on node1 the kernel refuses a new vxlan link of VNI {VNI}, since there is one: where?",
        ),
        lambda at: (
            at.in_overlay(f"ip link set vxlan0 netns {at.plan.path(at.node.space)}"),
            at.on_node(f"ip link set vxlan0 name {at.stray}"),
        ),
        lambda at: (
            at.on_node(f"ip link set {at.stray} netns {at.plan.path(at.node.overlay)}"),
            at.in_overlay(f"ip link set {at.stray} name vxlan0"),
            at.in_overlay("ip link set vxlan0 master br0 up"),
            *at.rows(),
        ),
    ),
    Fault(
        "port-out",
        Symptom.SILENCE,
        (
            "docker1n reaches nobody at all, while others on node1 do",
            "compare bridge link in mynet01 of node1 with that of node2",
        ),
        lambda at: (at.in_overlay(f"ip link set {at.port} nomaster"),),
        lambda at: (at.in_overlay(f"ip link set {at.port} master br0"),),
    ),
    Fault(
        "port-down",
        Symptom.SILENCE,
        (
            "docker1n reaches nobody at all: does its eth0 have a carrier?",
            "the other end of its eth0 is in mynet01 of node1",
        ),
        lambda at: (at.in_overlay(f"ip link set {at.port} down"),),
        lambda at: (at.in_overlay(f"ip link set {at.port} up"),),
    ),
    Fault(
        "underlay-down",
        Symptom.SILENCE,
        (
            "nobody on node1 reaches anybody on another node",
            "do the nodes reach each other, without any overlay?",
        ),
        lambda at: (at.on_node("ip link set eth0 down"),),
        lambda at: (
            at.on_node("ip link set eth0 up"),
            at.on_node(f"ip route replace default via {UNDERLAY}.254"),
        ),
    ),
    Fault(
        "filtered",
        Symptom.SILENCE,
        (
            "the nodes reach each other by ping, but their VXLAN packets do not arrive",
            "VXLAN is UDP to port 4789: what does node1 let in?",
        ),
        lambda at: (at.on_node("iptables -I INPUT -p udp --dport 4789 -j DROP"),),
        lambda at: (at.on_node("iptables -D INPUT -p udp --dport 4789 -j DROP"),),
    ),
    Fault(
        "vxlan-down",
        Symptom.SILENCE,
        (
            "nobody on node1 reaches anybody on another node, but the nodes reach each other",
            "compare ip link and ip neigh in mynet01 of both nodes: a link that goes down forgets",
        ),
        lambda at: (at.in_overlay("ip link set vxlan0 down"),),
        lambda at: (at.in_overlay("ip link set vxlan0 up"), *at.rows()),
    ),
    Fault(
        "address-lost",
        Symptom.SILENCE,
        (
            "docker1n does not even try",
            "compare ip address and ip route in docker1n and docker2n",
        ),
        lambda at: (at.in_container(f"ip address flush dev eth0 to {SUBNET}"),),
        lambda at: (at.in_container(f"ip address add {at.node.endpoints[1].address}/{PREFIX} brd + dev eth0"),),
    ),
    Fault(
        "route-lost",
        Symptom.SILENCE,
        (
            "docker1n does not even try, though it has its address",
            "compare ip route in docker1n and docker2n",
        ),
        lambda at: (at.in_container(f"ip route del {SUBNET} dev eth0"),),
        lambda at: (
            at.in_container(
                f"ip route add {SUBNET} dev eth0 proto kernel scope link src {at.node.endpoints[1].address}"
            ),
        ),
    ),
)


def fault(name: str) -> Fault | None:
    """Return the fault of that name, or None."""
    return next((one for one in FAULTS if one.name == name), None)
