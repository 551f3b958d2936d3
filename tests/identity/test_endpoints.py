"""Where engines are looked for: what the user named, contexts, usual sockets, running daemons."""

import json
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ovltui.errors import ExitStatus, UsageError
from ovltui.identity.daemons import Daemon, hosts, sockets, within
from ovltui.identity.endpoints import Endpoint, Found, find, parse, search

Listen = Callable[[Path], Path]


@pytest.fixture
def listen() -> Iterator[Listen]:
    opened: list[socket.socket] = []

    def make(path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        opened.append(socket.socket(socket.AF_UNIX))
        directory = os.open(path.parent, os.O_RDONLY)
        opened[-1].bind(f"/proc/self/fd/{directory}/{path.name}")  # the whole path may be too long for the kernel
        os.close(directory)
        return path

    yield make
    for one in opened:
        one.close()


def context(home: Path, name: str, text: str) -> None:
    directory = home / ".docker/contexts/meta" / name
    directory.mkdir(parents=True)
    (directory / "meta.json").write_text(text)


def meta(name: str, host: str) -> str:
    return json.dumps({"Name": name, "Metadata": {}, "Endpoints": {"docker": {"Host": host}}})


def looked(
    tmp_path: Path, *asked: str, daemons: tuple[Daemon, ...] = (), environ: dict[str, str] | None = None
) -> Found:
    return search(
        asked,
        environ=environ or {},
        home=tmp_path / "home",
        daemons=lambda: daemons,
        root=tmp_path / "root",
    )


def urls(found: Found) -> list[str]:
    return [endpoint.url for endpoint in found.endpoints]


def test_nothing_anywhere_is_no_endpoint_and_no_gap(tmp_path: Path) -> None:
    assert looked(tmp_path) == Found((), ())


def test_what_the_user_named_comes_first_though_it_does_not_exist(tmp_path: Path, listen: Listen) -> None:
    usual = listen(tmp_path / "root/run/docker.sock")
    found = looked(tmp_path, "/nowhere.sock", environ={"DOCKER_HOST": "tcp://10.0.0.1:2375"})
    assert found.endpoints == (
        Endpoint("unix:///nowhere.sock", asked=True),
        Endpoint("tcp://10.0.0.1:2375", asked=True),
        Endpoint(f"unix://{usual}", asked=False),
    )


def test_find_returns_the_endpoints_of_search(tmp_path: Path, listen: Listen) -> None:
    usual = listen(tmp_path / "root/run/docker.sock")
    found = find((), environ={}, home=tmp_path, daemons=lambda: (), root=tmp_path / "root")
    assert found == (Endpoint(f"unix://{usual}", asked=False),)


@pytest.mark.parametrize("text", ["", "docker", "unix://relative", "unix://", "npipe:////./x", "ftp://x", "tcp://"])
def test_an_address_that_cannot_be_meant_is_refused_with_the_usage_status(text: str) -> None:
    with pytest.raises(UsageError, match="no address of a Docker Engine") as caught:
        parse(text)
    assert caught.value.status is ExitStatus.USAGE


def test_a_wrong_address_is_refused_without_its_escapes(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        looked(tmp_path, "x\x1b[2J")
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize("text", ["unix:///a", "tcp://h:1", "ssh://me@h", "http://h", "https://h"])
def test_an_address_stays_as_it_is(text: str) -> None:
    assert parse(text) == text


def test_one_socket_under_two_paths_is_one_endpoint(tmp_path: Path, listen: Listen) -> None:
    listen(tmp_path / "root/run/docker.sock")
    (tmp_path / "root/var").mkdir()
    (tmp_path / "root/var/run").symlink_to(tmp_path / "root/run")
    assert urls(looked(tmp_path)) == [f"unix://{tmp_path}/root/run/docker.sock"]


def test_naming_a_usual_socket_makes_it_asked(tmp_path: Path, listen: Listen) -> None:
    usual = listen(tmp_path / "root/run/docker.sock")
    assert looked(tmp_path, str(usual)).endpoints == (Endpoint(f"unix://{usual}", asked=True),)


def test_rootless_and_podman_sockets_are_usual(tmp_path: Path, listen: Listen) -> None:
    paths = [
        listen(tmp_path / place)
        for place in (
            "root/run/user/1000/docker.sock",
            "root/run/podman/podman.sock",
            "home/.docker/run/docker.sock",
            "runtime/docker.sock",
            "runtime/podman/podman.sock",
            "root/run/user/1001/podman/podman.sock",
        )
    ]
    found = looked(tmp_path, environ={"XDG_RUNTIME_DIR": str(tmp_path / "runtime")})
    assert set(urls(found)) == {f"unix://{path}" for path in paths}


def test_a_plain_file_is_no_socket(tmp_path: Path) -> None:
    (tmp_path / "root/run").mkdir(parents=True)
    (tmp_path / "root/run/docker.sock").touch()
    assert looked(tmp_path).endpoints == ()


def test_a_context_with_a_socket_is_followed_even_where_its_socket_is_missing(tmp_path: Path) -> None:
    context(tmp_path / "home", "a", meta("lab", "unix:///lab.sock"))
    assert looked(tmp_path).endpoints == (Endpoint("unix:///lab.sock", asked=False),)


def test_a_context_on_another_machine_is_said_and_not_followed(tmp_path: Path) -> None:
    context(tmp_path / "home", "a", meta("far", "ssh://far"))
    found = looked(tmp_path)
    assert found.endpoints == ()
    assert found.gaps == ("context far (ssh://far) is followed only when it is named",)


def test_the_context_that_the_environment_names_is_followed_anywhere(tmp_path: Path) -> None:
    context(tmp_path / "home", "a", meta("far", "ssh://far"))
    assert looked(tmp_path, environ={"DOCKER_CONTEXT": "far"}).endpoints == (Endpoint("ssh://far", asked=True),)


def test_docker_host_wins_over_docker_context(tmp_path: Path) -> None:
    context(tmp_path / "home", "a", meta("far", "ssh://far"))
    found = looked(tmp_path, environ={"DOCKER_CONTEXT": "far", "DOCKER_HOST": "unix:///x"})
    assert urls(found) == ["unix:///x"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "7",
        "{}",
        '{"Name": 1, "Endpoints": {"docker": {"Host": 2}}}',
        '{"Name":"a","Endpoints":[]}',
    ],
)
def test_a_malformed_context_is_said_and_does_not_hide_the_next_one(tmp_path: Path, text: str) -> None:
    context(tmp_path / "home", "a", text)
    context(tmp_path / "home", "b", meta("lab", "unix:///lab.sock"))
    found = looked(tmp_path)
    assert urls(found) == ["unix:///lab.sock"]
    assert len(found.gaps) == 1
    assert "/a/meta.json is left out" in found.gaps[0]


def test_a_context_that_is_a_pipe_does_not_block(tmp_path: Path) -> None:
    directory = tmp_path / "home/.docker/contexts/meta/a"
    directory.mkdir(parents=True)
    os.mkfifo(directory / "meta.json")
    assert len(looked(tmp_path).gaps) == 1


def test_contexts_that_are_no_directory_are_said(tmp_path: Path) -> None:
    directory = tmp_path / "home/.docker/contexts"
    directory.mkdir(parents=True)
    (directory / "meta").touch()
    assert "cannot be read" in looked(tmp_path).gaps[0]


def test_under_sudo_the_contexts_of_the_invoking_user_count_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context(tmp_path / "other", "a", meta("lab", "unix:///lab.sock"))
    monkeypatch.setattr("ovltui.identity.endpoints.home_of", lambda user: tmp_path / "other" if user == "me" else None)
    assert urls(looked(tmp_path, environ={"SUDO_USER": "me"})) == ["unix:///lab.sock"]


def daemon(root: Path, *words: str) -> Daemon:
    return Daemon(4711, ("dockerd", *words), str(root))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), ("unix:///var/run/docker.sock",)),
        (("-H", "unix:///a"), ("unix:///a",)),
        (("-H=unix:///a",), ("unix:///a",)),
        (("-Hunix:///a",), ("unix:///a",)),
        (("--host", "unix:///a", "-D", "--host=tcp://h:1"), ("unix:///a", "tcp://h:1")),
        (("-H", "fd://", "--containerd=/run/containerd/containerd.sock"), ("unix:///run/docker.sock",)),
        (("-H", "unix://"), ("unix:///var/run/docker.sock",)),
        (("-H",), ("unix:///var/run/docker.sock",)),
        (("--hosts-are-no-option", "x"), ("unix:///var/run/docker.sock",)),
    ],
)
def test_a_daemons_addresses_are_those_of_its_options(
    tmp_path: Path, words: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert hosts(daemon(tmp_path, *words)) == expected


def test_without_options_the_configuration_file_tells(tmp_path: Path) -> None:
    (tmp_path / "etc/docker").mkdir(parents=True)
    (tmp_path / "etc/docker/daemon.json").write_text('{"hosts": ["unix:///b", "tcp://h:1"]}')
    assert hosts(daemon(tmp_path)) == ("unix:///b", "tcp://h:1")


@pytest.mark.parametrize("text", ["", "[]", '{"hosts": 3}', '{"hosts": [1]}', "{}", "\xff"])
def test_a_malformed_configuration_file_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "etc/docker").mkdir(parents=True)
    (tmp_path / "etc/docker/daemon.json").write_bytes(text.encode("latin-1"))
    assert hosts(daemon(tmp_path)) == ("unix:///var/run/docker.sock",)


def test_a_socket_in_another_mount_namespace_is_reached_through_the_daemons_root(
    tmp_path: Path, listen: Listen
) -> None:
    listen(tmp_path / "his/run/d.sock")
    found = looked(tmp_path, daemons=(daemon(tmp_path / "his", "-H", "unix:///run/d.sock"),))
    assert found.endpoints == (Endpoint(f"unix://{tmp_path}/his/run/d.sock", asked=False, pid=4711),)


def test_an_absolute_link_is_followed_inside_the_daemons_root(tmp_path: Path, listen: Listen) -> None:
    listen(tmp_path / "his/run/ovl-test.sock")
    (tmp_path / "his/var").mkdir()
    (tmp_path / "his/var/run").symlink_to("/run")
    ways, gaps = sockets(daemon(tmp_path / "his", "-H", "unix:///var/run/ovl-test.sock"))
    assert ways == ((f"{tmp_path}/his/run/ovl-test.sock", 4711),)
    assert gaps == ()


def test_a_socket_that_is_the_same_here_keeps_its_plain_path(tmp_path: Path, listen: Listen) -> None:
    path = listen(tmp_path / "d.sock")
    (tmp_path / "his").mkdir()
    (tmp_path / "his" / path.parts[1]).symlink_to("/gone")
    link = tmp_path / "his-root"
    link.symlink_to("/")
    found = looked(tmp_path, daemons=(daemon(link, "-H", f"unix://{path}"),))
    assert found.endpoints == (Endpoint(f"unix://{path}", asked=False, pid=4711),)


def test_another_socket_at_the_same_path_is_not_taken_for_the_daemons(tmp_path: Path, listen: Listen) -> None:
    path = listen(tmp_path / "d.sock")
    (tmp_path / "his").mkdir()
    ways, gaps = sockets(daemon(tmp_path / "his", "-H", f"unix://{path}"))
    assert ways == ()
    assert "is not to be seen" in gaps[0]


def test_of_two_sockets_at_the_same_path_the_daemons_own_is_taken(tmp_path: Path, listen: Listen) -> None:
    listen(tmp_path / "here/d.sock")
    own = listen(tmp_path / "his/d.sock")
    (tmp_path / "root").mkdir()
    target = Path(f"{tmp_path}/root{tmp_path}")
    target.mkdir(parents=True)
    (target / "s").symlink_to("/d.sock")
    (tmp_path / "root/d.sock").hardlink_to(own)
    (tmp_path / "s").symlink_to(tmp_path / "here/d.sock")
    ways, _ = sockets(daemon(tmp_path / "root", "-H", f"unix://{tmp_path}/s"))
    assert ways == ((f"{tmp_path}/root/d.sock", 4711),)


def test_where_the_root_cannot_be_entered_the_plain_path_counts_without_a_pid(tmp_path: Path, listen: Listen) -> None:
    path = listen(tmp_path / "d.sock")
    ways, _ = sockets(daemon(tmp_path / "gone", "-H", f"unix://{path}"))
    assert ways == ((str(path), None),)


def test_a_usual_socket_learns_the_pid_of_its_daemon(tmp_path: Path, listen: Listen) -> None:
    usual = listen(tmp_path / "root/run/docker.sock")
    link = tmp_path / "his-root"
    link.symlink_to("/")
    found = looked(tmp_path, daemons=(daemon(link, "-H", f"unix://{usual}"),))
    assert found.endpoints == (Endpoint(f"unix://{usual}", asked=False, pid=4711),)


def test_a_daemon_without_a_socket_is_said_and_not_followed(tmp_path: Path) -> None:
    found = looked(tmp_path, daemons=(daemon(tmp_path, "-H", "tcp://0.0.0.0:2375"),))
    assert found.endpoints == ()
    assert found.gaps == ("dockerd 4711 listens on tcp://0.0.0.0:2375, which is followed only when it is named",)


def test_a_path_with_a_link_loop_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert within(str(tmp_path), "/a/x") is None


def test_dots_do_not_lead_out_of_the_root(tmp_path: Path) -> None:
    assert within(str(tmp_path), "/../../etc/./x") == f"{tmp_path}/etc/x"


@pytest.mark.parametrize("path", ["/a\0b", "\udcff"])
def test_hostile_paths_are_no_socket(tmp_path: Path, path: str) -> None:
    ways, gaps = sockets(daemon(tmp_path, "-H", f"unix://{path}"))
    assert ways == ()
    assert len(gaps) == 1
