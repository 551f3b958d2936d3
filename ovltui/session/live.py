"""A session on the living kernel: the reader process, the sweeps and the Docker Engines, each in a thread of its own.

Source: ``kernel.receiver``, ``netns.watch``, ``identity.engine``. Privileges: root for everything; as an ordinary user
what the kernel shows, and the rest as gaps. It changes one thing on the host: namespaces without an nsid get one, which
pins nothing and ends with them; ``Options.passive`` leaves even that.
"""

import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from ovltui.errors import NetnsError, PrivilegeError
from ovltui.events.decode_docker import pack_docker
from ovltui.identity.model import EngineEvent
from ovltui.kernel import capabilities
from ovltui.kernel.namespace import mntns_of, opened
from ovltui.kernel.relaunch import module_command
from ovltui.kernel.rtnl import Rtnl
from ovltui.kernel.spawn import command_line
from ovltui.kernel.users import login_shell
from ovltui.netns.discover import Discoverer, Sweep, host_name, key_of
from ovltui.netns.evidence import ways_in
from ovltui.netns.model import Netns
from ovltui.session.greet import Greeter, ask_nsid
from ovltui.session.inside import Insides
from ovltui.session.lab_names import LabNames
from ovltui.session.session import Session
from ovltui.session.sight import Sight
from ovltui.session.tables import TableKeeper
from ovltui.state.tables import Contents

if TYPE_CHECKING:
    from ovltui.identity.engines import Engines
    from ovltui.kernel.receiver import Receiver
    from ovltui.netns.watch import NetnsWatch
    from ovltui.session.findings import Findings
    from ovltui.session.wiring import Wiring

READER_PATIENCE_S = 5.0
"""Seconds to wait for the first frame of the reader before the namespaces are listed all the same."""
ENGINE_PERIOD_S = 3.0
"""Seconds between looks for Docker Engines that came up."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says of the session."""

    docker: tuple[str, ...] = ()
    """Engines that the user named."""
    no_docker: bool = False
    """Ask no engine."""
    passive: bool = False
    """Give no nsids."""
    limit: int = 1_000_000
    """Records to keep."""
    environ: dict[str, str] = field(default_factory=lambda: dict(os.environ))


class LiveSession(Session):
    """A session that runs; ``start`` and ``close`` it."""

    def __init__(self, options: Options) -> None:
        super().__init__(host_name(), key_of(os.getpid()), options.limit)
        self.mntns = mntns_of(os.getpid())
        self.unprivileged = bool(capabilities.missing())
        self._options = options
        self._sight = Sight(self.stream)
        self._greeter = Greeter(self.host, self.stream, self._sight, passive=options.passive)
        self._insides = Insides()
        self._lab = LabNames(self.host)
        self._tables = TableKeeper(self.stream, self._sight, self.tell, self.kept)
        self.findings: Findings | None = None
        """What is wrong; None until ``start_checks``."""
        self._swept: tuple[Netns, ...] | None = None
        self._deaf = ""
        self._closing = threading.Event()
        self._heard = threading.Event()
        self._searched = threading.Event()
        self._spoke = threading.Event()
        self._receiver: Receiver | None = None
        self._watch: NetnsWatch | None = None
        self._engines: Engines | None = None
        self._threads: list[threading.Thread] = []

    @cached_property
    def wiring(self) -> "Wiring":
        """Who is wired to whom."""
        from ovltui.session.wiring import Wiring  # noqa: PLC0415  (as in ``hear``)

        return Wiring(self)

    def look(self) -> None:
        """Sweep once, in the calling thread, giving no nsids: for commands that only list."""
        with Rtnl() as rtnl:
            self._take(Discoverer(partial(ask_nsid, rtnl)).sweep())

    @property
    def searching(self) -> bool:
        """Whether Docker Engines are still looked for."""
        return not self._options.no_docker and not self._searched.is_set()

    @property
    def met(self) -> int:
        """How many namespaces were looked at so far, while ``start`` does that; any thread may ask."""
        return self._greeter.met

    def hear(self) -> None:
        """Begin to receive; whoever has something to do until ``start`` calls it before."""
        # Loaded here: commands that only list would wait longer for modules than for the kernel.
        from ovltui.kernel.receiver import Receiver  # noqa: PLC0415

        self._receiver = Receiver()
        self._go("ovltui-frames", self._read)

    def start(self) -> None:
        """Begin to receive, then list the namespaces, then go on in threads."""
        from ovltui.netns.watch import NetnsWatch  # noqa: PLC0415  (as in ``hear``)

        if self._receiver is None:
            self.hear()
        # What changes before the reader hears would be missing in the links that are loaded now.
        self._heard.wait(READER_PATIENCE_S)
        self._watch = NetnsWatch(self._greeter.greet, self._take, self._greeter.stays)
        self._watch.start()
        self._tables.start()

    def start_engines(self) -> None:
        """Begin to ask Docker Engines for names and events; nobody waits for them."""
        if not self._options.no_docker:
            from ovltui.identity.endpoints import find  # noqa: PLC0415  (as in ``start``)
            from ovltui.identity.engines import Engines  # noqa: PLC0415

            search = partial(find, self._options.docker, environ=self._options.environ, home=Path.home())
            self._engines = Engines(search, self._engines_spoke, on_event=self._docker_said)
            self._go("ovltui-engines", self._look_for_engines)

    def start_checks(self) -> None:
        """Begin to tell what is wrong, and to ask engines what they intend; nobody waits for it."""
        from ovltui.session.findings import Findings  # noqa: PLC0415  (as in ``start``)

        self.findings = Findings(self, self.wiring)
        self.findings.start()

    def wait_for_engines(self, patience_s: float) -> None:
        """Wait until every engine found so far has answered or failed to, but not longer than ``patience_s``."""
        deadline = time.monotonic() + patience_s
        while self._engines and time.monotonic() < deadline:
            self._spoke.clear()
            if self._searched.is_set() and all(view.answers or view.says for view in self._engines.views()):
                break
            self._spoke.wait(deadline - time.monotonic())

    def close(self) -> None:
        """End every thread and process of the session; a second call does nothing."""
        if self._closing.is_set():
            return
        self._closing.set()
        if self.findings:
            self.findings.close()
        self._tables.close()
        if self._engines:
            self._engines.close()
        if self._watch:
            self._watch.close()
        if self._receiver:
            self._receiver.close()
        for thread in self._threads:
            thread.join()
        if self._receiver:
            self._receiver.release()

    def gaps(self) -> tuple[str, ...]:
        """Return what cannot be seen or heard, with what this session itself was refused."""
        return (*super().gaps(), *((self._deaf,) if self._deaf else ()), *self._greeter.gaps())

    @property
    def ended(self) -> str:
        """Why no more events come, a sentence; empty while they do."""
        return self._deaf

    def way_in(self, netns: Netns) -> str:
        """Return a path by which ``netns`` can be entered now.

        Raises:
            NetnsError: it died, none of its paths leads to it any more, or only its nsid is known.
            PrivilegeError: the kernel does not let us open it.
        """
        refusal: OSError | None = None
        for path in ways_in(netns):
            try:
                with opened(path) as namespace:
                    if namespace.is_still(netns.key.id):
                        return path
            except PermissionError as error:
                refusal = error
            except OSError:
                continue
        name = self._identities[netns.key].name if netns.key in self._identities else f"net:[{netns.inode}]"
        if netns.is_number:
            raise NetnsError(f"{name} cannot be entered: nothing that leads into it was found.")
        if refusal:
            raise PrivilegeError(f"{name} may not be opened ({refusal.strerror}): run ovltui as root.")
        raise NetnsError(f"{name} is gone: list again and choose anew.")

    @property
    def environ(self) -> dict[str, str]:
        """The environment of the person who started us."""
        return self._options.environ

    def shell_command(self, netns: Netns) -> list[str]:
        """Return the words that run the user's shell in ``netns``; errors as in ``way_in``."""
        shell = [login_shell(self._options.environ)]
        return shell if netns.own else command_line(self.way_in(netns), netns.key.id, shell)

    def own_command(self, argv: Sequence[str]) -> list[str]:
        """Return the words that start ovltui again with ``argv``, for sudo, which drops DOCKER_HOST."""
        url = self._options.environ.get("DOCKER_HOST")
        named = self._options.docker or self._options.no_docker or not url
        return module_command("ovltui.__main__", *argv, *(() if named else ("--docker", str(url))))

    def _go(self, name: str, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _read(self) -> None:
        assert self._receiver is not None
        while frames := self._receiver.read():
            self.precedence.wait()
            self.feed(frames)
            self._heard.set()
        self._heard.set()
        if not self._closing.is_set():
            self._deaf = f"the reader process ended, no more events come ({self._receiver.last_words()})"
            self.tell()

    def _nsid_changed(self) -> None:
        if self._watch:
            self._watch.hint()

    def tables_of(self, netns: Netns) -> Contents:
        """Return what the kernel keeps of a namespace; at the beginning, and after losses, it is being read."""
        return self._tables.contents(netns)

    def _doubted(self) -> None:
        self._tables.doubt()

    def _sight_asked(self, nsid: int, there: int, seq: int) -> None:
        self._sight.ask(nsid, there, seq)
        self._nsid_changed()

    def _take(self, sweep: Sweep) -> None:
        as_before, self._swept = sweep.netnses is self._swept, sweep.netnses
        if not as_before:
            self._greeter.keep({netns.key for netns in sweep.netnses})
        if self._sight.resolve():
            self.renamed()
        self._insides.look(sweep.netnses)
        self._lab.look()
        gaps = (*sweep.gaps, *self._lab.gaps)
        self.publish(sweep.netnses, self._insides.names, gaps, self._insides.told, self._lab.given)
        if not as_before:
            self._tables.keep(sweep.netnses)

    def _engines_spoke(self) -> None:
        if self._engines:
            self.engines_changed(self._engines.views())
        self._spoke.set()
        if self._watch:
            self._watch.hint()

    def _docker_said(self, event: EngineEvent) -> None:
        payload = pack_docker(
            event.engine,
            event.object,
            event.action,
            subject=event.id,
            name=event.name,
            attributes=dict(event.attributes),
        )
        self.docker_event(event.time_ns, payload)
        if self.findings:
            self.findings.intents.doubt()

    def _look_for_engines(self) -> None:
        assert self._engines is not None
        while True:
            self._engines.refresh()
            self._searched.set()
            self._engines_spoke()
            if self._closing.wait(ENGINE_PERIOD_S):
                return
