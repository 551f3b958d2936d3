"""Markers that ask for means of the machine, the fixtures that use them, and which tests run beside which.

A test whose means are missing is skipped with the reason; where ``CI`` is set in the environment it fails
instead, so that a run there cannot be green by leaving out what matters.

``pytest`` without a path runs the tests in ``PROCESSES`` processes, since most of them wait for the kernel; with a
path, ``-n 0`` or ``--pdb`` in its own. Where it is root, each of those processes is apart, as ``bed/apart.sh`` says:
it has a machine of its own, on which all namespaces, processes and labs are those of its own tests. Files are shared,
so they have names that nobody else gives; process ids are no such names. What a test may have to say:

- tests that use ``two_engines``, ``two_hosts``, or a fixture of their module, run in one process, which makes it once;
  nothing to say;
- ``alone`` runs while no other test does. It is for promises about time; each costs the run its whole duration, so a
  deadline that is only a patience is better made long;
- ``outside`` runs in one more process, on the machine itself, for its network and what the kernel tells only there.
"""

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import settings

from tests.bed.engines import TwoEngines
from tests.bed.means import MISSING
from tests.bed.netns import NamedNetns, netns
from tests.bed.schedule import OUTSIDE, GroupScheduling, apart, end_led
from tests.bed.signals import end_as_on_interrupt
from tests.bed.turns import Meeting, Turns
from tests.bed.two_hosts import TwoHosts

settings.register_profile("bed", deadline=None)  # a busy machine is no defect
settings.load_profile("bed")
PROCESSES = 4
"""Processes of a run, on two cores."""
FIXTURE_MARKERS = {"two_engines": ("needs_root", "needs_docker"), "new_netns": ("needs_root",)}
"""Markers that a test has by using a fixture."""
SHARED = ("two_engines", "two_hosts")
"""Fixtures that are made once for all tests."""
MEETING = pytest.StashKey[Meeting]()
TURNS = pytest.StashKey[Turns]()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return how many processes share the tests; 0 is none but this one."""
    return 0 if config.option.file_or_dir else PROCESSES


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand out the tests by their groups."""
    return GroupScheduling(config, log, config.stash[MEETING].groups)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a process of the run where they meet."""
    if MEETING not in node.config.stash:
        node.config.stash[MEETING] = Meeting()
        node.config.add_cleanup(node.config.stash[MEETING].close)
    node.workerinput["meeting"] = node.config.stash[MEETING].path


def pytest_configure(config: pytest.Config) -> None:
    """Tear fixtures down, however the run is ended; take turns where it has several processes."""
    led_by: dict[str, str] = getattr(config, "workerinput", {})
    end_as_on_interrupt(led=bool(led_by))
    if led_by:
        config.stash[TURNS] = Turns(led_by["meeting"])
    elif config.getoption("tx", None) and not MISSING["needs_root"]():
        config.option.tx = apart(config.option.tx)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Interrupt the other processes of an interrupted run at once: in ten seconds they are killed."""
    if exitstatus == pytest.ExitCode.INTERRUPTED and MEETING in session.config.stash:
        end_led()


def _is_alone(item: pytest.Item) -> bool:
    return item.get_closest_marker("alone") is not None


def _needs_means(item: pytest.Item) -> bool:
    return any(map(item.get_closest_marker, MISSING))


def _group(item: pytest.Item) -> str:
    """Return the name that a test shares with those that run in the same process, one after the other."""
    fixtures = item._fixtureinfo.name2fixturedefs if isinstance(item, pytest.Function) else {}
    if item.get_closest_marker(OUTSIDE):
        return OUTSIDE
    if made_once := next((name for name in SHARED if name in fixtures), ""):
        return made_once
    if _is_alone(item):
        return "alone"
    is_shared = any(definitions[-1].scope == "module" for definitions in fixtures.values())
    return item.nodeid if _needs_means(item) and not is_shared else item.location[0]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests by the fixtures that they use; where several processes share them, say how."""
    for item in items:
        for fixture, markers in FIXTURE_MARKERS.items():
            if fixture in getattr(item, "fixturenames", ()):
                for marker in markers:
                    item.add_marker(marker)
    if TURNS in config.stash:
        groups = {item.nodeid: _group(item) for item in items}
        config.stash[TURNS].tell(groups)
        # What waits for the machine comes first, the longest before the others: in the end no process waits for one.
        items.sort(key=lambda item: (not _needs_means(item), groups[item.nodeid] == item.nodeid))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, object, object]:
    """Take a turn for a test, its set-up and tear-down; where the next one is alone as well, the turn goes on."""
    turns = item.config.stash.get(TURNS, None)
    if turns is None:
        return (yield)
    turns.take(alone=_is_alone(item))
    try:
        return (yield)
    finally:
        if not (_is_alone(item) and nextitem and _is_alone(nextitem)):
            turns.leave()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose means are missing, or fail it in CI; before its fixtures are set up."""
    for marker, missing in MISSING.items():
        reason = missing() if item.get_closest_marker(marker) else None
        if reason and os.environ.get("CI"):
            pytest.fail(f"{marker}: {reason}", pytrace=False)
        elif reason:
            pytest.skip(reason)


@pytest.fixture(scope="session")
def two_engines() -> Iterator[TwoEngines]:
    """Two Docker Engines in a swarm, one pair for all tests: what a test adds, it removes."""
    with TwoEngines() as engines:
        yield engines


@pytest.fixture(scope="session")
def two_hosts() -> Iterator[TwoHosts]:
    """Two hosts in a swarm, one pair for all tests: what a test adds, it removes."""
    with TwoHosts() as hosts:
        yield hosts


@pytest.fixture
def new_netns() -> Iterator[Callable[[str], NamedNetns]]:
    """Makes namespaces under a prefix; they are deleted when the test ends."""
    with ExitStack() as stack:
        yield lambda prefix: stack.enter_context(netns(prefix))
