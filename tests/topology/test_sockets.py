"""Sockets out of the kernel's messages, and who listens with how many connections."""

import socket
import struct
from collections.abc import Iterable
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovltui.kernel.wire import attribute, message
from ovltui.topology.sockets import Socket, end_text, objects, sheet, sockets

ESTAB, SYN_RECV, TIME_WAIT, UNCONN, LISTEN = 1, 3, 6, 7, 10
DEVS = {0: "", 3: "eth0"}


def diag(
    state: int,
    local: tuple[str, int],
    peer: tuple[str, int] = ("", 0),
    *,
    inode: int = 0,
    ifindex: int = 0,
    family: int | None = None,
    v6only: bool | None = None,
) -> bytes:
    """Return what the kernel sends of a socket."""
    ends = [ip_address(local[0]), ip_address(peer[0] or ("::" if ":" in local[0] else "0.0.0.0"))]
    raw = [end.packed.ljust(16, b"\0") for end in ends]
    family = family or (socket.AF_INET6 if ends[0].version == 6 else socket.AF_INET)
    body = struct.pack("=BBBB", family, state, 0, 0) + struct.pack("!HH", local[1], peer[1]) + raw[0] + raw[1]
    body += struct.pack("=I8xIIIII", ifindex, 0, 5, 128, 1000, inode)
    return message(20, 0, 0, body + (b"" if v6only is None else attribute(11, bytes((v6only,)))))


def cells(tcp: Iterable[bytes] = (), udp: Iterable[bytes] = (), **holders: tuple[tuple[int, str], ...]) -> list[str]:
    held = {int(inode.removeprefix("i")): who for inode, who in holders.items()}
    found = sheet(sockets({"tcp": tuple(tcp), "udp": tuple(udp)}), held, lambda ifindex: DEVS[ifindex])
    return [" ".join(row) for row in found.rows]


def test_a_socket_is_read_whole() -> None:
    raw = diag(ESTAB, ("10.0.0.1", 22), ("10.0.0.9", 4711), inode=77, ifindex=3)
    assert sockets({"tcp": (raw,)}) == (
        Socket("tcp", "ESTAB", socket.AF_INET, "10.0.0.1", 22, "10.0.0.9", 4711, 3, 5, 128, 1000, 77, v6only=False),
    )


@given(st.binary(max_size=120))
def test_bytes_that_no_kernel_sends_are_no_socket_or_one_that_can_be_shown(raw: bytes) -> None:
    assert len(cells((raw, diag(LISTEN, ("10.0.0.1", 22))[: len(raw)]))) <= 2


def test_who_listens_stands_there_with_its_connections_and_processes() -> None:
    rows = cells(
        (
            diag(LISTEN, ("0.0.0.0", 80), inode=1),
            diag(ESTAB, ("10.0.0.1", 80), ("10.0.0.7", 1000), inode=2),
            diag(ESTAB, ("10.0.0.1", 80), ("10.0.0.8", 1001), inode=3),
        ),
        i1=((12, "nginx"), (13, "nginx")),
    )
    assert rows == ["tcp LISTEN 0.0.0.0:80 * 2 nginx 12 13"]


def test_a_listener_for_both_families_accepts_ipv4() -> None:
    both = diag(LISTEN, ("::", 80), v6only=False)
    accepted = diag(ESTAB, ("::ffff:10.0.0.1", 80), ("::ffff:10.0.0.7", 1000))
    coming = diag(SYN_RECV, ("10.0.0.1", 80), ("10.0.0.7", 1001))
    assert cells((both, accepted, coming)) == ["tcp LISTEN *:80 * 1 -", "tcp SYN-RECV *:80 * 1 -"]


def test_one_for_ipv6_alone_does_not_take_the_connections_of_ipv4() -> None:
    only, other = diag(LISTEN, ("::", 80), v6only=True), diag(LISTEN, ("0.0.0.0", 80))
    accepted = diag(ESTAB, ("10.0.0.1", 80), ("10.0.0.7", 1000))
    assert cells((only, other, accepted)) == ["tcp LISTEN [::]:80 * 0 -", "tcp LISTEN 0.0.0.0:80 * 1 -"]


def test_connections_to_others_stand_together_by_whom_they_go_to() -> None:
    out = [diag(ESTAB, ("10.0.0.1", 40000 + at), ("10.0.0.5", 5432), inode=at) for at in (1, 2, 3)]
    rows = cells((*out, diag(TIME_WAIT, ("10.0.0.1", 41000), ("10.0.0.6", 443))), i1=((9, "app"),), i3=((9, "app"),))
    assert rows == ["tcp ESTAB 10.0.0.1:* 10.0.0.5:5432 3 app 9", "tcp TIME-WAIT 10.0.0.1:* 10.0.0.6:443 1 -"]


def test_udp_waits_and_is_bound_to_a_link() -> None:
    assert cells(udp=(diag(UNCONN, ("fe80::1", 68), ifindex=3),)) == ["udp UNCONN [fe80::1%eth0]:68 * - -"]


def test_a_row_keeps_its_identity_while_connections_come_and_go() -> None:
    listening, one = diag(LISTEN, ("0.0.0.0", 80)), diag(ESTAB, ("10.0.0.1", 80), ("10.0.0.7", 1000))
    before, after = (sheet(sockets({"tcp": told}), {}, str).entries for told in ((listening,), (listening, one)))
    assert [entry.id for entry in before] == [entry.id for entry in after]
    assert before[0].cells != after[0].cells


@pytest.mark.parametrize(
    ("address", "port", "text"), [("10.0.0.1", 80, "10.0.0.1:80"), ("::1", 80, "[::1]:80"), ("*", 0, "*:*")]
)
def test_ends_are_written_as_ss_writes_them(address: str, port: int, text: str) -> None:
    assert end_text(address, port) == text


def test_an_object_has_every_socket_with_its_holders() -> None:
    found = sockets({"tcp": (diag(LISTEN, ("::", 80), inode=4, v6only=False),)})
    (row,) = objects(found, {4: ((12, "nginx"),)}, str)
    assert (row["local"], row["local_port"], row["users"]) == ("*", 80, [{"pid": 12, "name": "nginx"}])
    assert (row["recv_q"], row["send_q"], row["uid"], row["peer"]) == (5, 128, 1000, "*")
