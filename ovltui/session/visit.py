"""A namespace entered for one short act, by the first of its paths that still leads there.

Source: the evidence of a sweep; the id is compared after each opening. Privileges: CAP_SYS_ADMIN for other namespaces
than our own. Nothing stays open behind it.
"""

from collections.abc import Callable
from itertools import islice
from typing import TypeVar

from ovltui.errors import NetnsError
from ovltui.kernel.namespace import Identified, opened
from ovltui.netns.model import Netns
from ovltui.session.meanings import ways

T = TypeVar("T")
_WAYS = 4
"""Paths by which a namespace is tried to be entered."""


def visited(netns: Netns, act: Callable[[Identified], T], what: str) -> T:
    """Return what ``act`` returns for the open namespace.

    Args:
        netns: which.
        act: what to do with it.
        what: what is to be read, in the plural, for the sentence.

    Raises:
        NetnsError: nothing leads there any more, or the kernel refused; a sentence without its full stop.
    """
    why = "nothing that leads into it was found"
    for path in islice(ways(netns), _WAYS):
        try:
            with opened(path) as namespace:
                if namespace.is_still(netns.key.id):
                    return act(namespace)
        except OSError as error:
            why = f"its {what} cannot be read ({error.strerror or error})"
    raise NetnsError(why)
