import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ovltui import __main__ as command
from ovltui.cli import main as cli
from ovltui.cli.arguments import session_options
from ovltui.cli.main import EXIT_STATUSES, VERBS, parse, require_terminal
from ovltui.errors import ExitStatus, OvltuiError, UsageError
from tests.cli.command import OVLTUI, await_listening, environment, ovltui, running

BAD = {
    ("lss",): "invalid choice: 'lss'",
    ("ls", "--nope"): "does not know '--nope'",
    ("info", "blue"): "does not know 'blue'",
    ("--js", "ls"): "does not know '--js'",
    ("ls", "--js"): "does not know '--js'",
    ("ls", "--", "blue"): "only ovltui exec takes a command",
    ("--", "blue"): "only ovltui exec takes a command",
    ("--docker", "foo", "ls"): "foo is no address of a Docker Engine",
    ("ls", "--docker", ""): "no address of a Docker Engine",
    ("ls", "--docker"): "expected one argument",
    ("ls", "--color", "pink"): "invalid choice: 'pink'",
    ("--docker", "/a", "ls", "--no-docker"): "contradict each other",
    ("watch", "--count", "0"): "'0' is no whole number from 1 on",
    ("watch", "--count", "-3"): "'-3' is no whole number",
    ("watch", "--count", "٣"): "is no whole number",
    ("watch", "--for", "nan"): "'nan' is no number of seconds above 0",
    ("watch", "--for", "-1"): "'-1' is no number of seconds",
    ("watch", "--for", "soon"): "'soon' is no number of seconds",
    ("watch", "frob"): "'frob' is no object; choose from link, addr, route",
    ("watch", "--filter", "/[/"): "regular expression '[' is invalid",
    ("exec",): "required: NETNS",
    ("exec", "blue", "ip"): "the command stands after --",
    ("exec", "blue", "-c"): "the command stands after --",
    ("info", "\x1b[31mred"): "\\x1b[31mred",
}


@pytest.mark.parametrize("words", BAD, ids=" ".join)
def test_bad_words_are_one_sentence_and_status_2(words: tuple[str, ...]) -> None:
    ended = ovltui(*words)
    assert (ended.status, ended.out) == (ExitStatus.USAGE, "")
    assert re.fullmatch(r"ovltui: [^\n]+\n", ended.err)
    assert BAD[words] in ended.err.replace("\\\\", "\\")
    assert "\x1b" not in ended.err


def test_options_hold_before_and_after_the_verb() -> None:
    arguments = parse(["--docker", "/a", "--passive", "--color", "never", "ls", "--docker", "/b", "--ascii"])
    assert (arguments.color, arguments.ascii) == ("never", True)
    options = session_options(arguments)
    assert (options.docker, options.passive, options.no_docker) == (("unix:///a", "unix:///b"), True, False)
    assert session_options(parse(["ls", "--no-docker", "--passive"])).no_docker


def test_without_options_the_defaults_hold() -> None:
    arguments = parse(["ls"])
    options = session_options(arguments)
    assert (arguments.color, arguments.ascii, options.docker, options.passive) == ("auto", False, (), False)


def test_words_after_the_dashes_are_the_commands_own() -> None:
    arguments = parse(["exec", "blue", "--passive", "--", "ip", "--", "--no-docker", "-c"])
    assert (arguments.netns, arguments.passive, arguments.no_docker) == ("blue", True, False)
    assert arguments.command == ["ip", "--", "--no-docker", "-c"]


def test_help_names_every_verb_and_fits_80_columns() -> None:
    ended = ovltui("--help", COLUMNS="80")
    assert ended.status == 0
    for verb in VERBS:
        assert f"ovltui {verb.name}" in ended.out
        assert verb.summary in ended.out
    assert max(map(len, ended.out.splitlines())) <= 80


@pytest.mark.parametrize("verb", [verb.name for verb in VERBS])
def test_each_verb_has_help(verb: str) -> None:
    ended = ovltui(verb, "--help")
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.startswith(f"usage: ovltui {verb} ")
    assert "--docker" in ended.out


def test_help_says_what_each_exit_status_means() -> None:
    assert [status for status, _ in EXIT_STATUSES] == list(ExitStatus)
    said = ovltui("--help").out.split("exit status:\n")[1]
    assert re.findall(r"^ +(\d+)  \S", said, re.MULTILINE) == [str(status.value) for status in ExitStatus]


def test_version_is_a_line() -> None:
    assert re.fullmatch(r"ovltui (\d+\.\d+\.\d+|\(not installed\))\n", ovltui("--version").out)


def test_the_screens_ask_for_a_terminal_and_name_the_way_without() -> None:
    ended = ovltui()
    assert (ended.status, ended.out) == (ExitStatus.USAGE, "")
    assert "terminal" in ended.err
    assert "ovltui watch" in ended.err


@pytest.mark.parametrize("environ", [{}, {"TERM": ""}, {"TERM": "dumb"}])
def test_the_screens_ask_for_a_terminal_that_can_draw(environ: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="TERM"):
        require_terminal(environ, terminals=True)


def test_a_good_terminal_is_accepted() -> None:
    require_terminal({"TERM": "linux"}, terminals=True)


def _raising(error: BaseException) -> object:
    def run() -> int:
        raise error

    return run


def test_an_error_of_ours_is_a_sentence_and_its_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "run", _raising(OvltuiError("It rained.", ExitStatus.NO_NETNS)))
    assert command.main() == ExitStatus.NO_NETNS
    assert capsys.readouterr() == ("", "ovltui: It rained.\n")


def test_ctrl_c_is_130_without_a_word(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(command, "run", _raising(KeyboardInterrupt()))
    assert command.main() == ExitStatus.INTERRUPTED
    assert capsys.readouterr() == ("", "")


def test_a_defect_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "run", _raising(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        command.main()


def test_a_reader_that_leaves_is_no_error() -> None:
    for words in (["ls", "--json", "--no-docker"], ["--help"], ["--version"]):
        process = subprocess.Popen(
            [*OVLTUI, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), cwd="/"
        )
        with process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            talk = process.stderr.read().decode()
        assert process.returncode == 0, words
        assert "Traceback" not in talk
        assert "Exception" not in talk
        assert "Broken" not in talk


@pytest.mark.parametrize("words", [("ls", "--no-docker"), ("info", "--no-docker"), ("--version",)])
def test_a_full_disk_is_one_sentence_and_status_1(words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ended = subprocess.run(
            [*OVLTUI, *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False, env=environment(), cwd="/"
        )
    assert ended.returncode == 1
    assert ended.stderr.count("No space left on device") == 1
    assert "Traceback" not in ended.stderr


def test_a_closed_stdout_is_a_sentence() -> None:
    ended = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *OVLTUI, "ls", "--no-docker"],
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
        cwd="/",
    )
    assert (ended.returncode, ended.stderr) == (2, "ovltui: stdout is closed, so there is nowhere to print to.\n")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_watch_ends_at_once_and_silently_on_a_signal(number: signal.Signals, status: int) -> None:
    with running("watch", "--no-docker", "--passive", "--filter", "!/./") as process:
        await_listening(process.pid)
        process.send_signal(number)
        _, talk = process.communicate(timeout=40)
    assert process.returncode == status
    assert "Traceback" not in talk


def test_listing_loads_no_library_that_it_does_not_need() -> None:
    code = (
        "import sys\nfrom ovltui.cli.main import main\nmain(['ls', '--no-docker'])\n"
        "print([name for name in ('textual', 'rich', 'docker', 'pyroute2') if name in sys.modules])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment(), cwd="/"
    )
    assert ended.stdout.splitlines()[-1] == "[]"


def test_the_verbs_are_a_table_without_doubles() -> None:
    assert len({verb.name for verb in cli.VERBS}) == len(cli.VERBS)
