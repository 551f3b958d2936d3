"""Markers that ask for means of the machine, and the fixtures that use them.

A test whose means are missing is skipped with the reason; where ``CI`` is set in the environment it fails
instead, so that a run there cannot be green by leaving out what matters.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from hypothesis import settings

from tests.bed.engines import TwoEngines
from tests.bed.means import MISSING
from tests.bed.netns import NamedNetns, netns
from tests.bed.signals import end_as_on_interrupt

settings.register_profile("bed", deadline=None)  # a busy machine is no defect
settings.load_profile("bed")
FIXTURE_MARKERS = {"two_engines": ("needs_root", "needs_docker"), "new_netns": ("needs_root",)}
"""Markers that a test has by using a fixture."""


def pytest_configure() -> None:
    """Tear fixtures down, however the run is ended."""
    end_as_on_interrupt()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by the fixtures that they use."""
    for item in items:
        for fixture, markers in FIXTURE_MARKERS.items():
            if fixture in getattr(item, "fixturenames", ()):
                for marker in markers:
                    item.add_marker(marker)


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


@pytest.fixture
def new_netns() -> Iterator[Callable[[str], NamedNetns]]:
    """Makes namespaces under a prefix; they are deleted when the test ends."""
    with ExitStack() as stack:
        yield lambda prefix: stack.enter_context(netns(prefix))
