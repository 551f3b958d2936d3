"""What nsids mean inside one namespace: every namespace numbers the others for itself.

Source: RTM_GETNSID questions of the session, and the RTM_NEWNSID and RTM_DELNSID that are labelled with that namespace.
Incomplete: until a number was asked for, and after its end, it means nothing.
"""

from bisect import bisect_right

SightsMemory = tuple[tuple[int, tuple[tuple[int, int | None], ...]], ...]
"""Each number, with each of our nsids that it meant and the record since which."""


class Sights:
    """Numbers of one namespace, each with what it meant when. One thread writes, any thread reads."""

    def __init__(self) -> None:
        self._meanings: dict[int, list[tuple[int, int | None]]] = {}

    def learn(self, there: int, seq: int, here: int) -> None:
        """Take in that ``there`` means the namespace with our nsid ``here``, from record ``seq`` on."""
        self._add(there, seq, here)

    def forget(self, there: int, seq: int) -> None:
        """Take in that ``there`` means something else, or nothing, from record ``seq`` on."""
        if there in self._meanings:
            self._add(there, seq, None)

    def at(self, there: int, seq: int) -> int | None:
        """Return our nsid for what ``there`` meant at record ``seq``; None where it is not known.

        Before the first meaning that is known, that one is returned: the number was there before it was asked for.
        """
        meanings = self._meanings.get(there)
        if not meanings:
            return None
        index = bisect_right(meanings, seq, key=lambda entry: entry[0])
        return meanings[max(0, index - 1)][1]

    def number_of(self, here: int) -> int | None:
        """Return a number that ever meant the namespace with our nsid ``here``; None where none did."""
        known = tuple(self._meanings.items())
        return next((there for there, meanings in known if any(meant == here for _, meant in meanings)), None)

    def memory(self) -> SightsMemory:
        """Return all that is known; nobody may write meanwhile."""
        return tuple((there, tuple(meanings)) for there, meanings in self._meanings.items())

    def recall(self, memory: SightsMemory) -> None:
        """Know what was known when ``memory`` was made, and nothing else."""
        self._meanings = {there: list(meanings) for there, meanings in memory}

    def _add(self, there: int, seq: int, here: int | None) -> None:
        known = self._meanings.get(there, [])
        # A list that readers hold is never changed: they see the old one or the new one.
        self._meanings[there] = [*(entry for entry in known if entry[0] < seq), (seq, here)]
