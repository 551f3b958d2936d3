"""Prints the man page, ovltui(1): ``python tests/manpage.py | man -l -``; a wheel that is built gets it.

Source: the parsers that also print ``--help``, and of README.md the commands with their comments, the keys and what is
changed on the host. The build runs this file where only the standard library and hatchling are: it loads no screen.
Privileges: none. Incomplete: pages of single checks are those of ``ovltui check --explain``.
"""

import argparse
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ovltui.cli.arguments import COMMON, Parser
from ovltui.cli.main import DESCRIPTION, EXIT_STATUSES, VERBS, _parser

if TYPE_CHECKING:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent.parent
_INSTALLED = "share/man/man1/ovltui.1"
ARGPARSE = ("arguments", "options")
"""Titles of the groups that every parser has."""
SHARED = frozenset(group.title or "" for group in _parser(())._action_groups).difference(ARGPARSE)
"""Titles of the groups that stand before a verb and behind it."""
_SEE_ALSO = "ip(8), ip-monitor(8), ip-netns(8), bridge(8), nsenter(1), lsns(8), docker(1), rtmon(8), wireshark(1)"
_ENVIRONMENT = (
    ("DOCKER_HOST, DOCKER_CONTEXT, DOCKER_CONFIG", "engines to ask beside those that are found, as docker reads them"),
    ("NO_COLOR", "where it is set, nothing is coloured; --color says otherwise"),
    ("TERM, COLORTERM", "what the terminal can draw"),
    ("SHELL", "the shell that is opened in a namespace; under sudo that of the invoking user"),
    ("XDG_CONFIG_HOME, XDG_STATE_HOME", "below them lie the files named here, of the invoking user under sudo"),
)
_FILES = (
    ("~/.config/ovltui/config.toml", "what ovltui config checks, and of which ovltui config --default prints a sample"),
    ("~/.local/state/ovltui/recordings", "recordings that the screens write"),
    ("~/.local/state/ovltui/views", "views that the screens save"),
    ("/run/ovltui", "the lab while it is up"),
)


def page(readme: str, version: str, says: str) -> str:
    """Return the man page in the macros of man(7).

    Args:
        readme: README.md.
        version: of ovltui.
        says: what it is, in a line.

    Raises:
        ValueError: README.md lacks a part that the page takes from it.
    """
    parts = (
        (f'.TH OVLTUI 1 "" "ovltui {version}" "User Commands"', ".nh", ".ad l"),
        (".SH NAME", rf"ovltui \- {_roff(says[0].lower() + says[1:])}"),
        (".SH SYNOPSIS", ".B ovltui", "[options]", ".br", ".B ovltui", ".I VERB", "[options] ..."),
        (".SH DESCRIPTION", _roff(DESCRIPTION.splitlines()[0]), ".PP", *_paragraphs(_opening(readme))),
        (".SH OPTIONS", *_shared()),
        (".SH VERBS", *(line for verb in VERBS for line in _verb(verb.name, verb.summary, verb.load().register))),
        (".SH EXAMPLES", *_examples(readme)),
        (".SH KEYS", *_keys(_section(readme, "Keys"))),
        (".SH CHANGES TO THE HOST", *_paragraphs(_section(readme, "What it changes on the host"))),
        (".SH EXIT STATUS", *_tagged((f"{status:d}", status_says) for status, status_says in EXIT_STATUSES)),
        (".SH ENVIRONMENT", *_tagged(_ENVIRONMENT)),
        (".SH FILES", *_tagged(_FILES)),
        (".SH SEE ALSO", _roff(_SEE_ALSO)),
    )
    return "\n".join(line for part in parts for line in part) + "\n"


def _roff(text: str) -> str:
    """Return a text as one line that roff prints as it stands."""
    plain = " ".join(text.split()).replace("\\", r"\e").replace("-", r"\-")
    plain = plain.replace("'", r"\(aq").replace("`", r"\(ga").replace("^", r"\(ha").replace("~", r"\(ti")
    return rf"\&{plain}" if plain.startswith(".") else plain


def _marked(text: str) -> str:
    """Return a text of Markdown; what stands between back quotes or two asterisks is bold."""
    text = re.sub(r"\[([^]]+)]\([^)]+\)", r"\1", text)
    pieces = re.split(r"`([^`]+)`|\*\*([^*]+)\*\*", text)
    bold = (rf"\fB{_roff_within(code or strong)}\fR" for code, strong in zip(pieces[1::3], pieces[2::3], strict=True))
    plain = (_roff_within(piece) for piece in pieces[::3])
    return "".join(piece for pair in zip(plain, (*bold, ""), strict=True) for piece in pair).strip()


def _roff_within(text: str) -> str:
    """Return a piece of a line, its outer blanks kept."""
    return (" " if text[:1].isspace() else "") + _roff(text) + (" " if text.strip() and text[-1:].isspace() else "")


def _tagged(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for tag, says in rows:
        yield from (".TP", rf"\fB{_roff(tag)}\fR", _roff(says))


def _shared() -> Iterator[str]:
    """Yield the options that stand before a verb, too."""
    groups = _parser(())._action_groups
    yield from _tagged(_rows(one for group in groups if group.title not in SHARED for one in group._group_actions))
    for group in groups:
        if group.title in SHARED:
            yield from (f".SS {_roff(group.title[0].upper() + group.title[1:])}", *_tagged(_rows(group._group_actions)))
            yield from (".PP", f"{_roff(group.description)}.") if group.description else ()


def _verb(name: str, summary: str, register: Callable[[argparse.ArgumentParser], None]) -> Iterator[str]:
    """Yield the lines of a verb: its own options, not those of every verb."""
    parser = Parser(prog=f"ovltui {name}")
    register(parser)
    yield from (rf".SS {_roff(_usage(parser))}", f"{_roff(summary[0].upper() + summary[1:])}.")
    yield from _options(parser)
    taken = [group.title for group in parser._action_groups if group.title in SHARED and group.title != COMMON]
    yield from (".PP", f"It also takes the {_roff(' and the '.join(taken))}.") if taken else ()
    below = next((one for one in parser._actions if isinstance(one, argparse._SubParsersAction)), None)
    for action, sub in below.choices.items() if below else ():
        own = [".RS", *_options(sub), ".RE"]
        yield from (".TP", rf"\fBovltui {name} {action}\fR", _roff(sub.description or ""), *own)
    if parser.epilog and not below:
        yield from (".PP", ".nf", *(_roff_line(line) for line in parser.epilog.splitlines()), ".fi")


def _roff_line(line: str) -> str:
    """Return a line whose blanks count."""
    return r"\ ".join(_roff(word) for word in line.split(" "))


def _usage(parser: argparse.ArgumentParser) -> str:
    return parser.format_usage().removeprefix("usage: ")


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Yield what is of this parser alone, group by group."""
    for group in parser._action_groups:
        own = [one for one in group._group_actions if not isinstance(one, argparse._HelpAction)]
        if group.title in SHARED or not own:
            continue
        if group.title not in ARGPARSE:
            yield from (".PP", _roff(f"{group.title}:"))
        yield from _tagged(_rows(own))


def _rows(actions: Iterable[argparse.Action]) -> Iterator[tuple[str, str]]:
    return ((_spelt(one), one.help or "") for one in actions if one.help != argparse.SUPPRESS)


def _spelt(action: argparse.Action) -> str:
    value = action.metavar if isinstance(action.metavar, str) else None
    if value is None and action.choices:
        value = "|".join(map(str, action.choices))
    names = ", ".join(action.option_strings)
    return " ".join(filter(None, (names, value if action.nargs != 0 else None)))


def _opening(readme: str) -> str:
    """Return what README.md says between its first paragraph's beginning and the first picture or heading."""
    return _found(re.search(r"^# ovltui\n+(.+?)^(?:!\[|## )", readme, re.MULTILINE | re.DOTALL), "opening")


def _section(readme: str, heading: str) -> str:
    return _found(re.search(rf"^## {heading}[^\n]*\n+(.+?)(?=^## |\Z)", readme, re.MULTILINE | re.DOTALL), heading)


def _found(match: re.Match[str] | None, what: str) -> str:
    if match is None:
        raise ValueError(f"README.md has no {what!r}, which the man page takes from it")
    return match[1]


def _paragraphs(text: str) -> Iterator[str]:
    """Yield the plain paragraphs of Markdown; pictures, tables and code are left out."""
    kept = [
        one for one in re.split(r"\n{2,}", text.strip()) if not one.startswith(("![", "|", "```", "- ", "1. ", "<"))
    ]
    for number, paragraph in enumerate(kept):
        if number:
            yield ".PP"
        yield _marked(paragraph)


def _examples(readme: str) -> Iterator[str]:
    commands = re.findall(r"^\$ (ovltui .*?)(?:\s{2,}# (.*))?$", readme, re.MULTILINE)
    if not commands:
        raise ValueError("README.md has no commands, which the man page takes from it")
    yield from (line for command, says in commands for line in (".TP", rf"\fB{_roff(command)}\fR", _marked(says)))


def _keys(text: str) -> Iterator[str]:
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in re.findall(r"^\|.*\|$", text, re.MULTILINE)]
    for keys, says in rows[2:]:  # behind the heading and its line
        yield from (".TP", _marked(keys), _marked(says))
    yield from (".PP", *_paragraphs(text))


def written() -> str:
    """Return the man page of this checkout."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return page((ROOT / "README.md").read_text(encoding="utf-8"), project["version"], project["description"])


def get_build_hook() -> "type[BuildHookInterface[Any]]":
    """Return what hatchling runs for a wheel: it adds the man page."""
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface  # noqa: PLC0415  (only a build has it)

    class ManPage(BuildHookInterface[Any]):
        """Adds the man page to a wheel."""

        PLUGIN_NAME = "custom"

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  (hatchling's names)
            """Write the page beside the build, and say where it is to be installed."""
            self._directory = TemporaryDirectory(prefix="ovltui-build-")
            source = Path(self._directory.name, "ovltui.1")
            source.write_text(written(), encoding="utf-8")
            build_data["shared_data"][str(source)] = _INSTALLED

        def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
            """Remove what was written beside the build."""
            self._directory.cleanup()

    return ManPage


if __name__ == "__main__":
    sys.stdout.write(written())
