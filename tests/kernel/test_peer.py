"""A connection that is refused leaves nothing open."""

import gc
import socket
import warnings
from pathlib import Path

import pytest

from ovltui.kernel.peer import dial, listener


def test_a_refused_connection_is_closed(tmp_path: Path) -> None:
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        with pytest.raises(FileNotFoundError):
            dial(str(tmp_path / "nobody"), 1.0)
        gc.collect()
    assert [str(one.message) for one in heard] == []


def test_a_connection_reaches_who_listens(tmp_path: Path) -> None:
    path = str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as waiting:
        waiting.bind(path)
        waiting.listen()
        with dial(path, 1.0) as made, waiting.accept()[0] as taken:
            made.send(b"x")
            assert taken.recv(1) == b"x"
        assert listener(path) is not None
