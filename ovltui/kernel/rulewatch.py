"""Tells when nftables change, in any namespace that has an nsid.

Source: group NFNLGRP_NFTABLES of NETLINK_NETFILTER in our own namespace with NETLINK_LISTEN_ALL_NSID; it pins no other
namespace. Privileges: CAP_NET_ADMIN, and CAP_NET_BROADCAST for namespaces that are not ours. Incomplete: the tables of
the older ``ip_tables`` tell nothing.
"""

import errno
import select
import socket
import threading

from ovltui.kernel import wire
from ovltui.kernel.asking import is_there
from ovltui.kernel.netfilter import NETLINK_NETFILTER, NFNLGRP_NFTABLES

_BUFFER = 1 << 16


class RuleWatch:
    """A socket that hears of changes; where there is none, it only sleeps."""

    def __init__(self) -> None:
        self._inner, self._outer = socket.socketpair()
        self._heard = _listen()
        self._lock = threading.Lock()
        self._closed = False

    def wait(self, seconds: float) -> bool:
        """Sleep for so long, or until nftables change or ``now`` is called; return whether that was so."""
        sockets = [self._inner, *([self._heard] if self._heard else [])]
        ready = select.select(sockets, [], [], seconds)[0]
        for one in ready:
            _drain(one)
        return bool(ready)

    def now(self) -> None:
        """End the sleep; any thread may call it, after ``close`` in vain."""
        with self._lock:
            if self._closed:
                return
            try:
                self._outer.send(b"x", socket.MSG_DONTWAIT)
            except BlockingIOError:  # it is awake for long
                return

    def close(self) -> None:
        """Close the sockets, when nobody waits any more."""
        with self._lock:
            self._closed = True
            for one in (self._inner, self._outer, self._heard):
                if one:
                    one.close()


def _listen() -> socket.socket | None:
    made: socket.socket | None = None
    try:
        if not is_there(NETLINK_NETFILTER):
            return None
        made = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, NETLINK_NETFILTER)
        made.setsockopt(wire.SOL_NETLINK, wire.NETLINK_LISTEN_ALL_NSID, 1)
        made.bind((0, 1 << (NFNLGRP_NFTABLES - 1)))
    except OSError:  # without the privilege rules are looked at from time to time
        if made:
            made.close()
        return None
    return made


def _drain(one: socket.socket) -> None:
    """Take all that waits; what it says does not matter."""
    while True:
        try:
            if not one.recv(_BUFFER, socket.MSG_DONTWAIT):
                return
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno != errno.ENOBUFS:
                raise
