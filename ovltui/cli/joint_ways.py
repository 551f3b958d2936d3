"""The ways to several machines, prepared before anything is shown: all at once, what has to be asked one by one.

Source: ssh, as ``remote.ssh`` runs it. Privileges: none here. Incomplete: a machine to which no way leads is told in a
sentence; where nobody can be asked, ssh asks nothing. ctrl+c gives up the ways that are being made.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from ovltui.cli.output import Output
from ovltui.cli.progress import progress
from ovltui.errors import RemoteError

if TYPE_CHECKING:
    from ovltui.remote.ssh import Ssh

AT_ONCE = 8
"""Ways that are made at once: an sshd, as of a jump host, takes ten that have not logged in yet."""


def refusals(machines: Sequence["Ssh"], out: Output) -> tuple[str, ...]:
    """Prepare the ways to machines; return why there is none to some of them, each a sentence.

    Args:
        machines: which; closed where this is given up.
        out: where to say how far it is.
    """
    from ovltui.remote.says import UnaskedError  # noqa: PLC0415  (verbs on this machine alone need none of it)
    from ovltui.remote.ssh import on_terminal  # noqa: PLC0415

    try:
        if len(machines) == 1 and on_terminal():
            first: list[RemoteError | None] = [_refusal(machines[0], asks=True)]
        else:
            first = _at_once(machines, out)
        found = [
            _refusal(machine, asks=True) if isinstance(error, UnaskedError) and on_terminal() else error
            for machine, error in zip(machines, first, strict=True)
        ]
    except BaseException:
        close(machines)
        raise
    return tuple(str(error) for error in found if error)


def close(machines: Sequence["Ssh"]) -> None:
    """End the ways to machines, also those that are being made."""
    with ThreadPoolExecutor(max(1, len(machines))) as pool:
        list(pool.map(lambda machine: machine.close(), machines))


def _at_once(machines: Sequence["Ssh"], out: Output) -> list[RemoteError | None]:
    number = len(machines)
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        with progress(out, f"connecting to {number} host{'' if number == 1 else 's'}") as told:
            found = []
            for error in pool.map(_unasked, machines):
                found.append(error)
                told(len(found), number)
            return found
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _unasked(machine: "Ssh") -> RemoteError | None:
    return _refusal(machine, asks=False)


def _refusal(machine: "Ssh", *, asks: bool) -> RemoteError | None:
    try:
        machine.prepare(asks=asks)
    except RemoteError as error:
        return error
    return None
