"""The man page says what the command says, and is made where only the standard library is."""

import argparse
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

from ovltui.cli.lab import ACTIONS
from ovltui.cli.main import VERBS, verb_parser
from tests import manpage

PAGE = manpage.written()
README = (manpage.ROOT / "README.md").read_text(encoding="utf-8")


def options() -> Iterator[tuple[str, str]]:
    for verb in VERBS:
        for action in verb_parser(verb)._actions:
            if action.help != argparse.SUPPRESS:
                yield from ((verb.name, name) for name in action.option_strings)


def plain(text: str) -> str:
    return re.sub(r"\\f[BR]|\\&", "", text).replace(r"\-", "-").replace(r"\e", "\\")


def test_it_is_made_without_any_installed_package() -> None:
    ended = subprocess.run(
        [sys.executable, "-I", "-S", manpage.__file__], capture_output=True, text=True, check=True, cwd="/"
    )
    assert (ended.stdout, ended.stderr) == (PAGE, "")


@pytest.mark.parametrize(("verb", "option"), [*options()])
def test_each_option_of_each_verb_stands_in_it(verb: str, option: str) -> None:
    section = plain(PAGE).split(f".SS ovltui {verb} ")[1].split(".SS ")[0].split(".SH ")[0]
    common = plain(PAGE).split(".SH OPTIONS")[1].split(".SH ")[0]
    assert re.search(rf"(?m)^(-\w, )?{option}\b", section + common)


@pytest.mark.parametrize("action", [action.name for action in ACTIONS])
def test_each_action_of_the_lab_stands_in_it(action: str) -> None:
    assert f"ovltui lab {action}\n" in plain(PAGE)


def test_it_has_the_keys_and_the_effects_of_the_readme() -> None:
    keys = plain(PAGE).split(".SH KEYS")[1].split(".SH ")[0]
    assert (
        keys.count(".TP") == len(re.findall(r"^\|.*\|$", README.split("## Keys")[1].split("## ")[0], re.MULTILINE)) - 2
    )
    assert "ctrl+p" in keys
    assert "nsid" in plain(PAGE).split(".SH CHANGES TO THE HOST")[1].split(".SH ")[0]


def test_what_the_readme_lacks_is_said_and_not_left_out() -> None:
    with pytest.raises(ValueError, match="'Keys'"):
        manpage.page(README.replace("## Keys", "## Buttons"), "1", "Live")
    with pytest.raises(ValueError, match="no commands"):
        manpage.page(README.replace("$ ovltui", "$ other"), "1", "Live")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (".hidden", r"\&.hidden"),
        ("`--all`, **never** [a](b)", r"\fB\-\-all\fR, \fBnever\fR a"),
        ("'quoted' \\n", r"\(aqquoted\(aq \en"),
        ("a\nb", "a b"),
    ],
)
def test_no_sign_of_roff_is_taken_for_one(text: str, line: str) -> None:
    assert manpage._marked(text) == line


@pytest.mark.skipif(shutil.which("groff") is None, reason="needs groff")
def test_groff_has_nothing_to_say_of_it() -> None:
    ended = subprocess.run(
        ["groff", "-man", "-Tutf8", "-Kutf8", "-ww", "-P-cbou"], input=PAGE, capture_output=True, text=True, check=True
    )
    assert ended.stderr == ""
    assert "EXIT STATUS" in ended.stdout
