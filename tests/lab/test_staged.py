"""A lab whose container is started later: what the tour shows is in the end what ``lab up`` builds."""

from pathlib import Path

import pytest

from ovltui.errors import OvltuiError
from ovltui.lab import apply, trouble
from ovltui.lab.description import Description
from ovltui.lab.facts import facts
from ovltui.lab.layout import attachment, batches
from ovltui.lab.observe import differences, observe
from ovltui.lab.place import Place
from ovltui.lab.status import status
from ovltui.lab.teardown import tear_down

LATER = "docker1n"
TOKEN = "0123456789ab"


def test_a_plan_without_a_container_knows_nothing_of_it() -> None:
    plan = Description("boot", TOKEN, 2, 1, without=LATER).plan("/x")
    assert LATER not in {space.file for space in plan.spaces}
    assert not any("10.13.17.11" in fact.text for fact in facts(plan))
    assert [one.space.name for one in plan.containers] == ["docker2n"]


def test_the_commands_of_both_stages_are_those_of_a_whole_lab() -> None:
    late, whole = (
        Description("boot", TOKEN, 2, 1, without=LATER).plan("/x"),
        Description("boot", TOKEN, 2, 1).plan("/x"),
    )
    container = next(one for one in whole.containers if one.space.name == LATER)
    staged = [*batches(late), *attachment(whole, container)]
    in_stages = sorted((batch.space.file, batch.tool, line) for batch in staged for line in batch.lines)
    assert in_stages == sorted((batch.space.file, batch.tool, line) for batch in batches(whole) for line in batch.lines)


@pytest.mark.needs_root
def test_a_container_that_is_started_later_makes_the_lab_whole(ground: Path) -> None:
    place, calls = Place(ground / "run"), []
    plan = apply.up(place, 2, 1, without=LATER, made=lambda ids: calls.append(len(ids)))
    described = place.read()
    assert described is not None
    found, gone = observe(plan, described)
    assert (differences(plan, found), gone) == (((), ()), ())
    with pytest.raises(OvltuiError, match="docker1n was not started yet"):
        trouble.check(place)
    whole = apply.start(place, lambda ids: calls.append(len(ids)))
    assert calls == [len(plan.spaces), len(whole.spaces)]
    assert trouble.check(place).right
    now = status(place)
    assert now is not None
    assert now.complete
    with pytest.raises(OvltuiError, match="no lab is up whose container waits"):
        apply.start(place)


@pytest.mark.needs_root
def test_a_start_that_fails_removes_the_lab(ground: Path) -> None:
    place = Place(ground / "run")
    apply.up(place, 2, 1, without=LATER)

    def fail(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply.start(place, fail)
    assert not place.exists()


@pytest.mark.needs_root
def test_a_fault_is_mended_by_its_own_remedy(ground: Path) -> None:
    place = Place(ground / "run")
    apply.up(place, 2, 1)
    with pytest.raises(OvltuiError, match="no fault is in"):
        trouble.mend(place)
    trouble.put_in(place, trouble.choose("fdb-lost"))
    verdict = trouble.mend(place)
    assert (verdict.right, verdict.fault) == (True, "fdb-lost")
    assert trouble.check(place).fault == ""


@pytest.mark.needs_root
def test_a_half_started_container_goes_with_the_lab(ground: Path) -> None:
    place = Place(ground / "run")
    apply.up(place, 2, 1, without=LATER)
    with place.locked():
        assert tear_down(place).found
    assert not place.exists()
