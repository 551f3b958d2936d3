"""A namespace as the topology is built from it: its tables, whose it is, and what its numbers for others mean.

Source: ``session.picture``. Pure. Incomplete: as ``Contents.gaps`` says; a number that is not in ``sights`` means a
namespace that is not known.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ovltui.identity.model import Identity
from ovltui.netns.model import NetnsKey
from ovltui.state.tables import Contents


@dataclass(frozen=True, slots=True)
class Place:
    """A namespace at one moment."""

    key: NetnsKey
    identity: Identity
    contents: Contents
    sights: Mapping[int, NetnsKey] = field(default_factory=dict)
    """Which namespace each nsid means inside of this one."""

    @property
    def name(self) -> str:
        """What a person calls it."""
        return self.identity.name
