"""Where another machine is: ``ssh://[user@]host[:port]``, as the user writes it.

Source: the command line. Pure. A word that ssh would take for an option, or that a shell
would expand, is refused.
"""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from ovltui.errors import UsageError
from ovltui.text import clean

_SCHEME = "ssh"
_USER = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.@+\\-]*")
_HOST = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]*|\[?[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%[A-Za-z0-9_.-]+)?\]?")
_FORM = "ssh://[user@]host[:port]"


@dataclass(frozen=True, slots=True)
class Address:
    """A machine that ssh reaches."""

    user: str | None
    host: str
    """A name, an alias of the user's ssh config, or an IP address without brackets."""
    port: int | None

    @property
    def command(self) -> str:
        """How a person connects by hand."""
        port = f"-p {self.port} " if self.port else ""
        return f"ssh {port}{f'{self.user}@' if self.user else ''}{self.host}"

    def __str__(self) -> str:
        user = f"{self.user}@" if self.user else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{_SCHEME}://{user}{host}" + (f":{self.port}" if self.port else "")


def parse(text: str) -> Address:
    """Return what ``text`` means; the scheme may be missing.

    Raises:
        UsageError: it cannot be meant.
    """
    if clean(text) != text:  # parts of it would be passed over in silence
        raise _refused(text, f"it is {_FORM}")
    whole = text if "://" in text else f"{_SCHEME}://{text}"
    try:
        url = urlsplit(whole)
        port = url.port
    except ValueError as error:
        raise _refused(text, "the port is a number up to 65535") from error
    if url.scheme != _SCHEME:
        raise _refused(text, f"it is {_FORM}")
    if url.password is not None:
        raise _refused(text, "a password does not belong there, ssh asks for it")
    if port == 0 or url.path.strip("/") or url.query or url.fragment:
        raise _refused(text, f"it is {_FORM}")
    return Address(_user(url, text), _host(url, text), port)


def _user(url: SplitResult, text: str) -> str | None:
    if url.username is not None and not _USER.fullmatch(url.username):
        raise _refused(text, "that is no user's name")
    return url.username


def _host(url: SplitResult, text: str) -> str:
    # ``hostname`` is in small letters, but aliases of an ssh config have the letters that they have.
    written = url.netloc.rpartition("@")[2]
    host = written[1:].partition("]")[0] if written.startswith("[") else written.partition(":")[0]
    if not _HOST.fullmatch(host):
        raise _refused(text, f"it is {_FORM}")
    return host


def _refused(text: str, why: str) -> UsageError:
    return UsageError(f"{clean(text)!r} is no address of a machine: {why}.")
