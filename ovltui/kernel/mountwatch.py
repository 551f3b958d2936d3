"""Notices that the mounts of some mount namespaces changed: a namespace may have appeared or gone.

Source: fanotify marks on mount namespaces (FAN_MARK_MNTNS, Linux 6.14), which keep nothing alive; else poll on our own
``/proc/self/mountinfo``. Privileges: CAP_SYS_ADMIN for fanotify. Incomplete: it says that something changed, not what;
without fanotify, changes in other mount namespaces are seen by the sweep only.
"""

import ctypes
import errno
import os
import select

_FAN_CLOEXEC = 0x1
_FAN_NONBLOCK = 0x2
_FAN_REPORT_MNT = 0x4000
_FAN_MARK_ADD = 0x1
_FAN_MARK_MNTNS = 0x110
_FAN_MNT_ATTACH = 0x0100_0000
_FAN_MNT_DETACH = 0x0200_0000
_libc = ctypes.CDLL(None, use_errno=True)
_libc.fanotify_mark.argtypes = [
    ctypes.c_int,
    ctypes.c_uint,
    ctypes.c_uint64,
    ctypes.c_int,
    ctypes.c_char_p,
]


class MountWatch:
    """A descriptor that becomes ready when watched mounts change; register ``fd`` for ``events`` in a poll."""

    def __init__(self) -> None:
        self._marked: dict[int, int] = {}
        self.fd: int = _libc.fanotify_init(_FAN_CLOEXEC | _FAN_NONBLOCK | _FAN_REPORT_MNT, os.O_RDONLY)
        self.by_fanotify = self.fd >= 0
        """Whether mount namespaces other than our own can be watched."""
        if self.by_fanotify:
            # The kernel lets anybody make the descriptor and refuses to an ordinary user at the first mark.
            own = os.stat("/proc/self/ns/mnt").st_ino
            self.watch(own, os.getpid())
            self.by_fanotify = own in self._marked
            if not self.by_fanotify:
                os.close(self.fd)
        if not self.by_fanotify:
            self.fd = os.open("/proc/self/mountinfo", os.O_RDONLY | os.O_CLOEXEC)
        self.events = select.POLLIN if self.by_fanotify else select.POLLPRI | select.POLLERR

    def watch(self, mntns: int, pid: int) -> None:
        """Watch the mount namespace with inode ``mntns``, of which ``pid`` is a process; once for each pid is enough.

        A process that ended or changed its namespace meanwhile is passed over; the next sweep brings another one.
        """
        if not self.by_fanotify or self.watches(mntns, pid):
            return
        try:
            fd = os.open(f"/proc/{pid}/ns/mnt", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return
        try:
            if os.fstat(fd).st_ino == mntns and self._mark(fd):
                self._marked[mntns] = pid
        finally:
            os.close(fd)

    def watches(self, mntns: int, pid: int) -> bool:
        """Whether a change in that mount namespace makes the descriptor ready, as it was marked through ``pid``.

        The kernel gives inodes out again at once: through another process it may be another namespace.
        """
        return self._marked.get(mntns) == pid

    def keep(self, alive: set[int]) -> None:
        """Forget mount namespaces that are not in ``alive``."""
        self._marked = {mntns: pid for mntns, pid in self._marked.items() if mntns in alive}

    def drain(self) -> None:
        """Take what made the descriptor ready."""
        if self.by_fanotify:
            while True:
                try:
                    os.read(self.fd, 8192)
                except BlockingIOError:
                    return
        os.lseek(self.fd, 0, os.SEEK_SET)
        os.read(self.fd, 1)

    def close(self) -> None:
        """Let go."""
        os.close(self.fd)

    def _mark(self, fd: int) -> bool:
        mask = _FAN_MNT_ATTACH | _FAN_MNT_DETACH
        if not _libc.fanotify_mark(self.fd, _FAN_MARK_ADD | _FAN_MARK_MNTNS, mask, fd, None):
            return True
        if ctypes.get_errno() in (errno.EINVAL, errno.EPERM, errno.ENOSPC):
            return False
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
