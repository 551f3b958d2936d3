"""Which NATS server is meant, and who we are there: the address, the options, and what the NATS tools have set up.

Source: the words of the user, then the variables of the ``nats`` command (NATS_CREDS, NATS_NKEY, NATS_USER,
NATS_PASSWORD, NATS_TOKEN, NATS_CA, NATS_CERT, NATS_KEY), then its context (NATS_CONTEXT, else the selected one, a file
below ``~/.config/nats/context``). Privileges: the right to read those files. Incomplete: the server may want
credentials that none of them has; it says so.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from importlib.util import find_spec
from pathlib import Path

from ovltui.errors import UsageError
from ovltui.text import clean

SCHEMES = ("nats", "tls")
_ADDRESS = re.compile(r"(?P<scheme>nats|tls)://(?:(?P<user>[^@/]*)@)?(?P<servers>[^@/]+)/?")
_SERVER = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9][A-Za-z0-9._-]*)(?::(\d{1,5}))?")
_PORT, _MOST = 4222, 65535
_CREDENTIALS = "-----BEGIN NATS USER JWT-----"
_FILES = ("creds", "nkey", "ca", "cert", "key")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are, and whom we trust; empty where that was not said."""

    user: str = ""
    password: str = ""
    token: str = ""
    creds: str = ""
    """A file with a JWT and its seed."""
    nkey: str = ""
    """A file with a seed."""
    ca: str = ""
    """A file with the certificates of those who sign servers."""
    cert: str = ""
    key: str = ""

    def over(self, other: "Identity") -> "Identity":
        """Return this one, filled up from another one: what is said once counts, whole."""
        if self.user or self.token or self.creds or self.nkey:
            secrets = {} if self.password or not self.user else {"password": _password(self.user, other)}
            return replace(self, ca=self.ca or other.ca, **_pair(self, other), **secrets)
        return replace(other, ca=self.ca or other.ca, **_pair(self, other))


def _password(user: str, other: Identity) -> str:
    return other.password if other.user in ("", user) else ""


def _pair(one: Identity, other: Identity) -> dict[str, str]:
    source = one if one.cert else other
    return {"cert": source.cert, "key": source.key}


@dataclass(frozen=True, slots=True)
class Server:
    """A NATS server, or several that are one cluster."""

    servers: tuple[str, ...]
    """Each ``HOST:PORT``."""
    tls: bool
    """Whether nothing may be said in plain text."""
    identity: Identity = Identity()

    def __str__(self) -> str:
        """Return its address, without secrets."""
        return f"{'tls' if self.tls else 'nats'}://{','.join(self.servers)}"

    @property
    def urls(self) -> list[str]:
        """Its addresses, as the library takes them."""
        return [f"{'tls' if self.tls else 'nats'}://{server}" for server in self.servers]


def require_library() -> None:
    """Refuse to go on without what speaks to NATS.

    Raises:
        UsageError: it is not installed.
    """
    if find_spec("nats") is None or find_spec("nkeys") is None:
        raise UsageError("nats:// needs the Python package nats-py: install ovltui[nats].")


def is_address(text: str) -> bool:
    """Return whether ``text`` is meant as the address of a NATS server."""
    return text.partition("://")[0] in SCHEMES and "://" in text


def parse(text: str) -> Server:
    """Return the server that ``nats://[user@]SERVER[:port][,SERVER...]`` means.

    Raises:
        UsageError: it means none, or holds a password.
    """
    found = _ADDRESS.fullmatch(text)
    if not found:
        raise UsageError(f"{clean(text)!r} is no address of a NATS server: write nats://[USER@]SERVER[:PORT].")
    user = found["user"] or ""
    if ":" in user:
        raise UsageError("a password in an address can be read by everybody here: put it into NATS_PASSWORD.")
    servers = tuple(_server(one) for one in found["servers"].split(","))
    return Server(servers, found["scheme"] == "tls", Identity(user=user))


def _server(text: str) -> str:
    found = _SERVER.fullmatch(text)
    if not found or not 0 < int(found[2] or _PORT) <= _MOST:
        raise UsageError(f"{clean(text)!r} is no SERVER[:PORT].")
    return f"{found[1]}:{found[2] or _PORT}"


def known(server: Server, told: Identity, environ: Mapping[str, str], home: Path) -> Server:
    """Return a server with the identity that was told, that of the environment, and that of the NATS context.

    Raises:
        UsageError: a context, or a file that is named, cannot be read.
    """
    from_environ = Identity(**{one.name: environ.get(f"NATS_{one.name.upper()}", "") for one in fields(Identity)})
    whole = replace(told, user=server.identity.user or told.user).over(from_environ)
    whole = whole.over(_context(environ, home))
    for name in _FILES:
        _require(getattr(whole, name), name)
    if whole.creds and _CREDENTIALS not in _text_of(whole.creds):
        raise UsageError(f"{clean(whole.creds)} holds no credentials for NATS: they begin with {_CREDENTIALS}.")
    if bool(whole.cert) != bool(whole.key):
        raise UsageError("a certificate goes with its key: give --nats-cert and --nats-key.")
    return replace(server, tls=server.tls or bool(whole.ca or whole.cert), identity=whole)


def _text_of(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii", errors="replace")
    except OSError as error:
        raise UsageError(f"{clean(path)} cannot be read ({error.strerror}).") from error


def _require(path: str, what: str) -> None:
    if path and not Path(path).is_file():
        raise UsageError(f"{clean(path)}, the {what} file for NATS, is not there.")


def _context(environ: Mapping[str, str], home: Path) -> Identity:
    directory = Path(environ.get("XDG_CONFIG_HOME") or home / ".config", "nats")
    name = environ.get("NATS_CONTEXT", "") or _selected(directory)
    if not name:
        return Identity()
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", name) or name.startswith("."):
        raise UsageError(f"{clean(name)!r} is no name of a NATS context.")
    path = directory / "context" / f"{name}.json"
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"the NATS context {name} cannot be read ({_says(error)}).") from error
    found = value if isinstance(value, dict) else {}
    texts = {one.name: found.get(one.name, "") for one in fields(Identity)}
    return Identity(**{key: text if isinstance(text, str) else "" for key, text in texts.items()})


def _selected(directory: Path) -> str:
    try:
        return (directory / "context.txt").read_text(encoding="utf-8").strip()
    except OSError:  # no context was ever selected
        return ""


def _says(error: OSError | ValueError) -> str:
    return error.strerror or "unreadable" if isinstance(error, OSError) else "it is no JSON"
