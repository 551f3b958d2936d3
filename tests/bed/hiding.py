"""Namespaces that a process hides in every way that the kernel allows; needs root.

Each place is a process that makes a namespace, keeps it alive in one way only, says so, and lets go when it is told.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

_COMMON = """
import ctypes, json, os, socket, sys, threading
libc = ctypes.CDLL(None, use_errno=True)
def check(result):
    if result:
        raise OSError(ctypes.get_errno(), "refused")
def unshare(flags=0x40000000):
    check(libc.unshare(flags))
def inode():
    return os.stat(f"/proc/self/task/{threading.get_native_id()}/ns/net").st_ino
def call(name):
    check(libc.prctl(15, name, 0, 0, 0))
def say(**facts):
    print(json.dumps(facts), flush=True)
def wait():
    sys.stdin.readline()
"""
_AWAY = """
home = os.open("/proc/self/ns/net", os.O_RDONLY)
unshare()
there = inode()
{keep}
check(libc.setns(home, 0))
os.close(home)
"""
_PLACES = {
    "process": "unshare(); say(inode=inode()); wait()",
    "thread": """
def stray():
    unshare()
    say(inode=inode(), tid=threading.get_native_id())
    wait()
threading.Thread(target=stray).start()
""",
    "descriptor": """
giver, taker = socket.socketpair()
if not os.fork():
    _, (fd,), _, _ = socket.recv_fds(taker, 1, 1)
    taker.recv(1)
    for one in (giver, taker):
        one.close()
    call(sys.argv[1].encode())
    say(inode=os.fstat(fd).st_ino, fd=fd, pid=os.getpid())
    wait()
    os._exit(0)
made = os.fork()
if not made:
    unshare()
    socket.send_fds(giver, [b"x"], [os.open("/proc/self/ns/net", os.O_RDONLY)])
    os._exit(0)
os.waitpid(made, 0)
giver.send(b"x")
for one in (giver, taker):
    one.close()
os.wait()
""",
    "socket": _AWAY.format(keep="kept = socket.socket()") + "say(inode=there, fd=kept.fileno()); wait()",
    "mount": """
unshare(0x20000)  # CLONE_NEWNS
check(libc.mount(b"none", b"/", None, 0x40000 | 0x4000, None))  # MS_PRIVATE, MS_REC
check(libc.mount(b"tmpfs", b"/mnt", b"tmpfs", 0, None))
open(b"/mnt/kept", "w").close()
"""
    + _AWAY.format(keep='check(libc.mount(b"/proc/self/ns/net", b"/mnt/kept", None, 0x1000, None))')
    + "say(inode=there); wait()",
    "dead leader": """
def stray():
    unshare()
    say(inode=inode(), tid=threading.get_native_id())
    wait()
    os._exit(0)
threading.Thread(target=stray).start()
libc.syscall({"x86_64": 60}.get(os.uname().machine, 93), 0)  # exit(2): of the main thread alone
""",
}
PLACES = ("process", "thread", "descriptor", "socket", "mount")
"""Every place where a namespace can hide."""
NAME = "hideaway"
"""What the hiding processes call themselves."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """A namespace in its hiding place."""

    pid: int
    """The process that keeps it alive."""
    inode: int
    number: int
    """Descriptor or thread id; 0 where there is none."""
    process: subprocess.Popen[str]

    def let_go(self) -> None:
        """End what keeps it alive, and wait until that has ended."""
        self.process.communicate("\n", timeout=10)


@contextmanager
def hidden(place: str, name: str = NAME) -> Iterator[Hidden]:
    """Hide a new namespace at one of ``PLACES``, by a process that calls itself ``name``."""
    script = _COMMON + "call(sys.argv[1].encode())\n" + _PLACES[place]
    argv = [sys.executable, "-c", script, name]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            said: dict[str, Any] = json.loads(process.stdout.readline())
            number = said.get("fd", said.get("tid", 0))
            yield Hidden(said.get("pid", process.pid), said["inode"], number, process)
        finally:
            if process.poll() is None:
                process.communicate("\n", timeout=10)
