"""Runs the screens on the living kernel, on several machines or on a recording: from options to an exit status.

Source: a ``LiveSession``, ``JoinedSession`` or ``Playback``. Privileges: a terminal on stdin, stdout and stderr, which
the caller has made sure of.
"""

import gc
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from ovltui.config.model import Settings, Theme
from ovltui.config.terminal import has_many_colors
from ovltui.errors import ExitStatus, OvltuiError, PrivilegeError, RecordingError
from ovltui.passing import passing, show
from ovltui.session.live import LiveSession, Options
from ovltui.text import clean
from ovltui.tui.ending import Ending

if TYPE_CHECKING:
    from ovltui.session.joined import JoinedSession
    from ovltui.session.player import Player
    from ovltui.tui.with_hosts import Reach

DEFAULT = Settings(theme=Theme.DARK)
"""What holds where nothing was chosen."""
_TURN_S = 0.0005
"""Seconds for which a thread may keep another waiting: taking in a storm may not hold up keys."""
_DEPTHS = {"16": "standard", "256": "256", "always": "truecolor"}


def run(
    options: Options,
    argv: Sequence[str],
    *,
    version: Callable[[], str | None] = lambda: None,
    color: str = "auto",
    settings: Settings = DEFAULT,
    tour: bool = False,
) -> int:
    """Show the screens until the user leaves them; return the exit status.

    Args:
        options: of the session.
        argv: the arguments of the command line, for starting it again under sudo.
        version: returns that of ovltui, as recordings tell it; it takes a while.
        color: ``auto``, ``always``, ``never``, ``16`` or ``256``.
        settings: the user's, fit for this terminal.
        tour: begin with the tour; through a real engine's network where an engine was named, else through the lab.

    Raises:
        OvltuiError: a defect ended the screens; what is known of it is in a file.
        PrivilegeError: sudo is not there.
        UsageError: the settings name keys that do not exist.
    """
    _prepare_terminal(color, settings)
    keys = _keys(settings)
    gc.disable()  # modules that are being loaded leave nothing to collect
    session = LiveSession(options)
    session.hear()  # the reader process starts while Textual is loaded
    from ovltui.tui.app import AS_ROOT, OvltuiApp  # noqa: PLC0415  (Textual reads the environment when imported)

    sys.setswitchinterval(_TURN_S)
    gc.freeze()
    gc.enable()
    app = OvltuiApp(session, ascii_only=settings.ascii)
    app.dress(settings, keys)
    app.tour_at_start = bool(options.docker) if tour else None
    app.version = version
    ending = Ending(app.end)
    try:
        ending.watch()
        with passing(lambda: f"looking at namespaces, {session.met} so far", partial(show, sys.stderr)):
            session.start()
        status = app.run()
    finally:
        app.shells.close_all()
        app.solicitor.close()
        app.namer.close()
        unfinished = _finish(app.end_recording)
        session.close()
        ending.over()
    if status == AS_ROOT:
        _as_root(session.own_command(argv))
    _name_saved(app.saved)
    if app.return_code:
        raise OvltuiError(_defect(app.trace.getvalue()))
    if unfinished:
        raise OvltuiError(unfinished)
    return status or ExitStatus.FINE


def run_joined(
    session: "JoinedSession",
    reach: "Reach",
    *,
    version: Callable[[], str | None] = lambda: None,
    color: str = "auto",
    settings: Settings = DEFAULT,
) -> int:
    """Show several machines on the screens until the user leaves them; return the exit status.

    Args:
        session: of them, not started yet; closed at the end.
        reach: adds one more.
        version: as of ``run``.
        color: as of ``run``.
        settings: as of ``run``.

    Raises:
        OvltuiError: as of ``run``.
    """
    _prepare_terminal(color, settings)
    keys = _keys(settings)
    from ovltui.tui.app import OvltuiApp  # noqa: PLC0415  (as in ``run``)

    sys.setswitchinterval(_TURN_S)
    app = OvltuiApp(session, ascii_only=settings.ascii)
    app.dress(settings, keys)
    app.joined, app.reach, app.version = session, reach, version
    ending = Ending(app.end)
    try:
        ending.watch()
        session.start()
        status = app.run()
    finally:
        app.shells.close_all()
        unfinished = _finish(app.end_recording)
        session.close()
        ending.over()
    _name_saved(app.saved)
    if app.return_code:
        raise OvltuiError(_defect(app.trace.getvalue()))
    if unfinished:
        raise OvltuiError(unfinished)
    return status or ExitStatus.FINE


def replay(player: "Player", at: str | None = None, *, color: str = "auto", settings: Settings = DEFAULT) -> int:
    """Show a recording on the screens until the user leaves them; return the exit status.

    Args:
        player: the recording; closed at the end.
        at: where to begin, a time as ``time_at`` understands it; None for its beginning.
        color: as of ``run``.
        settings: as of ``run``.

    Raises:
        OvltuiError: as of ``run``.
    """
    from ovltui.session.moments import time_at  # noqa: PLC0415  (living screens start without these)
    from ovltui.session.playback import Playback  # noqa: PLC0415

    playback = Playback(player, time_at(at, player.start_ns) if at else None)
    try:
        _prepare_terminal(color, settings)
        keys = _keys(settings)
        from ovltui.tui.app import OvltuiApp  # noqa: PLC0415  (as in ``run``)

        sys.setswitchinterval(_TURN_S)
        app = OvltuiApp(playback.session, ascii_only=settings.ascii)
        app.dress(settings, keys)
        app.playback = playback
        ending = Ending(app.end)
        ending.watch()
        status = app.run()
    finally:
        playback.close()
    ending.over()
    _name_saved(app.saved)
    if app.return_code:
        raise OvltuiError(_defect(app.trace.getvalue()))
    return status or ExitStatus.FINE


def _name_saved(names: Sequence[str]) -> None:
    """Say where what was saved lies: the screen on which that stood is gone."""
    for name in names:
        sys.stderr.write(f"ovltui: saved {name}\n")


def _finish(end: Callable[[], None]) -> str:
    """End a recording; return why it is not whole, a sentence."""
    try:
        end()
    except RecordingError as error:
        return str(error)
    return ""


def _defect(trace: str) -> str:
    """Keep the trace of a defect in a file of the user's own; return the sentence to say."""
    from ovltui.session.defects import write_report  # noqa: PLC0415  (loads what makes findings)

    path = write_report(trace)
    last = next((line for line in reversed(trace.splitlines()) if line.strip()), "no reason given")
    return f"A defect ended the screens ({clean(last)}): {path} tells where, with names and addresses of this host."


def _keys(settings: Settings) -> dict[str, str]:
    """Return the keys that are to hold instead of the usual ones; to know them all takes a while."""
    if not settings.keys:
        return {}
    from ovltui.tui.keymap import keymap  # noqa: PLC0415  (as above)

    return keymap(settings)


def _prepare_terminal(color: str, settings: Settings) -> None:
    """Let the terminal's own size and the chosen colours hold."""
    for name in ("COLUMNS", "LINES"):  # exported by some shells, they would freeze the size
        os.environ.pop(name, None)
    # A key waits half as long to be drawn; how often data is drawn, the panes themselves see to.
    os.environ.setdefault("TEXTUAL_FPS", "120")
    # The theme has no colours where none are wanted; what the library does then are shades of grey.
    os.environ.pop("NO_COLOR", None)
    if color in _DEPTHS:
        os.environ["TEXTUAL_COLOR_SYSTEM"] = _DEPTHS[color]
    elif has_many_colors(os.environ) and settings.theme is not Theme.SIXTEEN:
        # The theme's colours all lie in the palette, whose escapes are half as long as those of 24 bits.
        os.environ.setdefault("TEXTUAL_COLOR_SYSTEM", "256")


def _as_root(words: Sequence[str]) -> NoReturn:
    """Replace this process by the same command under sudo."""
    try:
        os.execvp("sudo", ["sudo", "--", *words])
    except FileNotFoundError as error:
        raise PrivilegeError("sudo is not installed: start ovltui as root instead.") from error
