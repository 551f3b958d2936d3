"""Text for the clipboard of whoever looks at the terminal, also over SSH and inside tmux.

Source: OSC 52, which the terminal obeys or not; inside tmux its own buffer as well, since by default it drops OSC 52.
Privileges: none. Incomplete: whether the terminal took it cannot be told; under sudo, tmux is not known to be there.
"""

import asyncio
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.app import App

MOST = 74_000
"""Bytes that common terminals take at once."""


async def copy(app: "App[int]", text: str) -> str:
    """Copy ``text``; return a sentence that says so."""
    data = text.encode("utf-8", "surrogateescape")[:MOST]
    app.copy_to_clipboard(data.decode("utf-8", "ignore"))
    if os.environ.get("TMUX"):
        await _to_tmux(data)
    cut = f" of {len(text.encode('utf-8', 'surrogateescape'))}" if len(data) == MOST else ""
    return f"Copied {len(data)}{cut} bytes."


async def _to_tmux(data: bytes) -> None:
    try:
        process = await asyncio.create_subprocess_exec(
            *("tmux", "load-buffer", "-w", "-"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except FileNotFoundError:
        return
    await process.communicate(data)
