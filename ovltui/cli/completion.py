"""``ovltui completion``: a script by which a shell completes verbs, options and the names of namespaces.

Source: the parsers of the verbs; names are asked of ``ovltui ls --names`` when the key is pressed. Privileges: what the
user who presses it may see. Incomplete: names with blanks or signs that a shell reads as something else are left out.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from string import Template

from ovltui.checks.table import CHECKS
from ovltui.cli.output import Output
from ovltui.cli.watch import OBJECTS

SHELLS = ("bash", "zsh", "fish")
_NETNS = ("NAME", "NETNS", "FROM", "TO")
"""Placeholders of arguments that are names of namespaces."""
_FILES = ("URL", "FILE", "OUT")
"""Those of arguments that are files."""


_EPILOG = """\
bash:  source <(ovltui completion bash)
zsh:   ovltui completion zsh > _ovltui, in a directory of fpath
fish:  ovltui completion fish | source
"""


class Ask(StrEnum):
    """What is asked when the key is pressed."""

    NAMES = "names"
    FILES = "files"
    NOTHING = "nothing"


Values = Ask | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a verb."""

    name: str
    says: str
    values: Values | None
    """What may follow it; None where it takes no value."""


@dataclass(frozen=True, slots=True)
class Words:
    """What may follow one verb."""

    verb: str
    summary: str
    options: tuple[Option, ...]
    choices: tuple[str, ...]
    names: bool
    """Whether names of namespaces may stand there too."""


class Script(Template):
    """A script with places to fill in, marked by a sign that no shell uses."""

    delimiter = "%%"


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the verb."""
    parser.add_argument("shell", choices=SHELLS, help="whose script to print")
    parser.epilog = _EPILOG


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Print the script; return the exit status."""
    from ovltui.cli.main import VERBS, verb_parser  # noqa: PLC0415  (which knows this verb among the others)

    verbs = [_words(verb.name, verb.summary, verb_parser(verb)) for verb in VERBS]
    out.line(_SCRIPTS[arguments.shell](verbs).rstrip("\n"))
    return 0


def _words(verb: str, summary: str, parser: argparse.ArgumentParser) -> Words:
    everything = parser._actions  # noqa: SLF001  (argparse has no other way to ask)
    actions = [one for one in everything if one.help != argparse.SUPPRESS or (one.choices and not one.option_strings)]
    optional = [*actions, *(one for below in _below(everything) for one in below._actions)]  # noqa: SLF001  (as above)
    named = {name: one for one in reversed(optional) for name in one.option_strings if name.startswith("--")}
    options = tuple(
        Option(name, one.help or "", None if one.nargs == 0 else _values(one)) for name, one in named.items()
    )
    places = [_values(one) for one in actions if not one.option_strings]
    choices = tuple(word for place in places if isinstance(place, tuple) for word in place)
    return Words(verb, summary, options, choices, Ask.NAMES in places)


def _below(actions: Sequence[argparse.Action]) -> Iterator[argparse.ArgumentParser]:
    """Yield the parsers of what a verb does, as ``break`` of ``lab``."""
    for action in actions:
        if isinstance(action.choices, dict):
            yield from action.choices.values()


def _values(action: argparse.Action) -> Values:
    if action.choices:
        return tuple(str(choice) for choice in action.choices)
    if action.metavar == "OBJECT":
        return tuple(str(one) for one in OBJECTS)
    if action.metavar == "CHECK":
        return tuple(check.name for check in CHECKS)
    if action.metavar in _FILES:
        return Ask.FILES
    return Ask.NAMES if action.metavar in _NETNS else Ask.NOTHING


def _valued(verbs: Sequence[Words]) -> dict[str, Values]:
    """Return what may follow each option that takes a value."""
    return {one.name: one.values for words in verbs for one in words.options if one.values is not None}


def _posix(template: str, verbs: Sequence[Words], answers: dict[Ask, str], assign: str) -> str:
    """Fill in a script of bash or zsh.

    Args:
        template: the script.
        verbs: what may follow each verb.
        answers: what the script does to ask.
        assign: how it takes words that are known.
    """
    after = [
        f"    {option}) {answers[values] if isinstance(values, Ask) else assign.format(' '.join(values))} ;;"
        for option, values in _valued(verbs).items()
    ]
    cases = [
        f"    {one.verb}) {assign.format(' '.join((*(option.name for option in one.options), *one.choices)))}"
        f"{f'; {answers[Ask.NAMES]}' if one.names else ''} ;;"
        for one in verbs
    ]
    return Script(template).substitute(
        verbs="|".join(one.verb for one in verbs),
        words=" ".join(one.verb for one in verbs),
        summaries="\n".join(f"        {_quoted(f'{one.verb}:{one.summary}')}" for one in verbs),
        after="\n".join(after),
        cases="\n".join(cases),
    )


def _bash(verbs: Sequence[Words]) -> str:
    answers = {Ask.NAMES: "_ovltui_names", Ask.FILES: "how=files", Ask.NOTHING: "return"}
    return _posix(_BASH, verbs, answers, "words='{}'")


def _zsh(verbs: Sequence[Words]) -> str:
    answers = {Ask.NAMES: "_ovltui_names", Ask.FILES: "_files; return", Ask.NOTHING: "return"}
    return _posix(_ZSH, verbs, answers, "found=({})")


def _fish(verbs: Sequence[Words]) -> str:
    return Script(_FISH).substitute(lines="\n".join(line for one in verbs for line in _fish_lines(one)))


def _fish_lines(one: Words) -> Iterator[str]:
    answers = {Ask.NAMES: " -x -a '(__ovltui_names)'", Ask.FILES: " -r -F", Ask.NOTHING: " -x"}
    seen = f"complete -c ovltui -n '__fish_seen_subcommand_from {one.verb}'"
    yield f"complete -c ovltui -n __fish_use_subcommand -a {one.verb} -d {_quoted(one.summary)}"
    for option in one.options:
        values = option.values
        takes = "" if values is None else answers[values] if isinstance(values, Ask) else f" -x -a '{' '.join(values)}'"
        yield f"{seen} -l {option.name.removeprefix('--')} -d {_quoted(option.says)}{takes}"
    if one.choices:
        yield f"{seen} -a '{' '.join(one.choices)}'"
    if one.names:
        yield f"{seen} -a '(__ovltui_names)'"


def _quoted(text: str) -> str:
    """Return a text in single quotes that bash, zsh and fish read alike."""
    return "'" + text.replace("'", "").replace("\\", "") + "'"


_SCRIPTS = {"bash": _bash, "zsh": _zsh, "fish": _fish}
_BASH = r"""# Completion of ovltui for bash.
_ovltui_names() {
    [[ $current == -* ]] || words+=" $(command "${typed[0]}" ls --names 2>/dev/null)"
}
_ovltui() {
    local line=${COMP_LINE:0:COMP_POINT} verb= words= word how=words
    local -a typed
    # COMP_WORDS is cut at @, : and =, which names contain.
    read -ra typed <<<"$line"
    [[ $line == *[[:blank:]] ]] && typed+=("")
    local current=${typed[-1]} previous=${typed[-2]-}
    for word in "${typed[@]:1:${#typed[@]}-2}"; do
        case $word in
        --) COMPREPLY=($(compgen -c -- "$current")); return ;;
        %%verbs) [[ -z $verb ]] && verb=$word ;;
        esac
    done
    case $previous in
%%after
    *)
    case $verb in
    '') words='%%words' ;;
%%cases
    esac ;;
    esac
    if [[ $how == files ]]; then
        COMPREPLY=($(compgen -f -- "$current"))
    else
        COMPREPLY=($(compgen -W "$words" -- "$current"))
    fi
    local kept=${current%"${current##*[@:=]}"}
    COMPREPLY=("${COMPREPLY[@]#"${kept%@}"}")
}
complete -F _ovltui ovltui
"""
_ZSH = r"""#compdef ovltui
# Completion of ovltui for zsh: a file called _ovltui in a directory of fpath, or sourced behind compinit.
_ovltui_names() {
    [[ $PREFIX == -* ]] || found+=(${(f)"$(command ${words[1]} ls --names 2>/dev/null)"})
}
_ovltui() {
    local verb word
    local -a verbs found
    verbs=(
%%summaries
    )
    for word in ${words[2,CURRENT-1]}; do
        case $word in
        --) _command_names; return ;;
        %%verbs) [[ -z $verb ]] && verb=$word ;;
        esac
    done
    case ${words[CURRENT-1]} in
%%after
    *)
    case $verb in
    '') _describe verb verbs; return ;;
%%cases
    esac ;;
    esac
    compadd -a found
}
compdef _ovltui ovltui
"""
_FISH = r"""# Completion of ovltui for fish.
function __ovltui_names
    command ovltui ls --names 2>/dev/null
end
complete -c ovltui -f
%%lines
"""
