"""Where Docker Engines may be reached from here.

Source: what the user named (``--docker``, DOCKER_HOST, DOCKER_CONTEXT), the contexts of the docker client,
the usual socket paths, and the ``--host`` options of running ``dockerd`` processes, also of those in another
mount namespace. Privileges: the sockets of such a process are seen with PTRACE_MODE_READ on it
(CAP_SYS_PTRACE). Incomplete: an engine of another machine is followed only when it was named; what could not
be read stands in ``Found.gaps``. Nothing is connected to, so an endpoint may turn out to be dead.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ovltui.errors import UsageError
from ovltui.identity.contexts import Context, contexts, home_of
from ovltui.identity.daemons import Daemon, running, socket_key, sockets
from ovltui.text import clean

UNIX = "unix://"
_SCHEMES = (UNIX, "tcp://", "http://", "https://", "ssh://")
_USUAL = (
    "run/docker.sock",
    "var/run/docker.sock",
    "run/user/*/docker.sock",
    "run/podman/podman.sock",
    "run/user/*/podman/podman.sock",
)
"""Socket paths below the root directory, as patterns."""
_USUAL_AT_HOME = (".docker/run/docker.sock", ".docker/desktop/docker.sock")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A place where an engine may listen."""

    url: str
    """``unix:///run/docker.sock``, ``tcp://…`` or ``ssh://…``; raw, to be opened, not shown."""
    asked: bool
    """Whether the user named it."""
    pid: int | None = None
    """The ``dockerd`` that was started with this address, where one is known."""

    @property
    def path(self) -> str | None:
        """Path of its unix socket, or None for another kind of address."""
        return self.url.removeprefix(UNIX) if self.url.startswith(UNIX) else None


@dataclass(frozen=True, slots=True)
class Found:
    """What one search found."""

    endpoints: tuple[Endpoint, ...]
    """Each socket once; those that the user named come first."""
    gaps: tuple[str, ...]
    """What could not be read or is not followed, each a sentence."""


def find(
    asked: Sequence[str],
    *,
    environ: Mapping[str, str],
    home: Path,
    daemons: Callable[[], Iterable[Daemon]] = running,
    root: Path = Path("/"),
) -> tuple[Endpoint, ...]:
    """Return the endpoints that ``search`` finds."""
    return search(asked, environ=environ, home=home, daemons=daemons, root=root).endpoints


def search(
    asked: Sequence[str],
    *,
    environ: Mapping[str, str],
    home: Path,
    daemons: Callable[[], Iterable[Daemon]] = running,
    root: Path = Path("/"),
) -> Found:
    """Look for engines.

    Args:
        asked: addresses that the user named, as ``parse`` takes them.
        environ: the environment; under sudo, SUDO_USER tells whose contexts count too.
        home: home directory of the user we run as.
        daemons: tells the running ``dockerd`` processes.
        root: where the usual socket paths begin.

    Raises:
        UsageError: one of ``asked`` is no address of an engine.
    """
    known, gaps = contexts(_client_directories(environ, home))
    candidates = [Endpoint(parse(text), asked=True) for text in asked]
    candidates += _named_by_environment(environ, known)
    for context in known:
        if context.host.startswith(UNIX):
            candidates.append(Endpoint(context.host, asked=False))
        else:
            gaps += (f"context {clean(context.name)} ({clean(context.host)}) is followed only when it is named",)
    candidates += [Endpoint(UNIX + path, asked=False) for path in _usual_sockets(environ, home, root)]
    for daemon in daemons():
        ways, says = sockets(daemon)
        candidates += [Endpoint(UNIX + path, asked=False, pid=pid) for path, pid in ways]
        gaps += says
    return Found(_distinct(candidates), gaps)


def parse(text: str) -> str:
    """Return the URL of an engine that a user typed: a URL, or the path of a socket.

    Raises:
        UsageError: it is neither.
    """
    if text.startswith("/"):
        return UNIX + text
    for scheme in _SCHEMES:
        rest = text.removeprefix(scheme)
        if rest != text and rest and (scheme != UNIX or rest.startswith("/")):
            return text
    raise UsageError(
        f"{clean(text) or 'an empty text'} is no address of a Docker Engine: give a path, unix:///path, "
        "tcp://host:port or ssh://host"
    )


def _client_directories(environ: Mapping[str, str], home: Path) -> tuple[Path, ...]:
    """Return the configuration directories of the docker client that count for this user."""
    own = environ.get("DOCKER_CONFIG")
    directories = [Path(own) if own else home / ".docker"]
    behind_sudo = home_of(environ.get("SUDO_USER", ""))
    if behind_sudo and behind_sudo != home:
        directories.append(behind_sudo / ".docker")
    return tuple(directories)


def _named_by_environment(environ: Mapping[str, str], known: Iterable[Context]) -> Iterator[Endpoint]:
    """Yield what DOCKER_HOST names, else what DOCKER_CONTEXT names; a wrong value fails when it is opened."""
    host, context = environ.get("DOCKER_HOST"), environ.get("DOCKER_CONTEXT")
    if host:
        yield Endpoint(host, asked=True)
    elif context:
        yield from (Endpoint(one.host, asked=True) for one in known if one.name == context)


def _usual_sockets(environ: Mapping[str, str], home: Path, root: Path) -> Iterator[str]:
    """Yield the paths of sockets that exist where engines usually put them."""
    runtime = environ.get("XDG_RUNTIME_DIR")
    places = [*((root, pattern) for pattern in _USUAL), *((home, name) for name in _USUAL_AT_HOME)]
    if runtime:
        places += [(Path(runtime), name) for name in ("docker.sock", "podman/podman.sock")]
    for directory, pattern in places:
        yield from (str(path) for path in sorted(directory.glob(pattern)) if socket_key(str(path)))


def _distinct(candidates: Iterable[Endpoint]) -> tuple[Endpoint, ...]:
    """Return each socket once, under its first name, with all that is known of it."""
    distinct: dict[tuple[int, int] | str, Endpoint] = {}
    for candidate in candidates:
        key = (socket_key(candidate.path) if candidate.path else None) or candidate.url
        first = distinct.setdefault(key, candidate)
        asked, pid = first.asked or candidate.asked, first.pid or candidate.pid
        distinct[key] = replace(first, asked=asked, pid=pid)
    return tuple(sorted(distinct.values(), key=lambda endpoint: not endpoint.asked))
