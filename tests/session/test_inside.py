"""What processes tell is read until it is settled, and again when other processes are there."""

import os
from dataclasses import replace

import pytest

from ovltui.kernel import procfs
from ovltui.netns.model import Netns, NetnsKey
from ovltui.session.inside import Insides

SELF = Netns(NetnsKey("vm", 77), 4026532369, 5, False, (), (os.getpid(),))


def test_a_look_at_the_same_namespaces_reads_nothing_once_all_is_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    def name(pid: int) -> str:
        read.append(pid)
        return f"looked at {len(read)} times"

    monkeypatch.setattr(procfs, "name", name)
    insides, swept = Insides(), (SELF,)
    for _ in range(20):
        insides.look(swept)
    settled = len(read)
    assert 1 < settled < 10
    assert insides.names == {os.getpid(): f"looked at {settled} times"}
    assert insides.told.keys() == {SELF.key}
    told = insides.told
    insides.look((replace(SELF, pids=(1,)),))
    assert (read[-1], insides.names) == (1, {1: f"looked at {settled + 1} times"})
    assert insides.told != told
    insides.look(())
    assert (insides.names, insides.told) == ({}, {})
