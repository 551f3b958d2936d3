"""Namespace ids (nsids): the numbers by which events of other namespaces reach us.

Source: RTM_GETNSID and RTM_NEWNSID in the namespace of the calling thread. Privileges: asking takes none, giving
takes CAP_NET_ADMIN. An nsid keeps no namespace alive, cannot be taken away again and ends with the namespace; the
kernel gives its own lowest free numbers out again at once, so ours start high and only rise.
"""

import errno
import struct

from ovltui.kernel import wire
from ovltui.kernel.rtnl import Rtnl, RtnlError

FIRST_GIVEN = 1_000_000
"""The lowest nsid that ovltui gives."""
_NETNSA_NSID = 1
_NETNSA_FD = 3
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
