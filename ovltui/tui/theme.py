"""The themes. Meaning is always carried by a word or a mark as well, so that none of them loses any.

The colours of the first three exist in the 256-colour palette or lie next to one of its entries, since sshd and sudo
drop COLORTERM. The other two leave all colours to the terminal: what is dark or light, only it knows.
"""

from collections.abc import Mapping

from rich.theme import Theme as RichTheme
from textual.theme import Theme

from ovltui.config.model import Theme as Choice
from ovltui.tui.ink import Ink

_BACK = "background"
_LIBRARYS = (
    *("panel", "surface", "boost", "ansi-background", "ansi-foreground", "border-blurred"),
    *("scrollbar-hover", "scrollbar-active", "scrollbar-background-hover", "scrollbar-background-active"),
    *("link-color", "link-color-hover", "link-background-hover", "screen-selection-foreground"),
)
"""What the library would give colours of its own, in themes that leave them to the terminal."""


def _theme(name: str, colors: Mapping[str, str], *, dark: bool = True, ansi: bool = False) -> Theme:
    """Return a theme out of what its colours are for."""
    variables = {
        "border": colors["border"],
        "border-focus": colors["primary"],
        "dim": colors["dim"],
        "dimmer": colors["dimmer"],
        "cursor": colors["cursor"],
        "cursor-focus": colors["cursor-focus"],
        "quiet": "dim" if ansi else "none",
        "chosen": "bold reverse not dim" if ansi else "bold",
        "footer-key-foreground": colors["primary"],
        "footer-background": colors["panel"],
        "footer-description-foreground": colors["dim"],
        "block-cursor-text-style": "reverse" if ansi else "none",
        "block-cursor-background": colors["cursor-focus"],
        "block-cursor-foreground": colors["foreground"],
        "block-cursor-blurred-background": colors["cursor-focus"],
        "block-cursor-blurred-foreground": colors["foreground"],
        "input-selection-background": colors["cursor-focus"],
        "input-selection-foreground": colors["foreground"],
        "input-cursor-text-style": "reverse" if ansi else "none",
        "screen-selection-background": colors["cursor-focus"],
        "screen-selection-foreground": colors["foreground"],
        "scrollbar": colors["border"],
        "scrollbar-background": colors["panel"],
    }
    if ansi:
        variables |= dict.fromkeys(_LIBRARYS, "ansi_default")
    return Theme(
        name=f"ovltui-{name}",
        primary=colors["primary"],
        secondary=colors["secondary"],
        accent=colors["accent"],
        warning=colors["accent"],
        error=colors["error"],
        success=colors["success"],
        foreground=colors["foreground"],
        background=colors[_BACK],
        surface=colors[_BACK],
        panel=colors["panel"],
        dark=dark,
        ansi=ansi,
        variables=variables,
    )


_DARK = {
    "primary": "#5fafd7",
    "secondary": "#87afaf",
    "accent": "#ffaf5f",
    "error": "#ff5f5f",
    "success": "#87d787",
    "foreground": "#d0d0d0",
    "background": "#121212",
    "panel": "#1c1c1c",
    "border": "#444444",
    "dim": "#808080",
    "dimmer": "#6c6c6c",
    "cursor": "#303030",
    "cursor-focus": "#005f87",
}
_LIGHT = {
    "primary": "#005f87",
    "secondary": "#005f5f",
    "accent": "#875f00",
    "error": "#af0000",
    "success": "#005f00",
    "foreground": "#262626",
    "background": "#ffffff",
    "panel": "#eeeeee",
    "border": "#a8a8a8",
    "dim": "#626262",
    "dimmer": "#6c6c6c",
    "cursor": "#dadada",
    "cursor-focus": "#afd7ff",
}
_CONTRAST = {
    "primary": "#5fffff",
    "secondary": "#87ffff",
    "accent": "#ffff00",
    "error": "#ff8787",
    "success": "#87ff87",
    "foreground": "#ffffff",
    "background": "#000000",
    "panel": "#000000",
    "border": "#b2b2b2",
    "dim": "#d0d0d0",
    "dimmer": "#d0d0d0",
    "cursor": "#444444",
    "cursor-focus": "#0000d7",
}
_OWN = dict.fromkeys(_DARK, "ansi_default")
_SIXTEEN = {
    **_OWN,
    "primary": "ansi_cyan",
    "secondary": "ansi_cyan",
    "accent": "ansi_magenta",
    "error": "ansi_red",
    "success": "ansi_green",
}
THEMES: dict[Choice, Theme] = {
    Choice.DARK: _theme("dark", _DARK),
    Choice.LIGHT: _theme("light", _LIGHT, dark=False),
    Choice.CONTRAST: _theme("contrast", _CONTRAST),
    Choice.SIXTEEN: _theme("16", _SIXTEEN, ansi=True),
    Choice.MONO: _theme("mono", _OWN, ansi=True),
}
"""In the order in which ``T`` goes through them."""


def frames(theme: Theme, *, ascii_only: bool) -> dict[str, str]:
    """Return the lines of frames, as variables of style sheets; where the focus has no colour, it has a heavy line."""
    plain = "ascii" if ascii_only else "round"
    heavy = "ascii" if ascii_only else "heavy"
    return {
        "frame": plain,
        "frame-focus": heavy if theme.ansi else plain,
        "frame-strong": heavy,
        "frame-block": "ascii" if ascii_only else "outer",
        "frame-rule": "ascii" if ascii_only else "hkey",
    }


def _inks(colors: Mapping[str, str], shades: tuple[str, ...] = ()) -> RichTheme:
    """Return what the inks are on a theme's paper."""
    own = colors["foreground"] == "ansi_default"
    names = {
        name: "default" if color == "ansi_default" else color.removeprefix("ansi_") for name, color in colors.items()
    }
    quiet = "dim" if own else names["dim"]
    styles = {
        Ink.DIM: quiet,
        Ink.LEAD: names["primary"],
        Ink.HEADING: f"bold {names['primary']}",
        Ink.SOFT: names["secondary"],
        Ink.GOOD: names["success"],
        Ink.FINE: f"bold {names['success']}",
        Ink.NOTE: f"bold {names['secondary']}",
        Ink.WARN: names["accent"],
        Ink.WARNING: f"bold {names['accent']}",
        Ink.ERROR: f"bold {names['error']}",
        Ink.WARNING_BOX: f"bold reverse {names['accent']}",
        Ink.ERROR_BOX: f"bold reverse {names['error']}",
        Ink.NOW: f"bold reverse {names['foreground']}",
    }
    ages = shades or (quiet, quiet, "default", "default")
    return RichTheme(
        {str(ink): style for ink, style in styles.items()} | {f"age-{at}": age for at, age in enumerate(ages)}
    )


INKS: dict[Choice, RichTheme] = {
    Choice.DARK: _inks(_DARK, ("#6c6c6c", "#8a8a8a", "#a8a8a8", "#c6c6c6")),
    Choice.LIGHT: _inks(_LIGHT, ("#767676", "#626262", "#4e4e4e", "#303030")),
    Choice.CONTRAST: _inks(_CONTRAST, ("#d0d0d0", "#dadada", "#eeeeee", "#ffffff")),
    Choice.SIXTEEN: _inks(_SIXTEEN),
    Choice.MONO: _inks(_OWN),
}
"""What the inks of texts are in each theme."""
