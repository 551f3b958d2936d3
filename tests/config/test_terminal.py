"""Theme and characters fit the terminal; what the command line says wins over the file, the file over NO_COLOR."""

import pytest

from ovltui.config.model import Settings, Theme
from ovltui.config.terminal import fitting

RICH = {"TERM": "xterm-256color"}
QUIET = {**RICH, "NO_COLOR": "1"}


@pytest.mark.parametrize(
    ("chosen", "color", "environ", "theme"),
    [
        (Theme.AUTO, "auto", RICH, Theme.DARK),
        (Theme.AUTO, "auto", {"TERM": "xterm"}, Theme.SIXTEEN),
        (Theme.AUTO, "auto", {"TERM": "linux"}, Theme.SIXTEEN),
        (Theme.AUTO, "auto", {"TERM": "xterm-kitty"}, Theme.DARK),
        (Theme.AUTO, "auto", {"TERM": "xterm", "COLORTERM": "truecolor"}, Theme.DARK),
        (Theme.AUTO, "auto", QUIET, Theme.MONO),
        (Theme.AUTO, "auto", {**RICH, "NO_COLOR": ""}, Theme.DARK),
        (Theme.LIGHT, "auto", QUIET, Theme.LIGHT),
        (Theme.LIGHT, "never", RICH, Theme.MONO),
        (Theme.AUTO, "always", QUIET, Theme.DARK),
        (Theme.AUTO, "256", {"TERM": "xterm"}, Theme.DARK),
        (Theme.LIGHT, "16", RICH, Theme.SIXTEEN),
        (Theme.MONO, "16", RICH, Theme.MONO),
    ],
)
def test_the_theme_that_holds(chosen: Theme, color: str, environ: dict[str, str], theme: Theme) -> None:
    assert fitting(Settings(theme=chosen), color, environ, ascii_only=False, slow=False).theme is theme


@pytest.mark.parametrize(
    ("environ", "ascii_"),
    [
        ({"LANG": "C.UTF-8"}, False),
        ({}, False),
        ({"LANG": "C"}, False),
        ({"LANG": "de_DE.ISO-8859-1"}, True),
        ({"LANG": "de_DE.ISO-8859-1", "LC_ALL": "de_DE.utf8@euro"}, False),
        ({"LANG": "C.UTF-8", "LC_CTYPE": "de_DE.ISO-8859-15@euro"}, True),
        ({"TERM": "linux", "LANG": "C.UTF-8"}, True),
    ],
)
def test_a_terminal_that_says_it_has_no_such_signs_gets_ascii(environ: dict[str, str], ascii_: bool) -> None:
    assert fitting(Settings(), "auto", environ, ascii_only=False, slow=False).ascii is ascii_


def test_switches_of_the_command_line_add_to_the_file() -> None:
    assert fitting(Settings(), "auto", RICH, ascii_only=True, slow=True).slow
    assert fitting(Settings(ascii=True, slow=True), "auto", RICH, ascii_only=False, slow=False).ascii
