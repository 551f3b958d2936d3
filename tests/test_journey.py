"""A veth's journey through ``docker run`` and ``docker rm`` is shown whole, on a real engine."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ovltui.events.line import as_text, line
from ovltui.session.life import life_of
from ovltui.session.live import LiveSession, Options
from tests.bed.engines import TwoEngines
from tests.kernel.hearing import await_true

pytestmark = pytest.mark.needs_root


def lines(session: LiveSession) -> list[str]:
    """Return namespace, mark and text of each line, single-spaced."""
    said = (line(session.ring[seq], session.names) for seq in range(session.ring.first, session.ring.end))
    return [" ".join(as_text(one, 1).split()[1:]) for one in said]


@contextmanager
def after_run_and_rm(two_engines: TwoEngines, name: str) -> Iterator[LiveSession]:
    """A session that heard a container come and go."""
    node = two_engines.nodes[0]
    session = LiveSession(Options(docker=tuple(each.url for each in two_engines.nodes)))
    try:
        session.start()
        session.start_engines()
        session.wait_for_engines(30)
        two_engines.run(0, name)
        time.sleep(0.5)
        node.docker("rm", "-f", name)
        deadline = time.monotonic() + 60
        while not any(f"ends, it was {name}" in said for said in lines(session)):
            assert time.monotonic() < deadline, "\n".join(lines(session))
            time.sleep(0.1)
        yield session
    finally:
        session.close()


def test_the_journey_of_a_container_s_link_can_be_read_from_its_lines(two_engines: TwoEngines) -> None:
    node = two_engines.nodes[0]
    host, overlay, name = node.netns, f"mynet01@{node.netns}", "journey"
    with after_run_and_rm(two_engines, name) as session:
        # What the overlay calls the host is asked of the kernel, and soon known.
        await_true(lambda: any(re.search(rf"@{host}/\S+ was called", said) for said in lines(session)), patience_s=30)
        told = lines(session)
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


def test_every_message_about_a_container_s_link_shows_its_whole_life(two_engines: TwoEngines) -> None:
    host, name = two_engines.nodes[0].netns, "lives"
    with after_run_and_rm(two_engines, name) as session:
        told = lines(session)
        (at,) = (at for at, said in enumerate(told) if re.fullmatch(rf"{host} → \S+ → {name} as if\d+", said))
        moved = session.ring[session.ring.first + at]
        life = life_of(session, moved)
        assert life is not None
        again = [life_of(session, record) for record in life.records]
        shown = [f"{said.netns} {said.mark} {said.text}" for said in life.lines(slice(None), session.names)]
        peer = life.peer(life.records[-1].seq, session.names)
    assert (life.begins, life.ends, life.exhausted) == (True, True, False)
    assert all(other == life for other in again)
    inner = told[at].split()[2]
    stages = [
        f"{host} + {inner}",
        f"{host} → {inner} → {name} as if",
        f"{name} + {inner}@",
        "was called " + inner,
        "NO-CARRIER → UP",
        "UP → DOWN",
        "was called eth0",
        f"{name} → {inner} → ",
        f"{host} + {inner}@",
        f"{host} - {inner}",
    ]
    rest = iter(shown)
    assert [stage for stage in stages if not any(stage in said for said in rest)] == [], "\n".join(shown)
    assert shown[0].startswith(stages[0])
    assert shown[-1].startswith(stages[-1])
    assert peer is not None
    assert peer.startswith(f"mynet01@{host}/veth")
