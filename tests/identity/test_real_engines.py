"""Names from real engines: found by themselves, told apart, current within a blink, and kept through a crash."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ovltui.identity.endpoints import Endpoint, find
from ovltui.identity.engine import Engine
from ovltui.identity.match import match
from ovltui.identity.model import EngineView
from ovltui.identity.naming import identify
from ovltui.netns.discover import Discoverer
from tests.bed import image
from tests.bed.engines import TwoEngines

LATENCY_S = 0.2
"""From the end of ``docker run``, which is later than the event, with room for a busy machine."""


class Followed:
    def __init__(self, url: str) -> None:
        self.told: list[tuple[float, EngineView]] = []
        self.engine = Engine(Endpoint(url, asked=True), self._on_change)
        self.engine.start()

    def _on_change(self) -> None:
        self.told.append((time.monotonic(), self.engine.view))

    def until(self, good: Callable[[EngineView], bool], seconds: float = 15) -> float:
        """Wait for a view; return when it was told."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for when, view in tuple(self.told):
                if good(view):
                    return when
            if good(self.engine.view):
                return time.monotonic()
            time.sleep(0.01)
        raise AssertionError(self.engine.view)


@pytest.fixture
def follow() -> Iterator[Callable[[str], Followed]]:
    followed: list[Followed] = []

    def make(url: str) -> Followed:
        followed.append(Followed(url))
        return followed[-1]

    yield make
    for one in followed:
        one.engine.close()


@pytest.fixture(scope="module")
def own_engines() -> Iterator[TwoEngines]:
    with TwoEngines("ovid", containers=False) as engines:
        yield engines


def names(view: EngineView) -> list[str]:
    return [container.name for container in view.containers]


def test_engines_in_private_mount_namespaces_are_found_by_themselves(two_engines: TwoEngines) -> None:
    found = {endpoint.url: endpoint for endpoint in find((), environ={}, home=Path("/nonexistent"))}
    for node in two_engines.nodes:
        assert found[node.url] == Endpoint(node.url, asked=False, pid=node.pid)


def test_each_namespace_of_two_nodes_on_one_machine_has_the_name_that_docker_gives_it(
    two_engines: TwoEngines, follow: Callable[[str], Followed]
) -> None:
    followed = [follow(node.url) for node in two_engines.nodes]
    for one in followed:
        one.until(lambda view: view.answers)
    views = [one.engine.view for one in followed]
    netnses = Discoverer().sweep().netnses
    identities = identify(netnses, views, {})
    for node, view, name in zip(two_engines.nodes, views, ("docker1n", "docker2n"), strict=True):
        label = node.netns
        assert (view.pid, view.mntns) == (node.pid, Path(node.mntns).stat().st_ino)
        pid = node.docker("inspect", "-f", "{{.State.Pid}}", name)
        network = node.docker("network", "inspect", "-f", "{{.Id}}", "mynet01")
        for text, shown in (
            (pid, name),
            (network[:10], f"mynet01@{label}"),
            (f"mynet01@{label}", f"mynet01@{label}"),
            (f"lb-mynet01@{label}", f"lb-mynet01@{label}"),
            (f"ingress@{label}", f"ingress@{label}"),
            (f"ingress-sbox@{label}", f"ingress-sbox@{label}"),
            (label, label),
        ):
            found = match(text, netnses, identities, views)
            assert shown in [identities[key].name for key in found], text
        (container,) = match(name, netnses, identities, views)
        inode = Path(f"/proc/{pid}/ns/net").stat().st_ino
        assert [netns.inode for netns in netnses if netns.key == container] == [inode]


@pytest.mark.alone
def test_a_new_container_is_known_within_a_blink(two_engines: TwoEngines, follow: Callable[[str], Followed]) -> None:
    node = two_engines.nodes[0]
    followed = follow(node.url)
    followed.until(lambda view: view.answers)
    two_engines.run(0, "ident-new")
    began = time.monotonic()
    try:
        known = followed.until(lambda view: "ident-new" in names(view))
        assert known - began < LATENCY_S
        pid = int(node.docker("inspect", "-f", "{{.State.Pid}}", "ident-new"))
        (container,) = [one for one in followed.engine.view.containers if one.name == "ident-new"]
        assert (container.pid, container.networks) == (pid, ("mynet01",))
        assert len(container.sandbox) == 64
    finally:
        node.docker("rm", "-f", "ident-new", check=False)
    followed.told.clear()
    followed.until(lambda view: "ident-new" not in names(view))


def test_a_renamed_container_is_known_by_its_new_name(
    two_engines: TwoEngines, follow: Callable[[str], Followed]
) -> None:
    node = two_engines.nodes[0]
    node.docker("run", "-d", "--rm", "--net", "none", "--name", "ident-old", image.NAME)
    try:
        followed = follow(node.url)
        followed.until(lambda view: "ident-old" in names(view))
        node.docker("rename", "ident-old", "ident-renamed")
        followed.until(lambda view: "ident-renamed" in names(view) and "ident-old" not in names(view))
    finally:
        node.docker("rm", "-f", "ident-old", "ident-renamed", check=False)


def test_a_new_network_is_known_without_a_container(two_engines: TwoEngines, follow: Callable[[str], Followed]) -> None:
    node = two_engines.nodes[0]
    followed = follow(node.url)
    followed.until(lambda view: view.answers)
    node.docker("network", "create", "ident-net")
    try:
        followed.until(lambda view: "ident-net" in [network.name for network in view.networks])
    finally:
        node.docker("network", "rm", "ident-net")
    followed.told.clear()
    followed.until(lambda view: "ident-net" not in [network.name for network in view.networks])


@pytest.mark.needs_root
@pytest.mark.needs_docker
def test_an_engine_that_is_killed_keeps_its_names_and_is_followed_again(
    own_engines: TwoEngines, follow: Callable[[str], Followed]
) -> None:
    node = own_engines.nodes[0]
    own_engines.run(0, "ident-dies")
    followed = follow(node.url)
    followed.until(lambda view: names(view) == ["ident-dies"])
    first_pid = node.pid
    began = time.monotonic()
    node.kill()
    assert followed.until(lambda view: not view.answers) - began < 1
    view = followed.engine.view
    assert names(view) == ["ident-dies"]
    assert view.says.startswith("does not answer (")
    followed.told.clear()
    node.start()
    followed.until(lambda view: view.answers)
    assert followed.engine.view.pid == node.pid != first_pid
    node.docker("run", "-d", "--rm", "--net", "none", "--name", "ident-again", image.NAME)
    followed.until(lambda view: "ident-again" in names(view))
