"""Whatever is wrong with a file, it is a sentence, and all before it is there."""

import gzip
import struct
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ovltui.capture.blocks import interface, packet, section, size_of
from ovltui.capture.decode import Decoder, harmless
from ovltui.capture.inputs import FORMAT
from ovltui.capture.notes import Note, NoteKind, pack
from ovltui.errors import RecordingError
from ovltui.events.decode_docker import decode_docker
from ovltui.events.record import Record
from ovltui.events.vocabulary import Object
from ovltui.session.session import Session
from ovltui.text import clean
from tests.capture.made import docker, feed, gap, playing, recorded, told
from tests.session import made


def work(session: Session) -> None:
    feed(session, 1, 60)
    session.docker_event(7, docker())
    session.feed(gap())
    feed(session, 2, 60)
    session.publish([made.own()])
    feed(session, 3, 30)


class Whole:
    """A recording that was closed; its repr is short, for hypothesis."""

    def __init__(self, path: Path) -> None:
        session = recorded(path, work)
        self.data = path.read_bytes()
        self.records = told(session.ring, 0, session.ring.end)
        head = size_of(self.data, 0)
        self.beginning = head + size_of(self.data, head)
        """Bytes of what says that it is a recording of ours."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    return Whole(tmp_path_factory.mktemp("whole") / "whole.pcapng")


def read(path: Path) -> tuple[list[Record], tuple[str, ...]]:
    player = playing(path)
    try:
        player.seek(player.end).snapshot()
        for mark in (player.first, player.first + player.records // 2):
            player.seek(mark).snapshot()
        return told(player.seek(player.end).ring, player.first, player.end), player.missing
    finally:
        player.close()


def streamed(data: bytes) -> tuple[list[Record], list[str]]:
    decoder = Decoder("f")
    found = [item for item in decoder.items([data[:100], data[100:]]) if isinstance(item, Record)]
    return found, decoder.missing


def test_a_whole_file_misses_nothing(whole: Whole, tmp_path: Path) -> None:
    path = tmp_path / "f.pcapng"
    path.write_bytes(whole.data)
    assert read(path) == (whole.records, ())
    assert streamed(whole.data) == (whole.records, [])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 1))
def test_of_a_file_that_breaks_off_all_before_is_there(whole: Whole, tmp_path: Path, share: float) -> None:
    data = whole.data[: 12 + int(share * (len(whole.data) - 13))]
    path = tmp_path / "f.pcapng"
    path.write_bytes(data)
    if len(data) < whole.beginning:
        with pytest.raises(RecordingError, match="breaks off"):
            streamed(data)
        return
    found, _ = streamed(data)
    assert found == whole.records[: len(found)]
    again, missing = read(path)
    assert again == found
    assert len(missing) == 1


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.floats(0, 1), st.integers(1, 255)), min_size=1, max_size=5))
def test_of_a_damaged_file_nothing_raises_but_a_sentence(
    whole: Whole, tmp_path: Path, changes: list[tuple[float, int]]
) -> None:
    data = bytearray(whole.data)
    for place, change in changes:
        data[int(place * (len(data) - 1))] ^= change
    path = tmp_path / "f.pcapng"
    path.write_bytes(data)
    for reader in (lambda: read(path), lambda: streamed(bytes(data))):
        with suppress(RecordingError):
            reader()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"hello, world\n", "is no recording."),
        (b"\xd4\xc3\xb2\xa1" + bytes(20), "a pcap file; editcap"),
        (b"\x4d\x3c\xb2\xa1" + bytes(20), "a pcap file; editcap"),
        (b"\x28\xb5\x2f\xfd" + bytes(20), "compressed by zstd"),
        (b"PK\x03\x04" + bytes(20), "a zip archive"),
        (b"\x0a\x0d\x0d\x0a" + struct.pack(">III", 28, 0x1A2B3C4D, 0x10000) + bytes(12), "other byte order"),
        (section("", "", "ovltui 9", "") + pack(Note(NoteKind.START, 0, 0, {"format": FORMAT + 1})), "newer ovltui"),
        (section("", "", "other", ""), "holds no netlink messages"),
        (b'{"seq": 1}\n', "line 1 is no event"),
        (gzip.compress(gzip.compress(b"x" * 50, mtime=0), mtime=0), "compressed twice"),
    ],
)
def test_files_that_are_no_recording_are_refused_in_a_sentence(data: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    with pytest.raises(RecordingError) as caught:
        playing(path)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_directory_are_sentences(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(RecordingError, match="cannot be read"):
            playing(path)


def test_a_capture_of_another_tool_is_played_under_the_names_of_its_interfaces(tmp_path: Path) -> None:
    raw = made.link(3, b"veth7")
    path = tmp_path / "other.pcapng"
    path.write_bytes(section("", "", "dumpcap", "") + interface("nlmon0", "") + packet(0, 5 * 10**9, raw + raw))
    player = playing(path)
    session = player.seek(player.end)
    assert [record.raw for record in told(session.ring, 0, 2)] == [raw, raw]
    assert [(row.identity.name, row.links[0].ifname) for row in session.snapshot().rows] == [("nlmon0", "veth7")]
    assert session.gaps() == ("the file holds nothing but messages: what was there before them is not known",)


def test_compression_that_breaks_off_is_told_and_all_before_is_there(whole: Whole, tmp_path: Path) -> None:
    path = tmp_path / "f.pcapng.gz"
    path.write_bytes(gzip.compress(whole.data)[:-3000])
    found, missing = read(path)
    assert found == whole.records[: len(found)]
    assert any("breaks off" in sentence for sentence in missing)


@given(st.text())
def test_an_event_of_docker_in_a_file_speaks_to_no_terminal(text: str) -> None:
    raw = docker(text)
    found = harmless(raw)
    assert len(found) == len(raw)
    event = decode_docker(found)
    assert event.object is Object.DOCKER
    assert clean(event.fields["event"]) == event.fields["event"]
    assert clean(text) != text or event.fields["event"] == text


def test_what_was_clean_stays_as_it_is() -> None:
    raw = docker(r"a \x1b[0m and \u202e, quoted \"so\"")
    assert harmless(raw) == raw
