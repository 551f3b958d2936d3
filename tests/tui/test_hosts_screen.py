"""Several hosts on the screens: the level of the browser, the status line, the list with its keys."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from ovltui.errors import RemoteError
from ovltui.identity.model import Identity, Kind
from ovltui.netns.model import Netns, NetnsKey
from ovltui.remote.machine import Pieces
from ovltui.session.hosts import HostState, HostStatus
from ovltui.session.joined import JoinedSession
from ovltui.session.snapshot import Row
from ovltui.session.tree import Grouping, grouped
from ovltui.tui.app import OvltuiApp
from ovltui.tui.screens.hosts import HostsScreen, counted, offset_words, sheet_of
from ovltui.tui.widgets.browser_entries import entries_of
from ovltui.tui.widgets.status import StatusLine
from tests.tui.test_events_screen import TINY, WIDE, settle, shown

REFUSES = "node2 refuses the connection: does sshd run there, on that port?"


def row(host: str, number: int, name: str, kind: Kind, network: str | None = None) -> Row:
    netns = Netns(NetnsKey(host, number), number, number, False, (), ())
    shown_as = host if kind is Kind.HOST else f"{host}:{name}"
    identity = Identity(shown_as, kind, "", engine=host)
    if network:
        identity = replace(identity, network=network, network_id=network, driver="overlay", vni=4097)
    return Row(netns, identity, (), ())


def rows_of(host: str) -> tuple[Row, ...]:
    """The same ids on each host: only the host tells them apart."""
    return (
        row(host, 1, host, Kind.HOST),
        row(host, 2, "mynet01", Kind.OVERLAY, "mynet01"),
        row(host, 3, "docker1n", Kind.CONTAINER, "mynet01"),
    )


ROWS = (*rows_of("node1"), *rows_of("node2"))


class Deaf:
    """A machine that cannot be reached."""

    def __init__(self, name: str, url: str) -> None:
        self.name, self.url = name, url

    def open(self) -> Pieces:
        raise RemoteError(REFUSES)

    def shell_words(self, paths: Sequence[str], inode: int) -> list[str]:
        raise RemoteError(f"{paths} {inode}")

    def close(self) -> None:
        pass


def test_the_browser_shows_each_host_with_its_own_part_of_a_network() -> None:
    entries = list(entries_of(grouped(ROWS, Grouping.NETWORK)))
    assert [f"{one.rail}{one.label}" for one in entries] == [
        *("▾ node1", "  ● node1", "  ▾ mynet01", "    ├ mynet01", "    └ docker1n"),
        *("▾ node2", "  ● node2", "  ▾ mynet01", "    ├ mynet01", "    └ docker1n"),
    ]
    assert len({one.id for one in entries}) == len(entries)
    head = entries[5]
    assert head.keys == {one.netns.key for one in rows_of("node2")}
    assert [one.scope for one in entries[5:]] == [
        *("node2", "node2", "node2:mynet01", "node2:mynet01", "node2:docker1n"),
    ]


def test_of_one_host_alone_the_browser_says_nothing_of_hosts() -> None:
    entries = list(entries_of(grouped(rows_of("node1"), Grouping.NETWORK)))
    assert [one.rail for one in entries] == ["● ", "▾ ", "  ├ ", "  └ "]
    assert [one.scope for one in entries][1:] == ["node1:mynet01", "node1:mynet01", "node1:docker1n"]


def test_a_namespace_of_which_only_the_number_is_known_counts_for_the_host_that_its_name_says() -> None:
    key = NetnsKey("node1", -8)
    numbered = replace(
        ROWS[0], netns=Netns(key, 0, 7, False, (), ()), identity=Identity("node2:nsid 0", Kind.OTHER, "")
    )
    hosts = tuple(HostStatus(name, "", HostState.LIVE) for name in ("node1", "node2"))
    assert counted((*ROWS, numbered), hosts) == {"node1": 3, "node2": 4}


@pytest.mark.parametrize(
    ("offset_ns", "uncertainty_ns", "words"),
    [
        (None, None, "-"),
        (1_234_000, 300_000, "+1.2 ±0.3 ms"),
        (-40_000, 400_000, "-0.0 ±0.4 ms"),
        (125_300_000_000, 4_000_000, "+125.3 ±0.0 s"),
    ],
)
def test_a_clock_is_told_with_what_is_uncertain_of_it(
    offset_ns: int | None, uncertainty_ns: int | None, words: str
) -> None:
    there = HostStatus("node2", "ssh://node2", HostState.LIVE, offset_ns=offset_ns, uncertainty_ns=uncertainty_ns)
    assert offset_words(there) == words
    assert offset_words(replace(there, url="", offset_ns=5)) == "ours"


def test_a_host_that_is_heard_needs_no_reason_and_one_that_is_not_has_it() -> None:
    live = HostStatus("node1", "", HostState.LIVE, says="an old sentence", version="1.2")
    lost = HostStatus("node2", "ssh://node2", HostState.LOST, says=REFUSES, lost=7)
    first, second = sheet_of((live, lost), {"node1": 3}).rows
    assert first == ("node1", "live", "-", "3", "-", "0", "this machine", "1.2", "")
    assert second == ("node2", "lost", "-", "0", "-", "7", "ssh://node2", "-", REFUSES)


@asynccontextmanager
async def hosts_screen(size: tuple[int, int] = WIDE) -> AsyncIterator[tuple[Pilot[int], HostsScreen, JoinedSession]]:
    session = JoinedSession([Deaf("node1", ""), Deaf("node2", "ssh://node2")])
    app = OvltuiApp(session)
    app.joined = session
    session.start()
    try:
        session.wait_for_hosts(10)
        async with app.run_test(size=size, notifications=True) as pilot:
            await settle(pilot)
            await pilot.press("7")
            await settle(pilot)
            screen = app.screen
            assert isinstance(screen, HostsScreen)
            yield pilot, screen, session
    finally:
        session.close()


async def test_in_few_columns_hosts_that_are_not_heard_are_counted() -> None:
    async with hosts_screen(TINY) as (pilot, screen, _session):
        assert "2 lost" in said(pilot)
        assert [line.split()[:2] for line in shown(screen.filtered())] == [["node1", "lost"], ["node2", "lost"]]


def said(pilot: Pilot[int]) -> str:
    return pilot.app.screen.query_one(StatusLine).render().plain


async def test_hosts_that_are_not_heard_are_said_in_words_on_every_screen_and_with_the_reason_on_theirs() -> None:
    async with hosts_screen() as (pilot, screen, _session):
        assert "2 hosts · node1, node2 lost" in said(pilot)
        assert [line.split()[:2] for line in shown(screen.filtered())] == [["node1", "lost"], ["node2", "lost"]]
        assert str(screen.filtered().border_subtitle) == REFUSES
        await pilot.press("1")
        await settle(pilot)
        assert "node1, node2 lost" in said(pilot)


async def test_a_host_is_dropped_when_that_was_confirmed() -> None:
    async with hosts_screen() as (pilot, _screen, session):
        await pilot.press("j", "d", "n")
        assert [host.name for host in session.hosts] == ["node1", "node2"]
        await pilot.press("d", "y")
        await settle(pilot)
        assert [host.name for host in session.hosts] == ["node1"]
        assert "node1 · node1 lost" in said(pilot)


async def test_what_works_on_this_machine_alone_is_not_offered() -> None:
    async with hosts_screen() as (pilot, _screen, _session):
        titles = [command.title for command in pilot.app.get_system_commands(pilot.app.screen)]
        assert {"Drop node1", "Drop node2"} <= set(titles)
        assert not [title for title in titles if title.startswith(("Lab:", "Name ", "Tell neighbour"))]
        assert pilot.app.check_action("lab", ()) is False
