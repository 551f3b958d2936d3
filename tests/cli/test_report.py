"""``ovltui report``, and the plain verbs on a recording: of files that were made by hand."""

import json
import struct
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ovltui.capture.rtmon import entry
from ovltui.cli.main import main
from ovltui.errors import OvltuiError
from ovltui.session.session import Session
from tests.capture.made import BASE_NS, feed, neigh, recorded
from tests.cli.command import Ended

VERBS = (("ls",), ("map",), ("check",), ("path", "hidden2", "hidden3"))
Run = Callable[..., Ended]


@pytest.fixture
def ovltui(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs ``ovltui`` with some words in this process."""

    def run(*words: str) -> Ended:
        try:
            status, said = main(words), ""
        except OvltuiError as error:
            status, said = error.status, f"ovltui: {error}\n"
        out, err = capsys.readouterr()
        return Ended(status, out, err + said)

    return run


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "a.pcapng"
    recorded(path, lambda session: feed(session, 1, 300))
    return path


def test_a_report_is_for_its_owner_alone_and_writes_over_nothing(ovltui: Run, recording: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    ended = ovltui("report", str(recording), "-o", str(path))
    assert (ended.status, ended.out, ended.err) == (0, "", "")
    assert path.stat().st_mode & 0o777 == 0o600
    text = path.read_text()
    assert text.startswith("# ovltui report of vm\n")
    assert all(f"| hidden{number} | " in text for number in (2, 3, 4))
    again = ovltui("report", str(recording), "-o", str(path))
    assert (again.status, again.err) == (1, f"ovltui: {path} exists already; --force writes over it.\n")
    assert ovltui("report", str(recording), "-o", str(path), "--force", "--html").status == 0
    assert path.read_text().startswith("<!DOCTYPE html>")


def test_the_ending_of_the_file_says_the_form_or_an_option_does(ovltui: Run, recording: Path, tmp_path: Path) -> None:
    for name, form, start in (("a.html", (), "<!DO"), ("b.html", ("--markdown",), "# ov"), ("c", ("--html",), "<!DO")):
        assert ovltui("report", str(recording), "-o", str(tmp_path / name), *form).status == 0
        assert (tmp_path / name).read_text().startswith(start)
    HTMLParser().feed((tmp_path / "a.html").read_text())


def test_a_redacted_report_names_nobody(ovltui: Run, recording: Path) -> None:
    ended = ovltui("report", str(recording), "--redact")
    assert ended.status == 0
    assert "## Namespaces" in ended.out
    told = ended.out + ended.err
    assert not [
        word for word in ("hidden", "10.77.", "secretbox", "hushnet", "clandestine", "a.pcapng") if word in told
    ]


@pytest.mark.parametrize("words", VERBS, ids=" ".join)
def test_a_plain_verb_tells_of_a_recording(ovltui: Run, recording: Path, words: tuple[str, ...]) -> None:
    ended = ovltui(*words, "--from", str(recording), "--json")
    assert ended.status in (0, 1), ended.err
    rows = [json.loads(line) for line in ended.out.splitlines()]
    assert rows or words == ("check",)
    if words == ("ls",):
        assert [row["name"] for row in rows] == ["host", "hidden2", "hidden3", "hidden4"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("ls", "--at", "14:02:10"), "--at says when in a recording: name its file, too."),
        (("report", "--at", "14:02:10"), "--at says when in a recording: name its file, too."),
        (("report", "--redact"), "--redact needs a recording: ovltui record FILE --for 10"),
        (("report", "{}", "--at", "2001-01-01T00:00:00"), "is not within {}: 20"),
        (("report", "{}", "--at", "noon"), "'noon' is no time such as 14:02:10"),
        (("show", "host", "sockets", "--from", "{}"), "a recording holds no sockets."),
        (("show", "hidden2", "links", "--from", "{}"), "hidden2: "),
        (("check", "--watch", "--from", "{}"), "--watch needs the living machine, not a recording."),
        (("map", "--from", "/dev/null"), "/dev/null"),
        (("report", "/nowhere"), "/nowhere cannot be read (No such file or directory)."),
        (("exec", "host", "--from", "{}", "--", "true"), "the command stands after --"),
    ],
)
def test_what_cannot_be_meant_is_a_sentence(ovltui: Run, recording: Path, words: tuple[str, ...], says: str) -> None:
    ended = ovltui(*(word.format(recording) for word in words))
    assert ended.status in (1, 2, 4)
    assert says.format(recording) in ended.err
    assert len(ended.err.splitlines()) == 1
    assert ended.out == ""


def test_what_is_torn_off_is_reported_up_to_there_and_said(ovltui: Run, recording: Path, tmp_path: Path) -> None:
    path = tmp_path / "torn.pcapng"
    path.write_bytes(recording.read_bytes()[: recording.stat().st_size * 2 // 3])
    ended = ovltui("report", str(path))
    assert ended.status == 0
    assert "it breaks off at byte" in ended.err
    assert "it breaks off at byte" in ended.out.partition("## What is not known")[2]


def test_a_file_of_rtmon_makes_a_report_too(ovltui: Run, tmp_path: Path) -> None:
    path = tmp_path / "theirs"
    raw = neigh("10.44.1.9", "02:00:00:00:00:09")
    path.write_bytes(entry(BASE_NS, raw))
    assert struct.unpack_from("=I", raw)[0] == len(raw)
    ended = ovltui("report", str(path))
    assert ended.status == 0, ended.err
    assert "## What is not known" in ended.out


def test_a_moment_before_something_was_there_does_not_show_it(ovltui: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"

    def late(session: Session) -> None:
        session.publish(session.netnses[:2])

    recorded(path, late)
    assert "hidden3" not in ovltui("ls", "--from", str(path)).out
    start = next(line for line in ovltui("report", str(path)).out.splitlines() if line.startswith("| from |"))
    day, clock = start.split()[3:5]
    assert "hidden3" in ovltui("ls", "--from", str(path), "--at", f"{day}T{clock}").out
