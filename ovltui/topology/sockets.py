"""The TCP and UDP sockets of a namespace: who listens, how many are connected to whom.

Source: inet_diag_msg (``linux/inet_diag.h``), and which process holds which socket. Pure. Incomplete: a message that
breaks off is no socket; who holds a socket is known as far as ``holders`` says.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from struct import Struct
from typing import Any

from ovltui.events.addresses import inet
from ovltui.events.attributes import MALFORMED, Readers, boolean, read
from ovltui.topology.sheet import Column, Entry, Sheet

_INET_DIAG_MSG = Struct("=16xBB2x").unpack_from
_PORTS = Struct("!HH").unpack_from
_REST = Struct("=I8xIIIII").unpack_from
_AT_PORTS, _AT_LOCAL, _AT_PEER, _AT_REST, _ATTRIBUTES = 20, 24, 40, 56, 88
_AF_INET, _AF_INET6 = 2, 10
_LENGTH = {_AF_INET: 4, _AF_INET6: 16}
_SKV6ONLY: Readers = {11: ("v6only", boolean)}
_STATES = (
    *("UNKNOWN", "ESTAB", "SYN-SENT", "SYN-RECV", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "UNCONN"),
    *("CLOSE-WAIT", "LAST-ACK", "LISTEN", "CLOSING", "SYN-RECV"),
)
"""The kernel's states of TCP, in the words of ``ss``."""
_WAITING = ("LISTEN", "UNCONN")
_ANY4, _ANY6 = "0.0.0.0", "::"  # noqa: S104  (what a socket says that listens everywhere)
_MOST_PIDS = 3
_COLUMNS = (
    Column("PROTO", 3),
    Column("STATE", 2),
    Column("LOCAL", least=18),
    Column("PEER", 4, least=12),
    Column("CONNS", 1, right=True),
    Column("PROCESS", 1, least=10),
)
_COMMANDS = ("ss -tunap",)

Holders = Mapping[int, tuple[tuple[int, str], ...]]
"""Pid and name of the processes that hold a socket, by the socket's inode."""


@dataclass(frozen=True, slots=True)
class Socket:
    """A socket."""

    netid: str
    """``tcp`` or ``udp``."""
    state: str
    family: int
    local: str
    local_port: int
    peer: str
    peer_port: int
    ifindex: int
    """Of the link that it is bound to; 0 for none."""
    recv_q: int
    """Bytes that wait; of a listening one, connections that wait to be accepted."""
    send_q: int
    """Bytes on their way; of a listening one, how many connections may wait."""
    uid: int
    inode: int
    """Its own; 0 once no process has it any more."""
    v6only: bool
    """Whether one that listens on all IPv6 addresses leaves IPv4 alone."""

    @property
    def listens(self) -> bool:
        """Whether it waits for whoever comes."""
        return self.state in _WAITING


def sockets(dump: Mapping[str, Iterable[bytes]]) -> tuple[Socket, ...]:
    """Return the sockets that a dump tells of."""
    found = (_socket(netid, raw) for netid, answers in dump.items() for raw in answers)
    return tuple(one for one in found if one)


def _socket(netid: str, raw: bytes) -> Socket | None:
    fields: dict[str, Any] = {}
    try:
        family, state = _INET_DIAG_MSG(raw)
        local_port, peer_port = _PORTS(raw, _AT_PORTS)
        ifindex, _, recv_q, send_q, uid, inode = _REST(raw, _AT_REST)
        length = _LENGTH[family]
        read(fields, raw, _ATTRIBUTES, _SKV6ONLY)
    except (*MALFORMED, KeyError):
        return None
    return Socket(
        netid,
        _STATES[state] if state < len(_STATES) else str(state),
        family,
        inet(raw[_AT_LOCAL : _AT_LOCAL + length]),
        local_port,
        inet(raw[_AT_PEER : _AT_PEER + length]),
        peer_port,
        ifindex,
        recv_q,
        send_q,
        uid,
        inode,
        fields.get("v6only", False),
    )


def sheet(found: Iterable[Socket], holders: Holders, dev: Callable[[int], str], says: tuple[str, ...] = ()) -> Sheet:
    """Return who listens, each with the connections that it accepted; behind them the others, by whom they go to.

    Args:
        found: the sockets.
        holders: who holds them.
        dev: names a link by its index.
        says: what is missing.
    """
    grouped = _grouped(tuple(found))
    rows = sorted(grouped.items(), key=lambda item: (item[0].state not in _WAITING, item[0].port, item[0].netid))
    return Sheet(_COLUMNS, tuple(_entry(group, several, holders, dev) for group, several in rows), _COMMANDS, says)


@dataclass(frozen=True, slots=True)
class _Group:
    """Sockets that stand in one row."""

    netid: str
    state: str
    local: str
    port: int
    """Of our end; 0 where each socket has its own."""
    peer: str
    peer_port: int
    ifindex: int
    """All that it has in common with others of a row; of who accepted connections, empty."""


def _grouped(found: tuple[Socket, ...]) -> dict[_Group, list[Socket]]:
    """Return the sockets of each row; connections that were accepted stand in the row of who listens."""
    grouped: dict[_Group, list[Socket]] = defaultdict(list)
    listening: dict[tuple[str, int], _Group] = {}
    for one in found:
        if one.listens:
            group = _Group(one.netid, one.state, _local(one), one.local_port, "", 0, one.ifindex)
            grouped[group].append(one)
            if one.netid == "tcp":
                for local in (one.local, _ANY4) if _hears_both(one) else (one.local,):
                    listening.setdefault((local, one.local_port), group)
    for one in found:
        if not one.listens:
            grouped[_group(one, listening)].append(one)
    return grouped


def _hears_both(one: Socket) -> bool:
    return one.local == _ANY6 and not one.v6only


def _accepting(one: Socket, listening: Mapping[tuple[str, int], _Group]) -> _Group | None:
    wildcard = _ANY4 if one.family == _AF_INET else _ANY6
    return listening.get((one.local, one.local_port)) or listening.get((wildcard, one.local_port))


def _group(one: Socket, listening: Mapping[tuple[str, int], _Group]) -> _Group:
    accepting = _accepting(one, listening) if one.netid == "tcp" else None
    if accepting and one.state == "ESTAB":
        return accepting
    if accepting:
        return _Group(one.netid, one.state, accepting.local, one.local_port, "", 0, accepting.ifindex)
    return _Group(one.netid, one.state, one.local, 0, one.peer, one.peer_port, one.ifindex)


def _local(one: Socket) -> str:
    return "*" if _hears_both(one) else one.local


def _entry(group: _Group, several: list[Socket], holders: Holders, dev: Callable[[int], str]) -> Entry:
    waiting = group.state in _WAITING
    held = [one for one in several if one.listens] if waiting else several
    connected = len(several) - len(held) if waiting else len(several)
    where = f"%{dev(group.ifindex)}" if group.ifindex else ""
    cells = (
        group.netid,
        group.state,
        end_text(group.local + where, group.port),
        end_text(group.peer, group.peer_port) if group.peer else "*",
        str(connected) if connected or group.state == "LISTEN" else "-",
        _processes(held, holders),
    )
    return Entry(group, cells)


def end_text(address: str, port: int) -> str:
    """Return an end as ``ss`` writes it: ``10.0.0.1:80``, ``[::1]:80``, ``*:80``; ``:*`` stands for no port."""
    return f"{f'[{address}]' if ':' in address else address}:{port or '*'}"


def _processes(several: Iterable[Socket], holders: Holders) -> str:
    pids: dict[str, list[int]] = {}
    for pid, name in dict.fromkeys(held for one in several for held in holders.get(one.inode, ())):
        pids.setdefault(name or "?", []).append(pid)
    return ", ".join(f"{name} {_numbers(found)}" for name, found in pids.items()) or "-"


def _numbers(pids: list[int]) -> str:
    more = len(pids) - _MOST_PIDS
    return " ".join(map(str, sorted(pids)[:_MOST_PIDS])) + (f" and {more} more" if more > 0 else "")


def objects(found: Iterable[Socket], holders: Holders, dev: Callable[[int], str]) -> Iterator[dict[str, Any]]:
    """Yield an object for each socket, its keys after the columns of ``ss``."""
    for one in found:
        yield {
            "netid": one.netid,
            "state": one.state,
            "recv_q": one.recv_q,
            "send_q": one.send_q,
            "local": _local(one),
            "local_port": one.local_port,
            "peer": "*" if one.listens and one.peer in (_ANY4, _ANY6) else one.peer,
            "peer_port": one.peer_port,
            **({"dev": dev(one.ifindex)} if one.ifindex else {}),
            "uid": one.uid,
            "inode": one.inode,
            "users": [{"pid": pid, "name": name} for pid, name in holders.get(one.inode, ())],
        }
