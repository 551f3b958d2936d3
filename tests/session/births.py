"""A container that starts on a made-up host: what Docker tells of it, and what the kernel does for it."""

import struct

from ovltui.events.decode_docker import pack_docker
from ovltui.events.record import OWN_NSID
from ovltui.identity.model import Container, EngineView
from ovltui.kernel import wire
from ovltui.netns.model import Mount, Netns, NetnsKey
from ovltui.session.acts import AFTER_NS
from ovltui.session.session import Session
from tests.session.made import HOST, OWN, address, link, message, named, nsid_event, own, route

MS = 1_000_000
START_NS = 1_700_000_000 * 10**9
WEB, SANDBOX = "c8feedfb8e89" + "0" * 52, "2f4fc677a4cb" + "0" * 52
WEB_NSID, BLUE_NSID = 9, 5
WEB_NETNS = Netns(
    NetnsKey(HOST, 40), 4026530040, WEB_NSID, False, (Mount(1, 1, f"/run/docker/netns/{SANDBOX[:12]}"),), ()
)
BLUE_NETNS = named(50, "blue", BLUE_NSID)
_LINK, _LINK_NETNSID, _LINKINFO, _KIND, _NEW_NETNSID, _NEW_IFINDEX = 5, 37, 18, 1, 45, 49


def number(kind: int, value: int) -> bytes:
    return wire.attribute(kind, struct.pack("=i", value))


def veth(ifindex: int, peer: int, *, there: int | None = None, kind: wire.Rtm = wire.Rtm.NEWLINK) -> bytes:
    """Return the message of a veth whose peer is in its own namespace, or in the one that it calls ``there``."""
    more = number(_LINK, peer) + (b"" if there is None else number(_LINK_NETNSID, there))
    return link(
        ifindex,
        f"veth{ifindex}".encode(),
        kind,
        more=more + wire.attribute(_LINKINFO, wire.attribute(_KIND, b"veth\0")),
    )


def moves(ifindex: int, there: int, new: int) -> bytes:
    """Return the message that says that a link leaves for the namespace that is called ``there``."""
    more = number(_NEW_NETNSID, there) + number(_NEW_IFINDEX, new)
    return link(ifindex, f"veth{ifindex}".encode(), wire.Rtm.DELLINK, more=more)


class World:
    """A session that knows the host, where the engine runs, the container ``web``, and ``blue``, which is nobody's."""

    def __init__(self, limit: int = 1_000_000) -> None:
        self.session = Session(HOST, OWN, limit)
        self.session.tenures.bind(BLUE_NSID, BLUE_NETNS.key, 0)
        self.session.tenures.bind(WEB_NSID, WEB_NETNS.key, 0)
        self.session.publish((own(), BLUE_NETNS, WEB_NETNS))
        tenure = self.session.tenures.of(WEB_NETNS.key)
        assert tenure is not None
        tenure.sights.learn(0, 0, OWN_NSID)
        container = Container(WEB, "web", 0, SANDBOX, "bridge", ("bridge",))
        view = EngineView("unix:///x", True, True, "", "AAAA", "vm", "28", 7, 1, OWN, (container,), ())
        self.session.engines_changed([view])
        self.now_ms = 0

    def hear(self, nsid: int, *raws: bytes, at_ms: int | None = None) -> list[int]:
        """Let messages come a millisecond apart; return their sequence numbers."""
        start = self.session.ring.end
        for raw in raws:
            self.now_ms = self.now_ms + 1 if at_ms is None else at_ms
            self.session.feed(message(raw, nsid, START_NS + self.now_ms * MS))
        return list(range(start, self.session.ring.end))

    def docker(self, action: str, *, kind: str = "container", at_ms: int | None = None) -> int:
        self.now_ms = self.now_ms + 1 if at_ms is None else at_ms
        subject, name = (WEB, "web") if kind == "container" else ("n" * 64, "bridge")
        given = {"container": WEB, "containerName": "web"} if kind == "network" else {}
        payload = pack_docker("AAAA", kind, action, subject=subject, name=name, attributes=given)
        self.session.docker_event(START_NS + self.now_ms * MS, payload)
        return self.session.ring.end - 1

    def settle(self, later_ns: int = AFTER_NS) -> None:
        self.session.bursts.settle(START_NS + self.now_ms * MS + later_ns)

    def birth(self, *, numbered: bool = True) -> tuple[list[int], list[int], int]:
        """Let the container start; return the kernel's records, the others of Docker, and the start."""
        create = self.docker("create")
        kernel = self.hear(OWN_NSID, veth(11, 12), veth(12, 11))
        connect = self.docker("connect", kind="network")
        kernel += self.hear(OWN_NSID, moves(12, WEB_NSID, 12))
        kernel += self.hear(OWN_NSID, *([nsid_event(wire.Rtm.NEWNSID, WEB_NSID)] if numbered else ()))
        kernel += self.hear(WEB_NSID, veth(12, 11, there=0), address(12, "10.0.0.7"), route(12))
        kernel += self.hear(OWN_NSID, veth(11, 12, there=WEB_NSID), route(11))
        return kernel, [create, connect], self.docker("start")
