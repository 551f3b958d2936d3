import json
from pathlib import Path

import pytest

from ovltui.errors import UsageError
from ovltui.remote.nats_server import Identity, is_address, known, parse


def test_an_address_names_servers_and_a_user() -> None:
    assert parse("nats://a").servers == ("a:4222",)
    assert parse("nats://me@a:4333").identity.user == "me"
    assert parse("nats://a,b:1,[::1]:2").servers == ("a:4222", "b:1", "[::1]:2")
    assert str(parse("tls://me@a/")) == "tls://a:4222"


@pytest.mark.parametrize(
    "text", ["nats://", "nats://a:0", "nats://a:99999", "nats://-x", "nats://a b", "nats://a,", "x"]
)
def test_what_is_no_address_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(UsageError, match=r"no address|no SERVER"):
        parse(text)


def test_a_password_does_not_stand_on_the_command_line() -> None:
    with pytest.raises(UsageError, match="NATS_PASSWORD"):
        parse("nats://me:secret@a")


@pytest.mark.parametrize(
    ("text", "is_one"), [("nats://a", True), ("tls://a", True), ("a.pcapng", False), ("nats", False)]
)
def test_files_are_no_servers(text: str, is_one: bool) -> None:
    assert is_address(text) is is_one


def _context(home: Path, name: str, **fields: str) -> None:
    directory = home / ".config/nats/context"
    directory.mkdir(parents=True, exist_ok=True)
    (directory / f"{name}.json").write_text(json.dumps(fields))


def test_who_we_are_comes_from_the_context_of_the_nats_command(tmp_path: Path) -> None:
    _context(tmp_path, "work", user="ann", password="pw", url="nats://elsewhere")
    (tmp_path / ".config/nats/context.txt").write_text("work\n")
    found = known(parse("nats://a"), Identity(), {}, tmp_path)
    assert (found.identity.user, found.identity.password, found.servers) == ("ann", "pw", ("a:4222",))


def test_the_environment_comes_before_the_context_and_options_before_both(tmp_path: Path) -> None:
    for name in ("creds", "mine"):
        (tmp_path / name).write_text("-----BEGIN NATS USER JWT-----")
    _context(tmp_path, "work", user="ann", password="pw")
    environ = {"NATS_CONTEXT": "work", "NATS_CREDS": str(tmp_path / "creds")}
    found = known(parse("nats://a"), Identity(), environ, tmp_path).identity
    assert (found.creds, found.user) == (environ["NATS_CREDS"], "")
    mine = str(tmp_path / "mine")
    assert known(parse("nats://a"), Identity(nkey=mine), environ, tmp_path).identity == Identity(nkey=mine)


def test_the_password_of_another_user_is_not_sent(tmp_path: Path) -> None:
    environ = {"NATS_USER": "ann", "NATS_PASSWORD": "pw"}
    assert known(parse("nats://bob@a"), Identity(), environ, tmp_path).identity.password == ""
    assert known(parse("nats://ann@a"), Identity(), environ, tmp_path).identity.password == "pw"
    assert known(parse("nats://bob@a"), Identity(), {"NATS_PASSWORD": "pw"}, tmp_path).identity.password == "pw"


def test_a_name_of_those_who_sign_makes_tls_a_must(tmp_path: Path) -> None:
    (tmp_path / "ca").touch()
    assert known(parse("nats://a"), Identity(ca=str(tmp_path / "ca")), {}, tmp_path).tls


@pytest.mark.parametrize(
    ("told", "environ", "says"),
    [
        (Identity(creds=__file__.replace("test_nats_server", "test_nats_ticks")), {}, "holds no credentials"),
        (Identity(creds="/nowhere/x"), {}, "creds file for NATS, is not there"),
        (Identity(cert="/dev/null"), {}, "is not there"),
        (Identity(), {"NATS_CONTEXT": "../x"}, "no name of a NATS context"),
        (Identity(), {"NATS_CONTEXT": "missing"}, "cannot be read"),
    ],
)
def test_what_cannot_be_used_is_said(told: Identity, environ: dict[str, str], says: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=says):
        known(parse("nats://a"), told, environ, tmp_path)


def test_a_certificate_needs_its_key(tmp_path: Path) -> None:
    (tmp_path / "cert").touch()
    with pytest.raises(UsageError, match="goes with its key"):
        known(parse("nats://a"), Identity(cert=str(tmp_path / "cert")), {}, tmp_path)
