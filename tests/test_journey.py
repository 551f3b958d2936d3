"""A veth's journey through ``docker run`` and ``docker rm`` is shown whole, on a real engine."""

import re
import time

import pytest

from ovltui.events.line import as_text, line
from ovltui.session.live import LiveSession, Options
from tests.bed.engines import TwoEngines

pytestmark = pytest.mark.needs_root


def lines(session: LiveSession) -> list[str]:
    """Return namespace, mark and text of each line, single-spaced."""
    said = (line(session.ring[seq], session.names) for seq in range(session.ring.first, session.ring.end))
    return [" ".join(as_text(one, 1).split()[1:]) for one in said]


def test_the_journey_of_a_container_s_link_can_be_read_from_its_lines(two_engines: TwoEngines) -> None:
    node = two_engines.nodes[0]
    host, overlay, name = node.netns, f"mynet01@{node.netns}", "journey"
    session = LiveSession(Options(docker=tuple(each.url for each in two_engines.nodes)))
    try:
        session.start()
        session.start_engines()
        session.wait_for_engines(5)
        two_engines.run(0, name)
        time.sleep(0.5)
        node.docker("rm", "-f", name)
        deadline = time.monotonic() + 5
        while not any(f"ends, it was {name}" in said for said in lines(session)):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        told = lines(session)
    finally:
        session.close()
    (moved,) = (
        found for said in told if (found := re.fullmatch(rf"{host} → (\S+) → {re.escape(overlay)} as if\d+", said))
    )
    (peer,) = (found for said in told if (found := re.fullmatch(rf"{host} → (\S+) → {name} as if\d+", said)))
    port, inner = moved[1], peer[1]
    (renamed,) = (found for said in told if (found := re.search(rf"(veth\d+)@{host}/{inner} was called {port}", said)))
    journey = [
        f"{host} + {port}@{inner}",  # the pair is made on the host
        f"{host} → {port} → {overlay}",  # one end goes to the network's namespace
        f"{overlay} + {port}@{host}/{inner}",
        f"{overlay} ~ {renamed[1]}@{host}/{inner} was called {port}",
        f"{overlay} ~ {renamed[1]}@{host}/{inner} master none → br0",
        f"{host} → {inner} → {name}",  # the other end goes to the container
        f"{name} + {inner}@{overlay}/{renamed[1]}",
        f"{name} ~ eth0@{overlay}/{renamed[1]} was called {inner}",
        f"{name} ~ eth0@{overlay}/{renamed[1]} NO-CARRIER → UP",
        f"{overlay} ~ {renamed[1]}@{name}/eth0 NO-CARRIER → UP",
        f"{name} ~ eth0@{overlay}/{renamed[1]} UP → DOWN",  # docker rm
        f"{name} ~ {inner}@{overlay}/{renamed[1]} was called eth0",
        f"{name} → {inner} → {host}",
        f"{host} + {inner}@{overlay}/{renamed[1]}",
        f"{host} - {inner}",
        f"{overlay} - {renamed[1]}",
    ]
    rest = iter(told)
    missing = [stage for stage in journey if not any(said.startswith(stage) for said in rest)]
    assert missing == [], "\n".join(told)
