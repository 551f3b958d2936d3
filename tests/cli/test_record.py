"""``ovltui record``, ``replay`` and ``convert`` as commands, beside tshark, rtmon and ``ip monitor file``."""

import json
import os
import random
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ovltui.session.progress import PERIOD_S
from tests.bed.netns import NamedNetns, netns
from tests.capture.made import BASE_NS, neigh, new_session, playing, recorder, told
from tests.cli.command import OVLTUI, environment, ovltui, running
from tests.session import made

pytestmark = pytest.mark.needs_root
PATIENCE_S = 60.0
KILLS = 50
needs_tshark = pytest.mark.skipif(not shutil.which("tshark"), reason="tshark is not installed")
needs_rtmon = pytest.mark.skipif(not shutil.which("rtmon"), reason="rtmon is not installed")


def await_true(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@contextmanager
def recording(*words: str) -> Iterator[subprocess.Popen[str]]:
    """Run ``ovltui record`` until it writes, and end it on SIGTERM."""
    with running("record", *words, "--no-docker") as process:
        await_true(lambda: (Path(words[0]).exists() and Path(words[0]).stat().st_size) or process.poll() is not None)
        yield process
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_S)


def happen(netns: NamedNetns, number: int) -> None:
    netns.ip("link", "add", f"left{number}", "type", "veth", "peer", "name", f"right{number}")
    netns.ip("address", "add", f"10.44.{number}.1/24", "dev", f"left{number}")
    netns.ip("link", "set", f"left{number}", "up")
    netns.ip("neigh", "add", f"10.44.{number}.9", "lladdr", "02:00:00:00:00:09", "dev", f"left{number}")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A real recording, and the name of the namespace in which something happened."""
    path = tmp_path_factory.mktemp("recorded") / "a.pcapng"
    with netns("ovG-rec") as made_up, recording(str(path)) as process:
        for number in range(3):
            happen(made_up, number)
        await_true(lambda: b"left2" in path.read_bytes())
        time.sleep(2 * PERIOD_S)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
        yield path, made_up.name


def texts(path: Path, name: str, *words: str) -> list[str]:
    ended = ovltui("replay", str(path), "--netns", name, *words)
    assert ended.status == 0, ended.err
    return ended.out.splitlines()


def test_what_happened_is_printed_again_under_its_name(recorded: tuple[Path, str]) -> None:
    path, name = recorded
    shown = texts(path, name)
    assert any(f"{name} + left0" in line for line in shown)
    assert any("+ addr 10.44.2.1/24 dev left2" in line for line in shown)
    assert os.stat(path).st_mode & 0o777 == 0o600


@needs_tshark
def test_tshark_counts_and_dissects_the_messages_of_each_namespace(recorded: tuple[Path, str]) -> None:
    path, name = recorded
    words = ["tshark", "-r", str(path), "-T", "fields", "-e", "frame.interface_name", "-e", "frame.protocols"]
    out = subprocess.run(words, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL).stdout
    theirs = Counter(line.split("\t")[0] for line in out.splitlines())
    assert {line.split("\t")[1] for line in out.splitlines()} == {"netlink:netlink-route"}
    ours = [json.loads(line) for line in ovltui("replay", str(path), "--json").out.splitlines()]
    messages = Counter(each["netns"] for each in ours if each["object"] not in ("docker", "gap"))
    assert theirs[name] == messages[name] > 10
    assert sum(theirs.values()) == sum(messages.values())


def test_a_recording_becomes_lines_and_a_recording_again(recorded: tuple[Path, str], tmp_path: Path) -> None:
    path, name = recorded
    lines, back = tmp_path / "a.jsonl", tmp_path / "b.pcapng"
    assert ovltui("convert", str(path), str(lines)).status == 0
    assert ovltui("convert", str(lines), str(back)).status == 0
    one, other = playing(path), playing(back)
    count = one.records
    assert other.records == count
    first = [record.raw for record in told(one.seek(one.end).ring, one.first, one.end)]
    assert [record.raw for record in told(other.seek(other.end).ring, 0, count)] == first
    assert [line.split(" ", 1)[1] for line in texts(back, name)][:1] != []
    assert ovltui("convert", str(path), str(lines)).err.startswith(f"ovltui: {lines} exists already")


def test_lines_without_their_bytes_are_refused(recorded: tuple[Path, str], tmp_path: Path) -> None:
    lines = tmp_path / "a.jsonl"
    lines.write_text(ovltui("replay", str(recorded[0]), "link", "--json").out)
    ended = ovltui("convert", str(lines), str(tmp_path / "b.pcapng"))
    assert ended.status == 1
    assert "line 1 has no raw" in ended.err


def test_ip_monitor_prints_what_is_written_as_rtmon(recorded: tuple[Path, str], tmp_path: Path) -> None:
    path, name = recorded
    file = tmp_path / "a.rtmon"
    assert ovltui("convert", str(path), str(file), "--netns", name).status == 0
    out = subprocess.run(["ip", "monitor", "file", str(file)], capture_output=True, text=True, check=True).stdout
    assert "10.44.1.9 dev left1 lladdr 02:00:00:00:00:09 PERMANENT" in out
    assert "inet 10.44.2.1/24 scope global left2" in out
    ours = [record for record in told_all(path, name) if record[4:6] != b"\x58\0"]
    data = file.read_bytes()
    assert all(raw in data for raw in ours)


def told_all(path: Path, name: str) -> list[bytes]:
    player = playing(path)
    session = player.seek(player.end)
    keys = session.called(name)
    return [one.raw for one in told(session.ring, player.first, player.end) if session.is_in(one, keys)]


@needs_rtmon
def test_a_file_by_rtmon_itself_is_replayed(new_netns: Callable[[str], NamedNetns], tmp_path: Path) -> None:
    netns, file = new_netns("ovG-rtmon"), tmp_path / "theirs"
    process = subprocess.Popen(netns.command("rtmon", "file", str(file)))
    try:
        await_true(lambda: file.exists() and file.stat().st_size)
        happen(netns, 5)
        await_true(lambda: b"left5" in file.read_bytes() and b"\x2c\x05\x09" in file.read_bytes())
    finally:
        process.terminate()
        process.wait()
    shown = ovltui("replay", str(file))
    assert shown.status == 0
    assert any("left5" in line and line.split()[1] == "host" for line in shown.out.splitlines())
    again = tmp_path / "again.rtmon"
    assert ovltui("convert", str(file), str(again)).status == 0
    assert again.read_bytes() == file.read_bytes()
    assert ovltui("convert", str(file), str(tmp_path / "a.pcapng")).status == 0
    assert len(ovltui("replay", str(tmp_path / "a.pcapng")).out.splitlines()) == len(shown.out.splitlines())


def test_one_namespace_is_recorded_as_rtmon(new_netns: Callable[[str], NamedNetns], tmp_path: Path) -> None:
    netns, file = new_netns("ovG-asrtmon"), tmp_path / "a.rtmon"
    with recording(str(file), "--rtmon", "--netns", netns.name) as process:
        happen(netns, 1)
        await_true(lambda: b"\x0a\x2c\x01\x09" in file.read_bytes())
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
    # Inside: elsewhere ip names a link that it meets before its first message as it is called there.
    out = netns.run("ip", "monitor", "file", str(file))
    assert "10.44.1.9 dev left1 lladdr 02:00:00:00:00:09 PERMANENT" in out
    assert "lo: <LOOPBACK" in out


def test_a_pipe_is_replayed_while_it_is_recorded(new_netns: Callable[[str], NamedNetns]) -> None:
    netns = new_netns("ovG-pipe")
    env = environment()
    record = subprocess.Popen([*OVLTUI, "record", "-", "--no-docker"], stdout=subprocess.PIPE, env=env, cwd="/")
    replay = subprocess.Popen(
        [*OVLTUI, "replay", "-", "neigh", "--count", "1"],
        stdin=record.stdout,
        stdout=subprocess.PIPE,
        text=True,
        env=env,
        cwd="/",
    )
    assert record.stdout
    record.stdout.close()
    try:
        deadline = time.monotonic() + PATIENCE_S
        number = 0
        while replay.poll() is None and time.monotonic() < deadline:
            happen(netns, number)
            number += 1
            time.sleep(0.3)
        out, _ = replay.communicate(timeout=PATIENCE_S)
        assert out.strip()
        assert record.wait(PATIENCE_S) == 0  # its reader's end is its own
    finally:
        record.kill()
        replay.kill()
        record.wait()


def test_two_recorders_and_files_that_exist_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    with recording(str(path)):
        ended = ovltui("record", str(path), "--no-docker", "--for", "1")
        assert (ended.status, ended.err.splitlines(keepends=True)[-1]) == (
            1,
            f"ovltui: {path} exists already; --force writes over it.\n",
        )
        ended = ovltui("record", str(path), "--force", "--no-docker", "--for", "1")
        assert (ended.status, ended.err.splitlines(keepends=True)[-1]) == (
            1,
            f"ovltui: {path} is being written by another recorder.\n",
        )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("a", "--keep", "2"), "--keep needs --rotate"),
        (("a", "--rtmon", "--gzip"), "--rtmon and --gzip do not go together"),
        (("a", "--netns", "x"), "--netns goes with --rtmon"),
        (("a", "--rotate", "7"), "neither a size (100M) nor a time (1h)"),
        (("-", "--rotate", "1h"), "--rotate needs a file"),
        (("/nowhere/at/all", "--for", "1", "--no-docker"), "cannot be made (No such file or directory)"),
    ],
)
def test_arguments_that_cannot_be_meant_are_a_sentence(words: tuple[str, ...], says: str) -> None:
    ended = ovltui("record", *words)
    assert ended.status in (1, 2)
    assert says in ended.err
    assert "Traceback" not in ended.err


@contextmanager
def small_disk(path: Path) -> Iterator[Path]:
    path.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(path)], check=True)
    try:
        yield path
    finally:
        subprocess.run(["umount", str(path)], check=True)


def test_a_full_disk_ends_the_recording_which_then_opens(
    new_netns: Callable[[str], NamedNetns], tmp_path: Path
) -> None:
    netns, batch = new_netns("ovG-full"), tmp_path / "batch"
    batch.write_text("".join(f"link set lo {state}\n" for _ in range(20) for state in ("down", "up")))
    with small_disk(tmp_path / "disk") as disk, recording(str(disk / "a.pcapng")) as process:
        deadline = time.monotonic() + PATIENCE_S
        while process.poll() is None and time.monotonic() < deadline:
            netns.ip("-batch", str(batch))
            time.sleep(PERIOD_S / 2)
        assert process.wait(1) == 1
        assert process.stderr
        assert "the disk is full). What was recorded until then is whole." in process.stderr.read()
        player = playing(disk / "a.pcapng")
        try:
            assert player.records > 100
            assert len(player.missing) == 1
            assert "was not closed" in player.missing[0]
            assert player.seek(player.end).snapshot().rows
        finally:
            player.close()


def test_only_the_newest_parts_are_kept(tmp_path: Path) -> None:
    with running("record", str(tmp_path / "a.pcapng"), "--no-docker", "--rotate", "1s", "--keep", "2") as process:
        seen: set[Path] = set()

        def parts() -> bool:
            seen.update(tmp_path.iterdir())
            return len(seen) >= 4

        await_true(parts)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
    left = sorted(tmp_path.iterdir())
    assert len(left) == 2
    assert set(left) <= seen | set(left)
    for path in left:
        assert playing(path).missing == ()


def test_whenever_a_recorder_is_killed_all_that_it_wrote_is_read(tmp_path: Path) -> None:
    assert PERIOD_S <= 1
    chance = random.Random(4)
    for number in range(KILLS):
        path = tmp_path / f"{number}.pcapng"
        written, alive = killed_recorder(path, chance.uniform(0.0, 0.12))
        if not path.stat().st_size:
            assert written == 0
            continue
        player = playing(path)
        assert player.end >= written
        found = [record.raw for record in told(player.seek(player.end).ring, 0, player.end)]
        assert found == [message(seq) for seq in range(player.end)]
        assert len(player.session.snapshot().rows) == 4
        player.close()
        path.unlink()
        assert alive


def message(seq: int) -> bytes:
    if seq % 5 == 0:
        return made.link(3, b"veth%d" % (seq % 7))
    return neigh(f"10.1.{seq >> 8 & 255}.{seq & 255}", "02:00:00:00:00:01")


def killed_recorder(path: Path, seconds: float) -> tuple[int, bool]:
    """Record in a child that is killed; return how many records it said were written, and whether it still ran."""
    near, far = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _record(path, far)
        finally:
            os._exit(1)
    os.close(far)
    try:
        said = os.read(near, 1)
        time.sleep(seconds)
    finally:
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    assert said == b"0"
    while piece := os.read(near, 65536):
        said += piece
    os.close(near)
    return max(map(int, said.split()), default=0), os.WIFSIGNALED(status)


def _record(path: Path, far: int) -> None:
    from ovltui.session import recorder as module  # noqa: PLC0415

    vars(module)["PERIOD_S"] = 0.004
    session = new_session()
    one = recorder(session, path)
    tick = one._tick

    def ticked() -> None:
        tick()
        os.write(far, b" %d" % (one._writer.end if one._writer else 0))

    one._tick = ticked  # type: ignore[method-assign]
    os.write(far, b"0")
    one.start()
    for seq in range(100_000):
        session.feed(made.message(message(seq), -1, BASE_NS + seq))


def test_a_recorder_of_the_command_that_is_killed_leaves_a_file_that_opens(
    new_netns: Callable[[str], NamedNetns], tmp_path: Path
) -> None:
    netns, path = new_netns("ovG-kill"), tmp_path / "a.pcapng"
    with recording(str(path)) as process:
        happen(netns, 1)
        await_true(lambda: b"left1" in path.read_bytes())
        time.sleep(2 * PERIOD_S)
        process.kill()
        process.wait()
    player = playing(path)
    assert "was not closed" in player.missing[0] or "breaks off" in player.missing[0]
    assert any(b"left1" in record.raw for record in told(player.seek(player.end).ring, player.first, player.end))
    ended = ovltui("replay", str(path))
    assert ended.status == 0
    assert "was not closed" in ended.err or "breaks off" in ended.err
