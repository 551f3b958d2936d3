"""The command ``ovltui``: how it ends, whatever happens.

Source: ``ovltui.cli.main``. Privileges: none of its own. Incomplete: an error that is not an ``OvltuiError``
is a defect and shows its traceback.
"""

import os
import select
import signal
import sys
from types import FrameType
from typing import TextIO

from ovltui.errors import ExitStatus, OvltuiError

try:
    from ovltui.cli.main import main as run
except KeyboardInterrupt:  # that takes a tenth of a second, in which somebody may change their mind
    sys.exit(ExitStatus.INTERRUPTED)

_PATIENCE_S = 0.5
"""How long whoever reads us has to take the rest, once the user wants the end."""


def main() -> int:
    """Run the command; return its exit status."""
    try:
        return _run()
    except BrokenPipeError:  # whoever read us has seen enough
        _let_go_of(sys.stdout, sys.stderr)
        return ExitStatus.FINE


def _run() -> int:
    try:
        status = run()
        _flush(said=False)
    except KeyboardInterrupt:
        _flush_in_time()
        return ExitStatus.INTERRUPTED
    except SystemExit:  # a signal asked for the end
        _flush_in_time()
        raise
    except OvltuiError as error:
        _flush()
        if sys.stderr is not None:
            sys.stderr.write(f"ovltui: {error}\n")
            sys.stderr.flush()
        return error.status
    return status


def _flush(*, said: bool = True) -> None:
    """Write what was printed.

    Args:
        said: whether a failure for another reason than a closed pipe has been told already.
    """
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except (BrokenPipeError, TimeoutError):
        raise
    except OSError as error:
        _let_go_of(sys.stdout)
        if not said:
            raise OvltuiError(f"stdout cannot be written ({error.strerror}).") from error


def _flush_in_time() -> None:
    """Write what was printed, if it is taken soon: a full pipe whose reader sleeps must not hold up the end."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN), signal.signal(signal.SIGALRM, _give_up)
    signal.setitimer(signal.ITIMER_REAL, _PATIENCE_S)
    try:
        _flush()
    except TimeoutError:
        if sys.stderr is not None and select.select([], [sys.stderr], [], 0)[1]:
            sys.stderr.write("ovltui: stdout took nothing more: what was printed last did not arrive whole.\n")
        _let_go_of(sys.stdout)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGINT, before[0])
        signal.signal(signal.SIGALRM, before[1])


def _give_up(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError


def _let_go_of(*streams: TextIO | None) -> None:
    """Let streams lead nowhere, so that Python's own flush at the end cannot fail."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in streams:
        if stream is not None:
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


if __name__ == "__main__":
    sys.exit(main())
