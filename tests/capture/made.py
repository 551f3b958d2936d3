"""Recordings made by hand: a session that is fed with messages, and recorded."""

import os
import random
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

from ovltui.capture.inputs import FORMAT, Start
from ovltui.capture.redact import Redactor
from ovltui.capture.sink import Sink
from ovltui.events.decode_docker import pack_docker
from ovltui.events.record import OWN_NSID, Record
from ovltui.events.ring import Ring
from ovltui.identity.model import Container, EngineView, Network
from ovltui.kernel import frames, wire
from ovltui.netns.model import Netns
from ovltui.session.player import Player
from ovltui.session.recorder import Recorder
from ovltui.session.session import Session
from tests.session import made

BASE_NS = 1_700_000_000_000_000_000
START = Start(FORMAT, "1.2.3", "", None, 0, kernel="6.1")
CONTAINER = "c0ffee" * 10 + "abcd"
NETWORK = "beefcafe" * 3 + "a"


def neigh(address: str, mac: str, kind: wire.Rtm = wire.Rtm.NEWNEIGH, ifindex: int = 3) -> bytes:
    """Return a neighbour message."""
    body = struct.pack("=BxxxiHBB", 2, ifindex, 0x80, 0, 1)
    packed = bytes(map(int, address.split(".")))
    lladdr = bytes.fromhex(mac.replace(":", ""))
    return wire.message(kind, 0, 0, body + wire.attribute(1, packed) + wire.attribute(2, lladdr))


def docker(action: str = "start") -> bytes:
    """Return an event of Docker."""
    return pack_docker(
        "engine1", "container", action, subject=CONTAINER, name="secretbox", attributes={"image": "private/image:7"}
    )


def view() -> EngineView:
    """Return what an engine says."""
    container = Container(CONTAINER, "secretbox", 77, "sand1", "hushnet", ("hushnet",))
    network = Network(NETWORK, "hushnet", "overlay", "swarm", ingress=False, vni=4097, subnets=("10.77.0.0/24",))
    return EngineView(
        *("unix:///run/clandestine.sock", True, True, "", "engine1", "nodename", "28.1", None, None, None),
        (container,),
        (network,),
    )


def story(seed: int, count: int) -> Iterator[tuple[int, bytes]]:
    """Yield nsid and message of things that happen in three namespaces and our own."""
    chance = random.Random(seed)
    for number in range(count):
        nsid = chance.choice((OWN_NSID, 2, 3, 4))
        what = chance.randrange(8)
        if what == 0:
            yield nsid, made.link(chance.randrange(2, 6), b"veth%d" % chance.randrange(4), change=0)
        elif what == 1:
            yield nsid, made.link(chance.randrange(2, 6), b"gone", wire.Rtm.DELLINK)
        elif what == 2:
            kind = chance.choice((wire.Rtm.NEWADDR, wire.Rtm.DELADDR))
            yield nsid, made.address(3, f"10.77.0.{chance.randrange(9)}", 24, kind)
        elif what == 3:
            yield nsid, made.route(chance.randrange(2, 6))
        else:
            yield nsid, neigh(f"10.77.0.{chance.randrange(20)}", f"02:42:0a:4d:00:{number % 16:02x}")


def feed(session: Session, seed: int, count: int, start_ns: int = BASE_NS) -> None:
    """Let a story happen, a millisecond each."""
    messages = (
        made.message(raw, nsid, start_ns + number * 10**6) for number, (nsid, raw) in enumerate(story(seed, count))
    )
    session.feed(b"".join(messages))


def netnses() -> list[Netns]:
    """Return our own namespace and three others."""
    return [made.own(), *(made.named(10 + nsid, f"hidden{nsid}", nsid) for nsid in (2, 3, 4))]


def new_session(limit: int = 1_000_000) -> Session:
    """Return a session that knows its namespaces."""
    session = Session(made.HOST, made.OWN, limit)
    for netns in netnses()[1:]:
        assert netns.nsid is not None
        session.stream.bind(netns.nsid, netns.key, 0)
    session.publish(netnses())
    session.engines_changed([view()])
    return session


def recorder(session: Session, path: Path, *, gzip: bool = False, redactor: Redactor | None = None) -> Recorder:
    """Return a recorder that writes one file."""
    return Recorder(session, lambda: Sink(os.fspath(path), gzip=gzip), START, redactor=redactor)


def recorded(path: Path, work: Callable[[Session], None], *, gzip: bool = False) -> Session:
    """Record what happens to a new session; return it."""
    session = new_session()
    one = recorder(session, path, gzip=gzip)
    one.start()
    work(session)
    one.close()
    assert not one.failure
    return session


def gap(lost: int = 5) -> bytes:
    """Return the frame of a gap."""
    return frames.gap(BASE_NS, lost, 1000)


def told(ring: Ring, first: int, end: int) -> list[Record]:
    """Return some records of a ring."""
    return [ring[seq] for seq in range(first, end)]


def playing(path: Path) -> Player:
    """Return a player of a file."""
    return Player(os.fspath(path))
