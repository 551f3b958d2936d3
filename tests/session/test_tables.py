"""What a session knows of each namespace is what the kernel says, whatever happens in there."""

from collections.abc import Callable

import pytest

from tests.bed.netns import NamedNetns
from tests.session import churn
from tests.session.watching import await_complete, await_equal, await_quiet, netns_of, watching

pytestmark = pytest.mark.needs_root
BURSTS = 4


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_after_random_changes_the_tables_are_those_of_the_kernel(
    seed: int, new_netns: Callable[[str], NamedNetns]
) -> None:
    made = [new_netns("ovA-churn") for _ in range(3)]
    for one in made:
        churn.set_up(one)
    with watching() as session:
        netnses = [netns_of(session, one) for one in made]
        for netns in netnses:
            await_complete(session, netns)
        for burst in range(BURSTS):
            for number, one in enumerate(made):
                churn.run(one, churn.churn(seed * 1000 + burst * 10 + number, 60, plain=False))
            await_quiet(session, *netnses)
            for netns, one in zip(netnses, made, strict=True):
                await_equal(session, netns, one)
        assert session.stream.lost == 0
