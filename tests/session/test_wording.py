"""Lines that are made together are those that are made one by one, whatever names become meanwhile."""

import io
import random
from array import array
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ovltui.cli.output import Output
from ovltui.cli.printer import Printer
from ovltui.events.filter import parse
from ovltui.events.line import line
from ovltui.events.vocabulary import Object
from ovltui.kernel import frames
from ovltui.session.session import Session
from tests.session.made import OWN, message, route
from tests.session.test_matching import FILTERS, HAPPENS, MESSAGES, aged
from tests.state.rows import neigh

OBJECTS = ((), (Object.LINK,), (Object.NEIGH, Object.ROUTE))


class Printed:
    """What a printer prints of a session."""

    def __init__(self, made: Session, objects: tuple[Object, ...] = (), wanted: str = "", form: str = "") -> None:
        self.made = made
        self.data = io.StringIO()
        out = Output(self.data, None)
        self.printer = Printer(out, made.names, frozenset(objects), parse(wanted), json=form == "json", ip=form == "ip")

    def together(self, first: int) -> int:
        """Print the records from ``first`` on at once; return how many events that were."""
        ring = self.made.ring
        return self.printer.print_all(ring, ring.excerpts(array("Q", range(first, ring.end))))

    def one_by_one(self, first: int) -> int:
        """Print them one after the other."""
        return sum(self.printer.print(self.made.ring[seq]) for seq in range(first, self.made.ring.end))


@given(
    st.lists(st.lists(MESSAGES, min_size=1, max_size=6) | st.sampled_from(sorted(HAPPENS)), max_size=25),
    st.sampled_from(("", "", *FILTERS)),
    st.sampled_from(OBJECTS),
    st.sampled_from(("", "json", "ip")),
    st.randoms(use_true_random=False),
)
def test_lines_made_together_are_those_made_one_by_one(
    steps: list[list[tuple[int, bytes]] | str],
    wanted: str,
    objects: tuple[Object, ...],
    form: str,
    choose: random.Random,
) -> None:
    made = Session("vm", OWN)
    together, alone, first = Printed(made, objects, wanted, form), Printed(made, objects, wanted, form), 0
    for step in steps:
        if isinstance(step, str):
            HAPPENS[step](made)
        else:
            made.feed(b"".join(message(raw, nsid) for nsid, raw in step))
        if choose.random() < 0.2:
            made.feed(frames.gap(1, 5, 0))
        if choose.random() < 0.5:
            assert together.together(first) == alone.one_by_one(first)
            first = made.ring.end
    assert together.together(first) == alone.one_by_one(first)
    assert together.data.getvalue() == alone.data.getvalue()


def test_of_messages_that_differ_in_addresses_alone_one_line_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Session("vm", OWN)
    made.feed(b"".join(message(aged(neigh(f"10.0.0.{last}", ""), b"", 0), 5) for last in range(100)))
    printed, making = Printed(made, wanted="10.0.0.1"), Mock(wraps=line)
    monkeypatch.setattr("ovltui.events.alike.line", making)
    assert printed.together(0) == 11  # 1 and 10 to 19
    assert making.call_count == 1


def test_of_records_that_were_dropped_nothing_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ovltui.events.ring.BLOCK", 4)
    made = Session("vm", OWN, 8)
    made.feed(b"".join(message(route(ifindex), 5) for ifindex in range(1, 9)))
    excerpts = list(made.ring.excerpts(array("Q", range(8))))
    made.feed(b"".join(message(route(ifindex), 5) for ifindex in range(1, 20)))
    printed = Printed(made)
    with pytest.raises(KeyError):
        printed.printer.print_all(made.ring, excerpts)
    assert printed.data.getvalue() == ""
