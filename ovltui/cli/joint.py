"""Several machines for one verb, or for the screens: which are meant, the way to each, and the session that joins them.

Source: the arguments; for ``--swarm`` the nodes that a manager among this machine's Docker Engines tells. Privileges:
those of ``ovltui`` on each machine; ssh asks on the terminal for what it needs before anything is shown. Incomplete:
which machine was not reached is said at the end, with an exit status of its own.
"""

import argparse
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from ovltui.cli.arguments import session_options
from ovltui.cli.fleet import address_in, session_of
from ovltui.cli.hosts import named
from ovltui.cli.joint_ways import refusals
from ovltui.cli.netns import looked
from ovltui.cli.output import Output, standard_output
from ovltui.cli.progress import progress
from ovltui.errors import DockerError, RemoteError, UsageError
from ovltui.session.hosts import HostState, HostStatus
from ovltui.session.intents import ask_all, names_of, seats_of
from ovltui.session.live import LiveSession

if TYPE_CHECKING:
    from ovltui.remote.address import Address
    from ovltui.remote.machine import Machine
    from ovltui.remote.ssh import Ssh
    from ovltui.session.intents import Told
    from ovltui.session.joined import JoinedSession
    from ovltui.session.looking import Looked
    from ovltui.topology.model import Topology

ANSWER_S = 20.0
"""Seconds that a machine may take to tell what is there: ssh may have to ask several others first."""
HEARD_S = 8.0
"""Seconds that a machine whose state is kept elsewhere may take to say that it is still there."""
_WITHOUT_GAPS = ("path", "show")
"""Verbs that do not tell what cannot be seen, and so not why a machine was not reached."""
_READ_S, _JUDGE_S, _LOOK_S = 5.0, 5.0, 0.05
"""Seconds that reading its tables may take, and its checks, and between two looks whether they are there."""


def joined(arguments: argparse.Namespace) -> "JoinedSession":
    """Return the session of all machines that are meant, the way to each prepared: ssh may ask on the terminal.

    Raises:
        RemoteError: none of those that were named can be reached.
        UsageError: the arguments contradict each other.
        DockerError: the nodes of a swarm are meant, and no manager tells them.
    """
    from ovltui.session.joined import JoinedSession  # noqa: PLC0415  (verbs on this machine alone need none of it)

    if origin := address_in(arguments):
        return session_of(arguments, origin)
    addresses = dict.fromkeys((*named(arguments), *(_nodes(arguments) if arguments.swarm else ())))
    reached = [_machine(arguments, address) for address in addresses]
    said = refusals(reached, _talk(arguments))
    if said and len(said) == len(reached):
        raise RemoteError(" ".join(said))
    here: list[Machine] = [] if arguments.no_local else [_here(arguments)]
    return JoinedSession([*here, *reached])


def reach(session: "JoinedSession", arguments: argparse.Namespace, text: str) -> None:
    """Add the machine that a text names; errors as of ``joined``, or it is there already."""
    from ovltui.remote.address import parse  # noqa: PLC0415  (as above)

    machine = _machine(arguments, parse(text))
    if any(host.url == machine.url for host in session.hosts):
        raise UsageError(f"{machine.url} is shown already.")
    machine.prepare()
    session.add(machine)


@contextmanager
def told(arguments: argparse.Namespace, out: Output) -> Iterator["Joint"]:
    """Join all machines that are meant until each has told what is there, or why it cannot; close them at the end.

    Args:
        arguments: of the command line.
        out: where to say what was not reached.

    Raises:
        RemoteError: not all were reached; raised at the end, when what the others told is printed.
    """
    session = joined(arguments)
    try:
        session.start()
        await_hosts(session, out)
        with progress(out, "waiting for a word of now"):
            session.wait_until_heard(HEARD_S)
        silent = [host for host in session.hosts if host.state is not HostState.LIVE]
        yield Joint(session)
    finally:
        session.close()
    if silent:
        out.flush()
        raise RemoteError(_absence(session, silent, why=arguments.verb in _WITHOUT_GAPS))


def await_hosts(session: "JoinedSession", out: Output) -> None:
    """Wait until each machine has told what is there, or why it cannot, but not for ever; say so meanwhile."""
    with progress(out, "waiting for what the hosts tell"):
        session.wait_for_hosts(ANSWER_S)


def unreached(host: HostStatus) -> str:
    """Return why a machine told nothing, a sentence."""
    return host.says or f"{host.url or host.name} did not answer within {ANSWER_S:.0f} s."


def _absence(session: "JoinedSession", silent: Sequence[HostStatus], *, why: bool) -> str:
    """Return which machines were not reached, or are lost by now, a sentence; where that is wanted, why."""
    known = {host.name for host in session.members if host.names.netnses}
    then = [host for host in silent if host.name in known]
    never = [host for host in silent if host.name not in known]
    if why:
        told_then = (f"{host.name}, told as of then: {unreached(host)}" for host in then)
        return " ".join((*map(unreached, never), *told_then))
    parts = (("not reached: ", never, ""), ("lost: ", then, ", told as of then"))
    said = [f"{before}{', '.join(host.name for host in hosts)}{after}" for before, hosts, after in parts if hosts]
    return f"{'; '.join(said)}; the rest is told."


class Joint:
    """All machines that are meant, for whoever looks once.

    Args:
        session: of them, whose machines have told what is there.
    """

    def __init__(self, session: "JoinedSession") -> None:
        self.session = session

    @cached_property
    def topology(self) -> "Topology":
        """Who is wired to whom, over all machines: as soon as each has read its tables."""
        self._await(self._is_read, _READ_S)
        return self.session.wiring.look()

    @property
    def names(self) -> "Told":
        """What engines told of the endpoints of networks."""
        intended = self.session.intended
        return names_of(intended.intents if intended else ())

    @cached_property
    def looked(self) -> "Looked":
        """What is wrong: as soon as each machine has told what its engines intend, and what it found itself."""
        self.session.start_checks()
        findings = self.session.findings
        assert findings
        self._await(self._is_read, _READ_S)
        self._await(self._is_judged, _JUDGE_S)
        asked_ns = time.time_ns()
        findings.ask()
        self._await(lambda: (findings.looked.when_ns or 0) > asked_ns, _JUDGE_S)
        return findings.looked

    def gaps(self) -> tuple[str, ...]:
        """Return what the checks could not look at, each a sentence."""
        return self.session.findings.gaps() if self.session.findings else ()

    def _is_read(self) -> bool:
        """Whether each machine has read the tables of its namespaces, where it can."""
        contents = (self.session.tables_of(netns) for netns in self.session.netnses if not netns.is_number)
        return all(one.read_ns is not None for one in contents)

    def _is_judged(self) -> bool:
        live = [host for host in self.session.members if host.status.state is HostState.LIVE]
        return all(host.judged and host.intended for host in live)

    def _await(self, is_so: Callable[[], bool], patience_s: float) -> None:
        deadline = time.monotonic() + patience_s
        while not is_so() and time.monotonic() < deadline:
            time.sleep(_LOOK_S)


def _talk(arguments: argparse.Namespace) -> Output:
    """Return where to say how far it is before there is anything to show."""
    return standard_output(arguments.color, os.environ, ascii_only=arguments.ascii)


def _machine(arguments: argparse.Namespace, address: "Address") -> "Ssh":
    from ovltui.remote.ssh import Ssh  # noqa: PLC0415  (as above)

    return Ssh(address, words=_words(arguments))


def _here(arguments: argparse.Namespace) -> "Machine":
    from ovltui.remote.here import Here  # noqa: PLC0415  (as above)

    named = [word for url in session_options(arguments).docker for word in ("--docker", url)]
    return Here((*_words(arguments), *named))


def _words(arguments: argparse.Namespace) -> tuple[str, ...]:
    """Return the options that hold on every machine."""
    options = session_options(arguments)
    wanted = (("--no-docker", options.no_docker), ("--passive", options.passive))
    return tuple(word for word, is_wanted in wanted if is_wanted)


def _nodes(arguments: argparse.Namespace) -> Iterator["Address"]:
    """Yield the addresses of the other nodes of the swarms that engines here belong to.

    Raises:
        DockerError: no engine here manages a swarm, or none that does answers.
    """
    from ovltui.remote.address import parse  # noqa: PLC0415  (as above)

    with looked(LiveSession(session_options(arguments)), _talk(arguments)) as session:
        seats = seats_of(ask_all(session.engines))
    if not any(seat.manager for seat in seats):
        raise DockerError("no Docker Engine here is the manager of a swarm: start it on one, or name each with --host.")
    ours = {seat.node for seat in seats}
    nodes = {node: (address, state) for seat in seats for node, address, state in seat.nodes}
    for address in (address for node, (address, state) in nodes.items() if node not in ours and address):
        yield parse(f"ssh://[{address}]" if ":" in address else f"ssh://{address}")
