"""What is on the screen, as text and as a picture.

Source: the widgets as they are drawn. Privileges: none. Incomplete: the picture names its fonts, and a viewer that has
none of them takes another.
"""

from textual.app import App


def drawn(app: App[int]) -> tuple[str, str]:
    """Return what is on the screen: its lines, and an SVG of it."""
    lines = app.screen._compositor.render_strips()  # noqa: SLF001  (the library tells nowhere else)
    text = "\n".join(line.text.rstrip() for line in lines)
    return f"{text}\n", app.export_screenshot(title="ovltui")
