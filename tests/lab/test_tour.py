"""The steps of the tour: short enough to read, each done by what it asks for and by nothing less."""

from dataclasses import replace

import pytest

from ovltui.events.filter import parse
from ovltui.lab.tour import TEXT_LINES, TEXT_WIDTH, Act, Page, Sight, Step
from ovltui.lab.tour_steps import DOCKERS_OWN, STEPS, hand, steps

IN_OVERLAY = frozenset({"overlay"})
DONE: dict[str, tuple[Sight, Sight]] = {
    "the overlay network": (Sight(networks=1), Sight(networks=0, caused=True)),
    "a container is started": (Sight(started=True), Sight(networks=2, caused=True)),
    "an event, whole": (Sight(page=Page.EVENT), Sight(page=Page.NETNS, caused=True)),
    "namespaces without a process": (Sight(chosen="overlay"), Sight(chosen="container")),
    "how to get there by hand": (Sight(page=Page.NETNS), Sight(chosen="overlay", page=Page.EVENT)),
    "go in, and look at the tunnel": (
        Sight(shells=IN_OVERLAY, says="    vxlan id 4097 srcport"),
        Sight(shells=IN_OVERLAY, says="root# ip -d link show vxlan0 | head -3"),
    ),
    "who is where: the FDB": (
        Sight(shells=IN_OVERLAY, says="02:42:0a:0d:11:0c dst 192.168.56.102 self permanent"),
        Sight(shells=IN_OVERLAY, says="root# bridge fdb show dev vxlan0"),
    ),
    "who has which address: neighbours": (
        Sight(shells=IN_OVERLAY, says="10.13.17.12 lladdr 02:42:0a:0d:11:0c PERMANENT"),
        Sight(shells=frozenset({"host"}), says="10.0.0.1 lladdr 02:42:0a:0d:11:0c PERMANENT"),
    ),
    "where the other end of a cable is": (
        Sight(shells=IN_OVERLAY, says="7: veth1@if6: mtu 1450 link-netnsid 2"),
        Sight(shells=IN_OVERLAY, says="root# ip link show type veth"),
    ),
    "a ping, seen from inside": (
        Sight(says="64 bytes from 10.13.17.12: icmp_seq=1"),
        Sight(says="PING 10.13.17.12 (10.13.17.12) 56(84) bytes of data.", caused=True),
    ),
    "a miss": (Sight(caused=True), Sight(says="Destination Host Unreachable")),
    "something breaks": (Sight(caused=True), Sight(ran=True)),
    "and is mended": (Sight(caused=True), Sight(says="bytes from")),
    "the network, drawn": (Sight(page=Page.DRAWING), Sight(page=Page.NETNS, networks=2)),
    "all of it goes": (Sight(networks=0), Sight(networks=1)),
}
"""For each step but the first, what is enough and what is not."""
by_title = pytest.mark.parametrize("step", STEPS, ids=lambda step: step.title)


@by_title
def test_a_step_fits_into_its_frame(step: Step) -> None:
    assert 1 <= len(step.text) <= TEXT_LINES
    assert max(map(len, step.text)) <= TEXT_WIDTH
    for docker in (False, True):
        assert len(f"do: {hand(step, docker=docker)}") <= TEXT_WIDTH
    assert len(f"tour 16/16: {step.title}") <= TEXT_WIDTH


@pytest.mark.parametrize("step", STEPS[1:], ids=lambda step: step.title)
def test_a_step_is_done_by_what_it_asks_for_and_by_nothing_less(step: Step) -> None:
    enough, too_little = DONE[step.title]
    assert step.done(enough)
    assert not step.done(too_little)


def test_the_first_step_only_asks_to_read() -> None:
    assert STEPS[0].act is Act.NOTHING
    assert STEPS[0].done(Sight())


def test_every_other_step_can_be_done_by_the_tour() -> None:
    assert all(step.act is not Act.NOTHING for step in STEPS[1:])
    assert all(bool(step.command) == (step.act in (Act.RUN, Act.BREAK)) for step in STEPS)


def test_a_command_that_the_tour_ran_counts_as_typed() -> None:
    for step in STEPS:
        if step.act is Act.RUN and not step.points.startswith("action:miss"):
            assert step.done(replace(DONE[step.title][1], ran=True)), step.title


@by_title
def test_what_a_step_points_at_is_a_filter_that_is_understood(step: Step) -> None:
    assert step.looks_back <= bool(step.points)
    assert all(term for term in parse(step.points).terms)


def test_with_a_real_engine_every_act_on_docker_is_told_to_the_user() -> None:
    told = steps(docker=True)
    for step in told:
        assert step.act not in (Act.BREAK, Act.MEND)
        assert "docker1n" not in hand(step, docker=True)
        if step.act in DOCKERS_OWN:
            assert hand(step, docker=True) != hand(step, docker=False), step.title
    assert len(told) >= 12
