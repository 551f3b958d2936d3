"""The command ``ovltui``: how it ends, whatever happens.

Source: ``ovltui.cli.main``. Privileges: none of its own. Incomplete: an error that is not an ``OvltuiError``
is a defect and shows its traceback.
"""

import os
import sys

from ovltui.cli.main import main as run
from ovltui.errors import ExitStatus, OvltuiError


def main() -> int:
    """Run the command; return its exit status."""
    try:
        return _run()
    except BrokenPipeError:  # whoever read us has seen enough
        _let_go_of_streams()
        return ExitStatus.FINE


def _run() -> int:
    try:
        status = run()
        _flush()
    except KeyboardInterrupt:
        _flush()
        return ExitStatus.INTERRUPTED
    except OvltuiError as error:
        _flush()
        if sys.stderr is not None:
            sys.stderr.write(f"ovltui: {error}\n")
            sys.stderr.flush()
        return error.status
    return status


def _flush() -> None:
    """Write what was printed; a failure for another reason than a closed pipe has been said already."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError:
        _let_go_of_streams()


def _let_go_of_streams() -> None:
    """Let stdout and stderr lead nowhere, so that Python's own flush at the end cannot fail."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


if __name__ == "__main__":
    sys.exit(main())
