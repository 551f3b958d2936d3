"""Colours. Meaning is always carried by a word or a mark as well.

All colours exist in the 256-colour palette or lie next to one of its entries, since sshd and sudo drop COLORTERM.
"""

from textual.theme import Theme

DARK = Theme(
    name="ovltui-dark",
    primary="#5fafd7",
    secondary="#87afaf",
    accent="#ffaf5f",
    warning="#ffaf5f",
    error="#ff5f5f",
    success="#87d787",
    foreground="#d0d0d0",
    background="#121212",
    surface="#121212",
    panel="#1c1c1c",
    dark=True,
    variables={
        "border": "#444444",
        "border-focus": "#5fafd7",
        "dim": "#808080",
        "dimmer": "#6c6c6c",
        "cursor": "#303030",
        "cursor-focus": "#005f87",
        "footer-key-foreground": "#5fafd7",
        "footer-background": "#1c1c1c",
        "footer-description-foreground": "#a8a8a8",
    },
)
