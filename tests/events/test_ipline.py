"""The lines of ``ip monitor``: as iproute2 6.1 printed the samples, and as ``ip`` prints them here and now.

``ip_monitor.txt`` holds, for each sample, its name and what ``ip monitor file`` printed in an empty namespace; ``$``
marks the end of each line. ``ip_monitor_made_up.txt`` holds the same of messages that were put together at random, in
hexadecimal, with attributes that the samples lack.
"""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovltui.events.ipline import ip_lines
from ovltui.events.look import Look
from ovltui.events.record import Record
from tests.bed.ip_monitor import command, needs_ip_of_the_reference
from tests.bed.netns import NamedNetns
from tests.events.samples import SAMPLES, FixedNames, gap, message

SILENT = {"mdb-new", "mdb6-gone", "tunnel-vni"}
"""Samples of which ``ip monitor`` prints nothing."""


class EmptyNetns(FixedNames):
    """Names of links in a namespace that has ``lo`` only."""

    def link(self, nsid: int, ifindex: int, seq: int) -> str:
        del nsid, seq
        return "lo" if ifindex == 1 else f"if{ifindex}"


@dataclass(frozen=True)
class Before(FixedNames):
    """Names of links that all looked the same before."""

    look: Look

    def look_before(self, nsid: int, ifindex: int, seq: int) -> Look | None:
        del nsid, ifindex, seq
        return self.look


def _captured(file: str) -> dict[str, str]:
    blocks = Path(__file__).with_name(file).read_text("utf-8").removeprefix("= ").split("\n= ")
    pairs = (block.partition("\n") for block in blocks)
    return {name: lines.replace("$\n", "\n").rstrip("$\n") for name, _, lines in pairs}


CAPTURED = _captured("ip_monitor.txt")
MADE_UP = {bytes.fromhex(raw): lines for raw, lines in _captured("ip_monitor_made_up.txt").items()}


def shown(record: Record) -> str:
    return ip_lines(record, EmptyNetns())


@pytest.mark.parametrize("name", SAMPLES)
def test_a_message_reads_as_ip_printed_it(name: str) -> None:
    assert shown(SAMPLES[name].record) == CAPTURED[name]
    assert (CAPTURED[name] == "") == (name in SILENT)


@pytest.mark.parametrize(("raw", "lines"), MADE_UP.items(), ids=range(len(MADE_UP)))
def test_a_message_of_any_attributes_reads_as_ip_printed_it(raw: bytes, lines: str) -> None:
    assert shown(message(raw)) == lines


@needs_ip_of_the_reference
@pytest.mark.needs_root
def test_they_read_as_ip_prints_them_here(new_netns: Callable[[str], NamedNetns], tmp_path: Path) -> None:
    made, file = new_netns("ipl-file"), tmp_path / "message"
    for raw in (*(SAMPLES[name].raw for name in SAMPLES.keys() - SILENT), *MADE_UP):
        file.write_bytes(raw)
        run = subprocess.run(command(made, "file", str(file)), capture_output=True, text=True, check=True)
        assert run.stdout == shown(message(raw)) + "\n"


def test_links_have_the_names_of_the_record_and_a_lower_link_that_is_down_is_marked() -> None:
    record = SAMPLES["veth-moves"].record
    assert ip_lines(record, FixedNames()).startswith("Deleted 2: veth1@veth0: <BROADCAST,MULTICAST> mtu ")
    down = Before(Look("veth0", "DOWN", 1500, None, None))
    assert ip_lines(record, down).startswith("Deleted 2: veth1@veth0: <BROADCAST,MULTICAST,M-DOWN> mtu ")


@pytest.mark.parametrize(("foreign", "named"), [(False, "veth0@veth1"), (True, "veth0@if2")])
def test_a_port_of_a_bridge_whose_peer_is_in_another_namespace_is_not_tied_to_a_link_of_this_one(
    foreign: bool, named: str
) -> None:
    names = Before(Look("veth0", "UP", 1500, None, None, foreign))
    assert ip_lines(SAMPLES["port-forwards"].record, names).startswith(f"3: {named}: <BROADCAST,")


def test_a_port_of_a_bridge_whose_peer_is_gone_is_tied_to_an_index() -> None:
    assert ip_lines(SAMPLES["port-forwards"].record, FixedNames()).startswith("3: veth0@if2: <BROADCAST,")


def test_a_gap_has_no_lines() -> None:
    assert shown(gap(bytes(16))) == ""


@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_no_bytes_raise(name: str, data: st.DataObject) -> None:
    raw = bytearray(SAMPLES[name].raw)
    for place in data.draw(st.lists(st.integers(0, len(raw) - 1), max_size=8)):
        raw[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(raw)))
    for changed in (bytes(raw), bytes(raw[:cut])):
        assert isinstance(shown(message(changed)), str)
