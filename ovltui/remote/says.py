"""What ssh and sudo say, as one sentence with cause and remedy.

Source: their stderr, clean text, the last lines. Pure. Incomplete: what is not in the table is told as it stands; ssh
in another language than English is not known.
"""

from collections.abc import Callable, Iterable, Sequence

from ovltui.errors import RemoteError
from ovltui.remote.address import Address

_SSH = (
    ("remote host identification has changed", "has another host key than known_hosts says: find out why first."),
    ("host key verification failed", "has a host key that is not known: run {ssh} once, and compare the key."),
    ("could not resolve hostname", "is no name that can be resolved: check it, or give it a place in your ssh config."),
    ("connection refused", "refuses the connection: does sshd run there, on that port?"),
    ("permission denied", "does not let us in: give it your key (ssh-copy-id), or start on a terminal."),
    ("too many authentication failures", "was offered too many keys: name the right one in your ssh config."),
    ("session open refused", "allows too few sessions on a connection: raise MaxSessions in its sshd_config."),
    ("timed out", "cannot be reached, it does not answer: is it up, is there a way to it?"),
    ("no route to host", "cannot be reached, no route leads to it: is it up, is there a way to it?"),
    ("network is unreachable", "cannot be reached, no route leads to it: is there a way to it?"),
    ("not responding", "does not answer any more: the line is cut, or it hangs."),
    ("bad configuration option", "cannot be tried: your ssh config has an option that this ssh does not know."),
)
"""What ssh says, in small letters, and what it means; the first that fits counts."""
_SUDO = (
    ("you must have a tty", "wants a terminal for sudo: leave out requiretty in its sudoers, or log in as root."),
    ("not in the sudoers", "does not let this user run sudo: log in as another one, ssh://root@{host}."),
    ("is not allowed to", "does not let this user run ovltui by sudo: log in as another one, ssh://root@{host}."),
    ("incorrect password", "does not take that password of sudo."),
    ("sorry, try again", "does not take that password of sudo."),
    ("no password was provided", "does not take that password of sudo."),
    ("a password is required", "asks for the password of sudo: start on a terminal, or log in as ssh://root@{host}."),
)
_ASKABLE = ("host key verification failed", "permission denied", "too many authentication failures")
"""What ssh says where it might ask somebody."""


class UnaskedError(RemoteError):
    """There is no way yet, but somebody at a terminal can be asked for what is missing."""


def refusal(address: Address, words: Sequence[str], status: int) -> RemoteError:
    """Return why no connection came about."""
    says = _found(address, words, _SSH) or _plain(address.host, words, status)
    said = "\n".join(words).lower()
    return (UnaskedError if any(part in said for part in _ASKABLE) else RemoteError)(says)


def there_says(address: Address, words: Sequence[str], status: int) -> str:
    """Return why what ran there ended."""
    return _found(address, words, (*_SUDO, *_SSH)) or _plain(address.host, words, status)


def sayer(address: Address) -> Callable[[Sequence[str], int], str]:
    """Return what makes a sentence of the end of a connection."""
    return lambda words, status: there_says(address, words, status)


def _found(address: Address, words: Sequence[str], table: Iterable[tuple[str, str]]) -> str:
    said = "\n".join(words).lower()
    means = next((means for part, means in table if part in said), "")
    return f"{address.host} {means.format(host=address.host, ssh=address.command)}" if means else ""


def _plain(host: str, words: Sequence[str], status: int) -> str:
    if words:
        return f"{host}: {words[-1].removeprefix('ovltui: ').removeprefix('ssh: ')}"
    return f"{host}: the connection ended with status {status}, and said nothing."
