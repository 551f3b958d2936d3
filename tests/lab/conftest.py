"""A directory for labs that is not pytest's, which could not remove what a killed run left mounted there."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ovltui.lab.place import Place
from ovltui.lab.teardown import tear_down
from tests.bed.signals import deferred


@pytest.fixture
def ground() -> Iterator[Path]:
    """Make a directory; at its end, whatever the test left of labs in it is removed."""
    directory = Path(tempfile.mkdtemp(prefix="ovltui-lab-test-"))
    try:
        yield directory
    finally:
        with deferred():
            for run in [directory, *directory.iterdir()]:
                if (run / "lab").is_dir():
                    tear_down(Place(run))
            shutil.rmtree(directory)
