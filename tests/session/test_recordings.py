"""Where recordings lie, what a list says of them, and times as they are typed."""

import os
import pwd
import time
from datetime import datetime
from pathlib import Path

import pytest

from ovltui.capture.redact import Redactor
from ovltui.capture.summary import Ending, summary
from ovltui.checks.cases import Case, Standing
from ovltui.checks.finding import Finding, Severity, Trace
from ovltui.errors import RecordingError
from ovltui.events.vocabulary import Object
from ovltui.session.judged import Judged
from ovltui.session.moments import time_at
from ovltui.session.recordings import directory, listing, proposal
from tests.capture.made import feed, new_session, playing, recorded, recorder
from tests.session import made

_NS = 10**9


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"XDG_STATE_HOME": "/s", "HOME": "/h"}, "/s/ovltui/recordings"),
        ({"XDG_STATE_HOME": "s", "HOME": "/h"}, "/h/.local/state/ovltui/recordings"),
        ({"HOME": "/h"}, "/h/.local/state/ovltui/recordings"),
    ],
)
def test_the_directory_is_that_of_the_person(environ: dict[str, str], expected: str) -> None:
    assert directory(environ) == Path(expected)


def test_under_sudo_it_is_that_of_who_called_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    nobody = pwd.getpwuid(65534)
    environ = {"SUDO_USER": nobody.pw_name, "HOME": "/root", "XDG_STATE_HOME": "/of/root"}
    assert directory(environ) == Path(nobody.pw_dir, ".local/state/ovltui/recordings")
    assert directory({"SUDO_USER": "no\0body", "HOME": "/h"}) == Path("/h/.local/state/ovltui/recordings")


@pytest.mark.parametrize("host", ["vm", "../../etc/x", "a b\x1b", ""])
def test_a_name_that_is_offered_is_one_name(host: str) -> None:
    name = proposal(host)
    assert name.startswith("ovltui-")
    assert name.endswith(".pcapng")
    assert "/" not in name
    assert name.isprintable()


def test_a_file_tells_how_it_ended(tmp_path: Path) -> None:
    closed, torn, packed = (tmp_path / name for name in ("closed.pcapng", "torn.pcapng", "packed.pcapng.gz"))
    began = time.time_ns()
    recorded(closed, lambda session: feed(session, 1, 50))
    recorded(packed, lambda session: feed(session, 1, 50), gzip=True)
    torn.write_bytes(closed.read_bytes()[:-9])
    one = summary(os.fspath(closed))
    assert (one.name, one.host, one.ending, one.records) == ("closed.pcapng", "vm", Ending.CLOSED, 50)
    assert one.start_ns is not None
    assert began <= one.start_ns <= time.time_ns()
    assert summary(os.fspath(torn)).ending is Ending.TORN
    assert summary(os.fspath(packed)).ending is Ending.PACKED
    assert [one.name for one in listing(tmp_path)] == ["torn.pcapng", "packed.pcapng.gz", "closed.pcapng"]


def test_one_that_is_being_written_is_told_from_one_that_was_left(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    one = recorder(new_session(), path)
    one.start()
    one._tick()
    assert summary(os.fspath(path)).ending is Ending.WRITTEN
    one.close()
    assert summary(os.fspath(path)).ending is Ending.CLOSED


def test_what_was_found_is_recorded_and_with_other_names_where_these_are_redacted(tmp_path: Path) -> None:
    key = made.named(12, "hidden2").key
    trace = Trace(key, Object.FDB, gone=True, holds=("02:42:0a:4d:00:01",))
    found = Finding("fdb-lost", Severity.ERROR, key, None, "secretbox", "secretbox is lost", "", (), (trace,))
    case = Case(found, Standing.OPEN, 7, None, seen_ns=7)
    for redactor in (None, Redactor()):
        path = tmp_path / f"{redactor is None}.pcapng"
        one = recorder(new_session(), path, redactor=redactor)
        one.start()
        one.judged(Judged((case,)))
        one.close()
        player = playing(path)
        ((_, judged),) = player.judgements()
        assert player.missing == ()
        assert (player.seek(player.end).judged == Judged((case,))) is (redactor is None)
        assert [(case.finding.check, case.finding.severity, case.standing) for case in judged.cases] == [
            ("fdb-lost", Severity.ERROR, Standing.OPEN)
        ]
        assert ("secretbox" in str(judged)) is (redactor is None)
        player.close()


def test_a_directory_that_is_none_is_told(tmp_path: Path) -> None:
    assert listing(tmp_path / "missing") == ()
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordingError, match="cannot be listed"):
        listing(tmp_path / "file")


def test_a_clock_means_the_first_such_time_of_the_recording() -> None:
    start = int(datetime.fromisoformat("2026-11-23T23:50").timestamp()) * _NS
    assert time_at("23:55", start) - start == 5 * 60 * _NS
    assert time_at("00:10:00.5", start) - start == 20 * 60 * _NS + _NS // 2
    assert time_at("2026-11-24T00:00:00", start) - start == 10 * 60 * _NS


@pytest.mark.parametrize("text", ["", "soon", "25:00", "14:2", "9999999-01-01", "0001-01-01T00:00"])
def test_what_is_no_time_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="is no time such as"):
        time_at(text, 0)
