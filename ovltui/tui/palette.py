"""The commands of the palette: every word is drawn as it stands, since names of links and containers are among them.

The library's own provider reads them as markup, by which a link's name could hide, colour or break the list, and tries
all ways in which the letters typed may match, which a name of many equal letters makes take for ever.
"""

from typing import cast

from textual.app import SystemCommand
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content


class Commands(Provider):
    """What ``OvltuiApp.get_system_commands`` offers."""

    async def discover(self) -> Hits:
        """Yield all commands, by name."""
        for command in sorted(self._commands(), key=lambda command: command.title):
            yield DiscoveryHit(Content(command.title), command.callback, command.title, _literal(command.help))

    async def search(self, query: str) -> Hits:
        """Yield the commands whose names match ``query``."""
        style = self.matcher(query).match_style
        for command in self._commands():
            score, offsets = matched(query, command.title)
            if score:
                shown = Content(command.title)
                for offset in offsets:
                    shown = shown.stylize(style, offset, offset + 1)
                yield Hit(score, shown, command.callback, command.title, _literal(command.help))

    def _commands(self) -> list[SystemCommand]:
        return list(self.app.get_system_commands(self.screen))


def matched(query: str, title: str) -> tuple[float, tuple[int, ...]]:
    """Return how well a title matches, 0 for not at all, and which of its letters do.

    All words of the query stand in it; or, which counts less, its letters do in their order. Case does not matter.
    """
    folded, words = _folded(title), _folded(query).split()
    places = [folded.find(word) for word in words]
    if words and min(places) >= 0:
        offsets = {at + more for at, word in zip(places, words, strict=True) for more in range(len(word))}
        return 2 + 1 / (1 + min(places)), tuple(sorted(offsets))
    found: list[int] = []
    for letter in "".join(words):
        at = folded.find(letter, found[-1] + 1 if found else 0)
        if at < 0:
            return 0.0, ()
        found.append(at)
    return (1 / (1 + found[-1] - found[0]), tuple(found)) if found else (0.0, ())


def _folded(text: str) -> str:
    """Return a text in small letters, as long as it was."""
    return "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)


def _literal(text: str) -> str:
    """Return a text that the palette does not parse: it takes content as it is where it expects markup."""
    return cast("str", Content(text))
