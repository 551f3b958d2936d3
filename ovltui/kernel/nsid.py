"""Namespace ids (nsids): the numbers by which events of other namespaces reach us.

Source: RTM_GETNSID and RTM_NEWNSID in the namespace of the calling thread. Privileges: asking takes none, giving
takes CAP_NET_ADMIN. An nsid keeps no namespace alive, cannot be taken away again and ends with the namespace; the
kernel gives its own lowest free numbers out again at once, so ours start high and only rise.
"""

import errno
import os
import struct

from ovltui.kernel import wire
from ovltui.kernel.rtnl import Rtnl, RtnlError

FIRST_GIVEN = 1_000_000
"""The lowest nsid that ovltui gives."""
_NETNSA_NSID = 1
_NETNSA_PID = 2
_NETNSA_FD = 3
_NETNSA_TARGET_NSID = 4
_NETNSA_CURRENT_NSID = 5
_S32 = struct.Struct("=i")
_RTGENMSG = struct.pack("=Bxxx", 0)


def get_nsid(rtnl: Rtnl, fd: int) -> int | None:
    """Return the nsid that the namespace behind descriptor ``fd`` has here, or None.

    Raises:
        RtnlError: ``fd`` is no network namespace.
    """
    body = _RTGENMSG + wire.attribute(_NETNSA_FD, struct.pack("=I", fd))
    for answer in rtnl.request(wire.Rtm.GETNSID, body):
        found = dict(wire.attributes(answer, wire.NLMSG_HEADER.size + 4))
        nsid: int = struct.unpack("=i", found[_NETNSA_NSID])[0]
        return nsid if nsid >= 0 else None
    return None


def given_nsids(rtnl: Rtnl) -> frozenset[int]:
    """Return the nsids of our own namespace, those of dying namespaces and one for ourselves perhaps among them.

    Linux 6.18 ends this dump after some hundred numbers.

    Raises:
        RtnlError: the kernel refused.
    """
    answers = rtnl.dump(wire.Rtm.GETNSID, _RTGENMSG)
    return frozenset(nsid for nsid in (_numbers(answer).get(_NETNSA_NSID, -1) for answer in answers) if nsid >= 0)


def is_held(rtnl: Rtnl, nsid: int) -> bool:
    """Whether a living namespace has ``nsid`` here.

    Raises:
        RtnlError: the kernel refused.
    """
    try:
        rtnl.request(wire.Rtm.GETNSID, _RTGENMSG + wire.attribute(_NETNSA_NSID, _S32.pack(nsid)))
    except RtnlError as refusal:
        if refusal.errno != errno.ENOENT:
            raise
        return False
    return True


def numbering_of(rtnl: Rtnl, target: int) -> dict[int, int]:
    """Return what numbers mean inside the namespace with our nsid ``target``: its nsids, each with ours.

    Namespaces without an nsid here are left out, and so is our own: see ``own_nsid_in``. Linux 6.18 ends this dump
    after some hundred numbers: what is missing can be asked for with ``nsid_in``.

    Raises:
        RtnlError: ``target`` died.
    """
    body = _RTGENMSG + wire.attribute(_NETNSA_TARGET_NSID, struct.pack("=i", target))
    pairs = (_numbers(answer) for answer in rtnl.dump(wire.Rtm.GETNSID, body))
    return {pair[_NETNSA_NSID]: pair[_NETNSA_CURRENT_NSID] for pair in pairs if pair.get(_NETNSA_CURRENT_NSID, -1) >= 0}


def nsid_in(rtnl: Rtnl, nsid: int, target: int) -> int | None:
    """Return how the namespace with our nsid ``target`` calls the one with our ``nsid``, or None.

    Raises:
        RtnlError: one of them died.
    """
    return _ask(rtnl, target, wire.attribute(_NETNSA_NSID, struct.pack("=i", nsid)))


def own_nsid_in(rtnl: Rtnl, target: int) -> int | None:
    """Return the nsid that our own namespace has in the one with our nsid ``target``, or None.

    Raises:
        RtnlError: ``target`` died.
    """
    return _ask(rtnl, target, wire.attribute(_NETNSA_PID, struct.pack("=I", os.getpid())))


def _ask(rtnl: Rtnl, target: int, about: bytes) -> int | None:
    body = _RTGENMSG + about + wire.attribute(_NETNSA_TARGET_NSID, struct.pack("=i", target))
    for answer in rtnl.request(wire.Rtm.GETNSID, body):
        nsid = _numbers(answer).get(_NETNSA_NSID, -1)
        return nsid if nsid >= 0 else None
    return None


def _numbers(answer: bytes) -> dict[int, int]:
    found = wire.attributes(answer, wire.NLMSG_HEADER.size + 4)
    return {kind: _S32.unpack(payload)[0] for kind, payload in found if len(payload) == _S32.size}


def give_nsid(rtnl: Rtnl, fd: int, start: int) -> int:
    """Give the namespace behind ``fd`` the first free nsid from ``start`` on; return the one that it has now.

    Raises:
        RtnlError: EPERM without CAP_NET_ADMIN, or what else the kernel says.
    """
    nsid = start
    while True:
        body = _RTGENMSG + wire.attribute(_NETNSA_NSID, struct.pack("=i", nsid))
        try:
            rtnl.request(wire.Rtm.NEWNSID, body + wire.attribute(_NETNSA_FD, struct.pack("=I", fd)))
        except RtnlError as refusal:
            if refusal.errno == errno.EEXIST:  # it got one meanwhile
                held = get_nsid(rtnl, fd)
                if held is not None:
                    return held
            elif refusal.errno != errno.ENOSPC:  # the number is taken
                raise
            nsid += 1
        else:
            return nsid
