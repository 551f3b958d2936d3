"""How many IPsec states a namespace has: those by which encrypted overlay networks send.

Source: XFRM_MSG_GETSADINFO of NETLINK_XFRM in the namespace of the calling thread. Privileges: CAP_NET_ADMIN there.
Incomplete: the number alone; whether one of them fits a peer is not asked, since it would tell keys.
"""

import struct

from ovltui.kernel import wire
from ovltui.kernel.asking import ask, is_there

_NETLINK_XFRM = 6
_GETSADINFO = 0x23
_EVERYTHING = struct.pack("=I", 0xFFFFFFFF)
_SAD_CNT = 1


def states() -> int:
    """Return the number of states; 0 where the kernel has no door through which Docker could have made one.

    Raises:
        OSError: the kernel refused.
    """
    if not is_there(_NETLINK_XFRM):
        return 0
    answer = ask(_NETLINK_XFRM, _GETSADINFO, _EVERYTHING) or b""
    told = dict(wire.attributes(answer, wire.NLMSG_HEADER.size + 4))
    return int(struct.unpack("=I", told[_SAD_CNT])[0]) if len(told.get(_SAD_CNT, b"")) == 4 else 0  # noqa: PLR2004
