"""Normal life of two engines raises nothing but what settles: no false alarm is as important as no miss."""

import signal
import time
from collections.abc import Iterator

import pytest

from ovltui.checks.cases import Standing
from ovltui.checks.finding import Finding
from ovltui.session.live import LiveSession, Options
from ovltui.session.whereabouts import where
from tests.bed import image
from tests.bed.engines import TwoEngines
from tests.bed.node import EngineError, Node
from tests.bed.swarm import NETWORK

SIDE = "side"
CALM_S = 90.0
_POLL_S = 0.05
LASTS = ("sh", "-c", "trap exit TERM; while :; do sleep 1; done")


@pytest.fixture(scope="module")
def engines() -> Iterator[TwoEngines]:
    """Two engines of our own, since one of them is restarted."""
    with TwoEngines("life") as made:
        yield made


@pytest.fixture
def watching(engines: TwoEngines) -> Iterator[LiveSession]:
    session = LiveSession(Options(docker=tuple(node.url for node in engines.nodes)))
    try:
        session.start()
        session.start_engines()
        session.start_checks()
        yield session
    finally:
        session.close()


def is_ours(session: LiveSession, engines: TwoEngines, finding: Finding) -> bool:
    """Return whether a finding is of these engines, of all that there may be on this machine."""
    place = where(finding, session.wiring.look(), session)
    return any(node.netns in place for node in engines.nodes)


def await_calm(session: LiveSession, engines: TwoEngines) -> None:
    """Wait until both engines told what they intend, and nothing of theirs is wrong."""
    findings = session.findings
    assert findings is not None
    deadline = time.monotonic() + CALM_S
    while True:
        wrong = [case.finding.says for case in findings.cases() if is_ours(session, engines, case.finding)]
        answers = {answer.url for answer in findings.intents.answers() if not answer.says}
        if answers >= {node.url for node in engines.nodes} and not wrong:
            return
        assert time.monotonic() < deadline, wrong
        time.sleep(_POLL_S)


def await_tasks(node: Node, running: int) -> None:
    deadline = time.monotonic() + CALM_S
    tasks = ("service", "ps", "--filter", "desired-state=running", "--format", "{{.CurrentState}}", "web")
    while sum(line.startswith("Running") for line in node.docker(*tasks).splitlines()) != running:
        assert time.monotonic() < deadline
        time.sleep(_POLL_S)


def await_back(engines: TwoEngines) -> None:
    """Start a container on the second node as soon as that has found its swarm again."""
    deadline = time.monotonic() + CALM_S
    while True:
        try:
            engines.run(1, "docker2n")
        except EngineError:
            assert time.monotonic() < deadline
            time.sleep(_POLL_S)
        else:
            return


def live(engines: TwoEngines) -> None:
    """Do for a while what people do to engines."""
    first, second = engines.nodes
    for number in (1, 2, 3):
        engines.run(number % 2, f"other{number}")
    first.docker("kill", "other2")
    second.docker("rm", "-f", "other1")
    kind = ("--driver", "overlay", "--attachable", "--internal", "--subnet", "10.13.18.0/24")
    first.docker("network", "create", *kind, SIDE)
    first.docker("network", "connect", SIDE, "docker1n")
    second.docker("network", "connect", SIDE, "docker2n")
    image_id = first.docker("image", "inspect", "-f", "{{.Id}}", image.NAME)
    options = ("--endpoint-mode", "dnsrr", "--no-resolve-image", "--network", NETWORK, "--stop-grace-period", "1s")
    first.docker("service", "create", "-d", "--name", "web", "--replicas", "4", *options, image_id, *LASTS)
    await_tasks(first, 4)
    first.docker("service", "scale", "-d", "web=1")
    first.docker("network", "disconnect", SIDE, "docker1n")
    second.docker("network", "disconnect", SIDE, "docker2n")
    first.docker("network", "rm", SIDE)
    await_tasks(first, 1)
    first.docker("service", "rm", "web")


def test_normal_life_raises_nothing_but_what_settles(engines: TwoEngines, watching: LiveSession) -> None:
    await_calm(watching, engines)
    live(engines)
    await_calm(watching, engines)
    second = engines.nodes[1]
    second.kill(signal.SIGTERM)
    second.start()
    await_back(engines)
    await_calm(watching, engines)
    assert watching.findings is not None
    ours = [one for one in watching.findings.log() if is_ours(watching, engines, one.case.finding)]
    opened = [(one.case.finding.check, one.case.finding.says) for one in ours if one.case.standing is Standing.OPEN]
    assert opened == []
    assert ours, "a watcher that sees nothing settle sees nothing"
