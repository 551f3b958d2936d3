"""No verb prints a name raw that somebody else chose: namespaces, links, processes, mounts, containers, arguments."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.bed.hostile import NAMES, is_harmless, shown
from tests.bed.netns import NamedNetns
from tests.cli.command import OVLTUI, await_listening, environment, ovltui
from tests.identity.fake import MYNET, WEB, FakeEngine, inspected, network
from tests.kernel.hearing import await_true

pytestmark = pytest.mark.needs_root
NewNetns = Callable[[str], NamedNetns]
FILES = [name for name in NAMES if "/" not in name and not name.startswith("-")]
"""Those that can stand in a directory, and that ip takes."""
LINKS = [name.encode()[:15].decode(errors="ignore") for name in FILES if not any(c.isspace() for c in name)]
"""Those that a link can have."""
_RENAME = "import sys, time; open('/proc/self/comm', 'w').write(sys.argv[1]); print('in', flush=True); time.sleep(60)"


@pytest.fixture
def planted(new_netns: NewNetns, tmp_path: Path) -> Iterator[NamedNetns]:
    """Namespaces, links, a process and a mount with hostile names; the first namespace has the links."""
    made = [new_netns(f"h{name}"[:200]) for name in FILES]
    for number, name in enumerate(LINKS):
        made[0].ip("link", "add", name, "type", "veth", "peer", "name", f"p{number}")
    with ExitStack() as stack:
        for name in FILES[:4]:
            argv = ["unshare", "--net", sys.executable, "-c", _RENAME, name[:15], name]
            process = stack.enter_context(subprocess.Popen(argv, stdout=subprocess.PIPE))
            stack.callback(process.kill)
            assert process.stdout is not None
            assert process.stdout.readline() == b"in\n"
            spot = tmp_path / f"m{name}"[:200]
            spot.touch()
            subprocess.run(["mount", "--bind", f"/proc/{process.pid}/ns/net", str(spot)], check=True)
            stack.callback(subprocess.run, ["umount", str(spot)], check=True)
        yield made[0]


@pytest.mark.parametrize(
    "words",
    [("ls",), ("ls", "--json"), ("ls", "--tree"), ("ls", "--names"), ("info",), ("info", "--json")],
    ids=" ".join,
)
def test_no_list_prints_a_name_raw(planted: NamedNetns, words: tuple[str, ...]) -> None:
    ended = ovltui(*words, "--no-docker", "--color", "never")
    assert ended.status == 0
    assert is_harmless(ended.out + ended.err)
    if words == ("ls",):
        assert [name for name in FILES if f"h{shown(name)}"[:12] not in ended.out] == []
    assert planted.path.exists()


def test_no_event_is_printed_with_a_name_raw(planted: NamedNetns) -> None:
    for mtu, *form in (("1400",), ("1401", "--json"), ("1402", "--ip")):
        wanted = ("--netns", f"net:[{planted.inode}]", "--count", str(len(LINKS)), "--for", "60")
        argv = [*OVLTUI, "watch", "link", *form, "--no-docker", *wanted]
        with subprocess.Popen(
            argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/", env=environment()
        ) as process:
            await_listening(process.pid)
            for name in LINKS:
                planted.ip("link", "set", "dev", name, "mtu", mtu)
            out, err = process.communicate(timeout=70)
        assert is_harmless(out + err), form
        assert len(out.splitlines()) >= len(LINKS), form
        if form != ["--json"]:
            assert [name for name in LINKS if shown(name) not in out] == []


@pytest.mark.parametrize("name", NAMES, ids=[ascii(name)[:24] for name in NAMES])
def test_no_refusal_repeats_an_argument_raw(name: str) -> None:
    verb = ("exec", "ls")[NAMES.index(name) % 2]
    ended = ovltui(verb, "--no-docker", *((name,) if not name.startswith("-") else ("--", name)))
    assert ended.status != 0
    assert ended.out == ""
    assert is_harmless(ended.err)


def test_no_name_of_an_engine_its_containers_and_networks_is_printed_raw(tmp_path: Path) -> None:
    engine = FakeEngine(tmp_path / "docker.sock")
    plant(engine)
    try:
        for words in (("ls", "--json"), ("ls", "--tree"), ("ls", "--names"), ("info", "--json"), ("info",)):
            ended = ovltui(*words, "--docker", engine.url)
            assert is_harmless(ended.out + ended.err), words
        engine.asked.clear()
        with subprocess.Popen(
            [*OVLTUI, "watch", "docker", "--json", "--docker", engine.url, "--count", "3", "--for", "60"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            env=environment(),
        ) as process:
            threading.Thread(target=tell, args=[engine]).start()
            out, err = process.communicate(timeout=90)
        assert is_harmless(out + err)
        assert len([json.loads(line) for line in out.splitlines()]) == 3
    finally:
        engine.close()


def tell(engine: FakeEngine) -> None:
    """Let something happen once somebody listens."""
    await_true(lambda: any(path.startswith("/events") for path in engine.asked), 60)
    for name in NAMES:
        engine.happen("network", "connect", MYNET, None, name=name, container=WEB, type=name)


def plant(engine: FakeEngine) -> None:
    engine.containers = {}
    for number, name in enumerate(NAMES):
        one = f"{number:064x}"
        labels = {"com.docker.compose.project": name, "com.docker.compose.service": name}
        engine.containers[one] = inspected(one, name, os.getpid()) | {"Config": {"Labels": labels}}
    engine.networks = [network(f"{number:025}", name) for number, name in enumerate(NAMES)]
    engine.id = NAMES[0]
