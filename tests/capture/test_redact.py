"""Nothing in a redacted recording tells whose it is, and it still shows what happened."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovltui.capture.blocks import HEADER, BlockType, size_of
from ovltui.capture.notes import unpack
from ovltui.capture.pseudonyms import Pseudonyms
from ovltui.capture.redact import Redactor
from ovltui.capture.words import WORDS
from ovltui.events.decode import decode
from ovltui.events.record import OWN_NSID, Kind, Record
from ovltui.events.vocabulary import Object
from ovltui.kernel import wire
from tests.capture.made import CONTAINER, NETWORK, docker, feed, new_session, playing, recorder, told
from tests.events.samples import SAMPLES
from tests.session import made

_MAC = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}")
_NAMES = ("ifname", "ifalias", "label", "iifname", "iif", "oif")
_ADDRESSES = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6))
_STAY = ("0.0.0.0", "255.255.255.255", "::", "::1", "224.0.0.", "127.", "ff02::", "00:00:00:00:00:00")
_MACS_STAY = ("ff:ff:ff:ff:ff:ff", "01:80:c2", "33:33:00", "01:00:5e:00:00", "00:00:00:00:00:00")
_ALL_BITS = 32


def blocks(data: bytes) -> Iterator[tuple[int, bytes]]:
    start = 0
    while start < len(data):
        size = size_of(data, start)
        assert size > 0
        yield HEADER.unpack_from(data, start)[0], data[start + 8 : start + size - 4]
        start += size


def readable(path: Path) -> bytes:
    """Return all that is in a file, notes unpacked."""
    parts = []
    for kind, body in blocks(path.read_bytes()):
        if kind == BlockType.NOTE:
            note = unpack(body)
            parts += [repr(note.value).encode(), *note.blobs]
        else:
            parts.append(body)
    return b"\0".join(parts)


def texts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from texts(inner, name)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner, key)
    elif isinstance(value, str):
        yield key, value


def secrets(value: Any) -> Iterator[bytes]:
    """Yield the bytes, as they stand in a message, of each address, MAC and name of decoded fields."""
    for key, text in texts(value):
        if _MAC.fullmatch(text):
            if not text.startswith(_MACS_STAY):
                yield bytes.fromhex(text.replace(":", ""))
        elif key in _NAMES and text not in WORDS:
            yield text.encode() + b"\0"
        else:
            try:
                address = ip_address(text.split("/")[0])
            except ValueError:
                continue
            if not str(address).startswith(_STAY):
                yield address.packed


@pytest.mark.parametrize("name", SAMPLES)
def test_a_message_of_the_kernel_says_the_same_of_others(name: str) -> None:
    record = SAMPLES[name].record
    other = Redactor(Pseudonyms(b"k")).record(record)
    before, after = decode(record), decode(other)
    assert (after.object, after.action) == (before.object, before.action)
    assert int.from_bytes(other.raw[:4], "little") == len(other.raw)
    lost = before.fields.keys() - after.fields.keys()
    assert lost <= {"metrics", "encap"}
    for secret in secrets(before.fields):
        assert secret not in other.raw, secret
    for key in (
        "ifindex",
        "dev",
        "flags",
        "state",
        "mtu",
        "table",
        "protocol",
        "scope",
        "vlan",
        "port",
        "nhid",
        "master",
    ):
        assert after.fields.get(key) == before.fields.get(key)


def test_there_are_secrets_of_every_kind_to_be_found() -> None:
    found = [secret for sample in SAMPLES.values() for secret in secrets(decode(sample.record).fields)]
    assert {len(secret) for secret in found} >= {4, 6, 16}
    assert b"veth0\0" in found
    assert len(found) > 60


def test_attributes_that_no_table_names_are_left_out() -> None:
    redactor = Redactor()
    raw = made.link(
        3, b"private7", more=wire.attribute(999, b"private8\0") + wire.attribute(18, wire.attribute(7, b"x" * 9))
    )
    found = redactor.message(raw)
    assert b"private" not in found
    assert b"xxx" not in found
    unknown = wire.message(200, 0, 0, b"private9")
    assert redactor.message(unknown) == wire.message(200, 0, 0, b"")


@given(st.binary(max_size=200), st.sampled_from((16, 20, 24, 28, 32, 84, 104, 112)))
def test_any_bytes_are_redacted_without_an_error(body: bytes, kind: int) -> None:
    found = Redactor(Pseudonyms(b"k")).message(wire.message(kind, 0, 0, body))
    assert int.from_bytes(found[:4], "little") == len(found)
    Redactor(Pseudonyms(b"k")).message(body)
    Redactor(Pseudonyms(b"k")).record(Record(0, 0, OWN_NSID, Kind.DOCKER, body))


def _common(one: IPv4Address | IPv6Address, other: IPv4Address | IPv6Address) -> int:
    return one.max_prefixlen - (int(one) ^ int(other)).bit_length()


@given(_ADDRESSES, st.integers(0, 127))
def test_addresses_keep_the_length_of_what_they_have_in_common(address: IPv4Address | IPv6Address, bit: int) -> None:
    other = type(address)(int(address) ^ 1 << bit % address.max_prefixlen)
    pseudonyms = Pseudonyms(b"k")
    found = [ip_address(pseudonyms.address(one.packed)) for one in (address, other)]
    assert _common(*found) == _common(address, other)
    assert [one.is_link_local for one in found] == [one.is_link_local for one in (address, other)]
    assert pseudonyms.address(address.packed) == found[0].packed


def test_texts_and_bytes_of_one_address_become_the_same() -> None:
    redactor = Redactor()
    text = redactor.text("10.13.17.7")
    raw = redactor.message(made.address(3, "10.13.17.7"))
    assert ip_address(text).packed in raw
    mac = redactor.text("02:42:0a:0d:11:07")
    assert mac != "02:42:0a:0d:11:07"
    assert redactor.text("02:42:0a:0d:11:07") == mac
    network = redactor.text("10.13.17.0/24")
    assert network.endswith(".0/24")
    assert network.rpartition(".")[0] == text.rpartition(".")[0]
    name = redactor.text("docker1n")
    assert redactor.text("docker1n@node2").split("@")[0] == name
    assert redactor.message(made.link(3, b"docker1n")).count(name.encode()) == 1


def test_ids_that_are_cut_short_stay_the_beginning_of_the_whole() -> None:
    redactor = Redactor()
    assert redactor.text(CONTAINER).startswith(redactor.text(CONTAINER[:12]))
    assert len(redactor.text(CONTAINER)) == len(CONTAINER)
    assert redactor.text(CONTAINER) != CONTAINER


def test_what_was_executed_in_a_container_is_not_in_its_event() -> None:
    record = Record(0, 0, OWN_NSID, Kind.DOCKER, docker("exec_start: /bin/sh -c secretword"))
    found = Redactor().record(record)
    assert decode(found).object is Object.DOCKER
    assert decode(found).fields["event"] == "exec_start"
    assert b"secret" not in found.raw
    assert b"private" not in found.raw


def test_no_name_or_address_is_left_in_a_redacted_file(tmp_path: Path) -> None:
    plain, hidden = tmp_path / "plain.pcapng", tmp_path / "hidden.pcapng"
    session = new_session()
    several = [recorder(session, plain)]
    several[0].start()
    feed(session, 1, 400)
    session.docker_event(5, docker())
    several[0].close()
    session = new_session()
    other = recorder(session, hidden, redactor=Redactor())
    other.start()
    feed(session, 1, 400)
    session.docker_event(5, docker())
    other.close()
    words = [b"hidden2", b"secretbox", b"hushnet", b"clandestine", b"nodename", b"private", b"veth1", b"10.77.0"]
    words += [CONTAINER[:12].encode(), NETWORK[:12].encode(), bytes((10, 77, 0, 3)), bytes.fromhex("02420a4d")]
    before, after = readable(plain), readable(hidden)
    assert [word for word in words if word not in before] == []
    assert [word for word in words if word in after] == []
    player = playing(hidden)
    assert player.missing == ()
    assert len(told(player.seek(player.end).ring, 0, player.end)) == 401
