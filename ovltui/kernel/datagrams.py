"""Takes many datagrams of a netlink socket off it in one system call.

Source: ``recvmmsg``, whose headers stand in one block of memory and are filled once; SCM data of type
NETLINK_LISTEN_ALL_NSID. Privileges: none. Incomplete: a datagram longer than asked for is cut off, which ``cut`` tells.
"""

import ctypes
import mmap
import os
import socket
import struct

from ovltui.kernel.frames import OWN_NSID

_MSGHDR = struct.Struct("@PIPNPNi0P")
"""msg_name, msg_namelen, msg_iov, msg_iovlen, msg_control, msg_controllen, msg_flags."""
_MMSGHDR_BYTES = struct.calcsize("@PIPNPNi0PI0P")
_FLAGS_AT = struct.calcsize("@PIPNPN")
_IOVEC = struct.Struct("@PN")
_CONTROL_BYTES = socket.CMSG_SPACE(4)
_NSID_AT = socket.CMSG_LEN(0)
_UNLABELLED = struct.pack(f"@{_NSID_AT}xi{_CONTROL_BYTES - _NSID_AT - 4}x", OWN_NSID)
"""Room for a label, with the nsid that stands for none."""
_WORD = struct.calcsize("@I")
_MSG_TRUNC = int(socket.MSG_TRUNC)
_recvmmsg = ctypes.CDLL(None, use_errno=True).recvmmsg
_recvmmsg.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int, ctypes.c_void_p)


class Datagrams:
    """Room for datagrams, and those that were received last.

    Args:
        fd: the socket, not blocking.
        most: datagrams to receive at once.
        longest: bytes of the longest that is received whole, a multiple of four.
    """

    def __init__(self, fd: int, most: int, longest: int) -> None:
        self._fd = fd
        self._most = most
        self._longest = longest
        # Memory that nothing was received into takes no room.
        memory = mmap.mmap(-1, most * longest)
        self._controls, vectors = bytearray(_UNLABELLED * most), bytearray(most * _IOVEC.size)
        self._headers = bytearray(most * _MMSGHDR_BYTES)
        at, control, vector = _address(memory), _address(self._controls), _address(vectors)
        self._address = _address(self._headers)
        for number in range(most):
            _IOVEC.pack_into(vectors, number * _IOVEC.size, at + number * longest, longest)
            header = (0, 0, vector + number * _IOVEC.size, 1, control + number * _CONTROL_BYTES, _CONTROL_BYTES, 0)
            _MSGHDR.pack_into(self._headers, number * _MMSGHDR_BYTES, *header)
        self._empty = bytes(self._headers)
        self._vectors = vectors  # the kernel reads them
        self._memory = memoryview(memory)
        self._first_words = self._memory.cast("I")[:: longest // _WORD]
        self._nsids = memoryview(self._controls).cast("i")[_NSID_AT // _WORD :: _CONTROL_BYTES // _WORD]
        headers = memoryview(self._headers)
        self._lengths = headers.cast("I")[_MSGHDR.size // _WORD :: _MMSGHDR_BYTES // _WORD]
        self._flags = headers.cast("I")[_FLAGS_AT // _WORD :: _MMSGHDR_BYTES // _WORD]
        self.lengths: list[int] = []
        """Bytes of each."""
        self.nsids: list[int] = []
        """Nsid of each; ``OWN_NSID`` where the kernel labels it with none."""
        self.cut: list[bool] = []
        """Of each, whether it is not whole; none where all are."""

    def receive(self) -> None:
        """Receive what is there, one datagram at least.

        Raises:
            BlockingIOError: there is none.
            OSError: the kernel says what went wrong; ENOBUFS where it lost messages.
        """
        number = _recvmmsg(self._fd, self._address, self._most, 0, None)
        if number < 0:
            error = ctypes.get_errno()
            raise OSError(error, os.strerror(error))
        self.lengths = self._lengths[:number].tolist()
        self.nsids = self._nsids[:number].tolist()
        # Only what fills its place may have been cut off.
        self.cut = []
        if max(self.lengths) >= self._longest:
            self.cut = [flags & _MSG_TRUNC != 0 for flags in self._flags[:number].tolist()]
        # The kernel has put other lengths there, and reads them the next time; and it labels but some.
        used = number * _MMSGHDR_BYTES
        self._headers[:used] = self._empty[:used]
        self._controls[: number * _CONTROL_BYTES] = _UNLABELLED * number

    @property
    def bodies(self) -> list[memoryview]:
        """The bytes of each, until the next are received."""
        starts = range(0, len(self.lengths) * self._longest, self._longest)
        return [self._memory[start : start + length] for start, length in zip(starts, self.lengths, strict=True)]

    @property
    def simple(self) -> bool:
        """Whether each is one message, and whole."""
        return not any(self.cut) and self._first_words[: len(self.lengths)].tolist() == self.lengths


def _address(memory: mmap.mmap | bytearray) -> int:
    return ctypes.addressof((ctypes.c_char * len(memory)).from_buffer(memory))
