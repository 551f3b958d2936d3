"""What a dump says of links and addresses, put where names are taken from.

Source: ``kernel.dump``. Pure but for the stream that takes it in. Incomplete: a message that breaks off tells nothing.
"""

import time

from ovltui.kernel.dump import Dump
from ovltui.kernel.wire import Table
from ovltui.session.sight import Sight
from ovltui.session.stream import Stream
from ovltui.state import told
from ovltui.state.tenure import Tenure

NAMED_BY = (Table.LINKS, Table.ADDRESSES)
"""The tables that it needs."""


class Loader:
    """Takes dumps in; each thread has one of its own.

    Args:
        stream: whose tenures learn.
        sight: is asked for the peers of links.
    """

    def __init__(self, stream: Stream, sight: Sight) -> None:
        self._stream = stream
        self._sight = sight
        self._links = told.links()
        self._addresses = told.addresses()

    def load(self, tenure: Tenure, seq: int, answers: Dump) -> None:
        """Take in what a dump told of ``tenure``, which began when ``seq`` was the next record."""
        links = [description for raw in answers[Table.LINKS] if (description := self._links.of(raw))]
        addresses = [address for raw in answers[Table.ADDRESSES] if (address := self._addresses.of(raw))]
        self._stream.load(tenure, seq, time.time_ns(), links, addresses)
        self._sight.ask_for_peers(tenure, seq)
