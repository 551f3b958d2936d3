"""The scene of a lab that stands somewhere else than the one lab of a machine: its namespaces alone."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from ovltui.checks.scene import Scene
from ovltui.kernel.namespace import mntns_of
from ovltui.kernel.wire import Table
from ovltui.lab.place import Place
from ovltui.lab.plan import Plan
from ovltui.session.lab_names import LabNames
from ovltui.session.live import LiveSession, Options
from ovltui.session.picture import visited
from ovltui.session.scene import footings, ways
from ovltui.session.snapshot import Row
from ovltui.session.underfoot import read
from ovltui.topology.builder import build


@dataclass(frozen=True)
class LabScene:
    """The namespaces of a lab, found once."""

    rows: tuple[Row, ...]
    plan: Plan

    def look(self) -> Scene:
        """Visit the namespaces and return the scene."""
        netnses = {row.netns.key: row.netns for row in self.rows}
        topology = build(visited(self.rows, tuple(Table)))
        scene = Scene(topology=topology, netnses=netnses, ways=ways(netnses.values(), mntns_of(os.getpid())))
        return replace(scene, underfoot={key: read(one).underfoot for key, one in footings(scene).items()})


@contextmanager
def lab_scene(place: Place, plan: Plan) -> Iterator[LabScene]:
    """Find the namespaces of a lab, under the names that they have where it is the machine's only one."""
    names = LabNames(socket.gethostname(), place)
    names.look()
    session = LiveSession(Options(no_docker=True))
    try:
        session.look()
        found = [row for row in session.snapshot().rows if row.netns.key in names.given]
        yield LabScene(tuple(replace(row, identity=names.given[row.netns.key]) for row in found), plan)
    finally:
        session.close()
