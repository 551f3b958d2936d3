"""What is written in config.toml holds; what cannot be meant is one sentence with file, line and remedy."""

import re

import pytest

from ovltui.config.model import HostChoice, KeyChoice, KindsOf, Settings, Theme, TimeForm
from ovltui.config.reading import parsed
from ovltui.config.sample import Command, holding, sample
from ovltui.config.table import OPTIONS, SECTIONS
from ovltui.errors import ExitStatus, UsageError

COMMANDS = (Command("events.pause", ("p",), "Pause"), Command("app.help", ("?", "f1"), "Help"))
EVERYTHING = """\
[screen]
theme = "light"
time = "utc"
wrap = true
ascii = true
mouse = false
slow = true
[layout]
panes = ["all"]
columns = ["id", "kind"]
[kinds]
route = ["route", "rule"]
[keys]
"events.pause" = "space, P"
app.help = ["?", "f5"]
[hosts]
node2 = "ssh://root@node2"
"""
BAD = {
    "x": (1, "Expected '=' after a key in a key/value pair"),
    "[screen]\ntheme = ": (2, "Invalid value"),
    "[screen": (1, "Expected ']' at the end of a table declaration"),
    "[scren]\n": (1, "there is no section 'scren', but screen"),
    'theme = "dark"': (1, "there is no section 'theme'"),
    "screen = 3": (1, "write [screen] on a line of its own"),
    '[screen]\n\n# dark\nthem = "dark"': (4, "there is no 'them' in [screen], but theme"),
    '[screen]\ntheme = "dakr"': (2, "screen.theme is 'dakr': write one of auto, dark, light, contrast, 16, mono"),
    "[screen]\ntheme = 16": (2, "screen.theme is 16: write one of"),
    '[screen]\nslow = "yes"': (2, "screen.slow is 'yes': write true or false, without quotes"),
    '[layout]\npanes = "link"': (2, "layout.panes is 'link': write a list"),
    "[layout]\npanes = []": (2, "layout.panes is []: write a list"),
    '[layout]\npanes = ["all", "link"]': (2, "layout.panes has all, which shows the others' events too"),
    '[kinds]\nlink = ["link"]\nroute = ["link"]': (3, "kinds.route cannot hold 'link': choose from route, rule"),
    "[kinds]\nlink = [[1]]": (2, "kinds.link cannot hold [1]"),
    '[keys]\na = "x"\nb = 1': (3, 'the key for b is 1: write it as "ctrl+x"'),
    '[keys]\na = ""': (2, "the key for a is ''"),
    '[hosts]\nn = "node2"': (2, "host n is 'node2': write its address"),
    '[screen]\ntheme = "\\u001b[31mred"': (2, "screen.theme is '\\\\x1b[31mred'"),
}


def test_everything_that_can_be_chosen_is_taken_over() -> None:
    assert parsed(EVERYTHING, "c.toml") == Settings(
        theme=Theme.LIGHT,
        time=TimeForm.UTC,
        wrap=True,
        ascii=True,
        mouse=False,
        slow=True,
        panes=("all",),
        columns=("id", "kind"),
        kinds=(KindsOf("route", ("route", "rule")),),
        keys=(KeyChoice("events.pause", ("space", "P"), 14), KeyChoice("app.help", ("?", "f5"), 15)),
        hosts=(HostChoice("node2", "ssh://root@node2", 17),),
        path="c.toml",
        found=True,
    )


@pytest.mark.parametrize("text", BAD)
def test_what_cannot_be_meant_is_one_sentence_with_file_and_line(text: str) -> None:
    with pytest.raises(UsageError) as error:
        parsed(text, "c.toml")
    line, says = BAD[text]
    sentence = str(error.value)
    assert sentence.startswith(f"c.toml:{line}: "), sentence
    assert says in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert "\x1b" not in sentence
    assert error.value.status is ExitStatus.USAGE


def test_the_sample_says_every_choice_and_chooses_nothing() -> None:
    text = "\n".join(sample(COMMANDS))
    assert parsed(text, "") == Settings(found=True)
    for option in OPTIONS:
        assert f"\n# {option.says}\n" in text
        assert f"\n# {option.name} = " in text
    assert [line for line in text.split("\n") if line.startswith("[")] == [f"[{section}]" for section in SECTIONS]


def test_with_the_signs_taken_away_the_sample_chooses_what_holds_anyway() -> None:
    text = re.sub(r'^# (?=[\w".]+ = )', "", "\n".join(sample(COMMANDS)), flags=re.MULTILINE)
    found = parsed(text, "")
    for option in OPTIONS:
        if option.section == "kinds":
            assert isinstance(option.default, tuple)
            assert KindsOf(option.name, option.default) in found.kinds
        else:
            assert getattr(found, option.name) == option.default
    assert [(key.id, key.keys) for key in found.keys] == [(command.id, command.keys) for command in COMMANDS]


def test_what_holds_is_printed_so_that_it_can_be_read_again() -> None:
    settings = parsed(EVERYTHING, "c.toml")
    commands = [Command(key.id, key.keys, "") for key in settings.keys]
    again = parsed("\n".join(holding(settings, commands)), "c.toml")
    assert [(key.id, key.keys) for key in again.keys] == [(key.id, key.keys) for key in settings.keys]
    for name in ("theme", "time", "wrap", "ascii", "mouse", "slow", "panes", "columns"):
        assert getattr(again, name) == getattr(settings, name)
    assert set(settings.kinds) <= set(again.kinds)
    assert [(host.name, host.url) for host in again.hosts] == [("node2", "ssh://root@node2")]


def test_a_comma_can_be_a_key() -> None:
    assert parsed('[keys]\na = ","', "").keys == (KeyChoice("a", (",",), 2),)
