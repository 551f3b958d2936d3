"""What of a person's choices fits this terminal: theme and characters, where ``auto`` was chosen or nothing.

Source: ``--color``, ``--ascii``, NO_COLOR, COLORTERM, TERM and the locale. Privileges: none; pure. Incomplete: whether
a terminal is dark or light none of them tells; where sudo or ssh dropped COLORTERM, TERM alone tells its colours.
"""

from collections.abc import Mapping
from dataclasses import replace

from ovltui.config.model import Settings, Theme

_RICH = ("256", "direct", "kitty", "alacritty", "foot", "ghostty", "wezterm", "contour", "truecolor")
"""Parts of TERM of terminals that have 256 colours at least."""
_CONSOLE = "linux"
"""TERM of the Linux console, whose fonts lack most of our signs."""
_LOCALE = ("LC_ALL", "LC_CTYPE", "LANG")


def fitting(settings: Settings, color: str, environ: Mapping[str, str], *, ascii_only: bool, slow: bool) -> Settings:
    """Return what holds on this terminal, ``auto`` no more.

    Args:
        settings: what was chosen.
        color: ``--color``: ``auto``, ``always``, ``never``, ``16`` or ``256``; it wins over NO_COLOR and the file.
        environ: the environment.
        ascii_only: ``--ascii``.
        slow: ``--slow``.
    """
    ascii_ = ascii_only or settings.ascii or not shows_signs(environ)
    return replace(settings, theme=_theme(settings.theme, color, environ), ascii=ascii_, slow=slow or settings.slow)


def has_many_colors(environ: Mapping[str, str]) -> bool:
    """Return whether the terminal is known to have 256 colours at least."""
    return bool(environ.get("COLORTERM")) or any(part in environ.get("TERM", "") for part in _RICH)


def shows_signs(environ: Mapping[str, str]) -> bool:
    """Return whether the terminal may show more than ASCII: no locale of another encoding says that it does not."""
    locale = next((value for name in _LOCALE if (value := environ.get(name))), "")
    encoding = locale.partition(".")[2].partition("@")[0].lower().replace("-", "")
    return environ.get("TERM") != _CONSOLE and encoding in ("", "utf8")


def _theme(chosen: Theme, color: str, environ: Mapping[str, str]) -> Theme:
    if color == "never":
        return Theme.MONO
    if color == "16":
        return Theme.MONO if chosen is Theme.MONO else Theme.SIXTEEN
    if chosen is not Theme.AUTO:
        return chosen
    if color == "auto" and environ.get("NO_COLOR"):
        return Theme.MONO
    return Theme.DARK if color in ("256", "always") or has_many_colors(environ) else Theme.SIXTEEN
