"""Command lines that run a module of ours in a new Python process.

Source: this package's own place on disk, so that it works from a checkout and from an installation alike, and never
from the current directory, which may belong to somebody else; or the zip that it was loaded from, for as long as the
process lives whose memory that is. Privileges: none.
"""

import sys
from pathlib import Path

_CODE = "import sys; sys.path.insert(0, {root!r}); from {module} import main; sys.exit(main())"
_APART = "-P" if hasattr(sys.flags, "safe_path") else "-I"
"""Not from the current directory: Python 3.10 has an option for that only together with others."""
_ZIP: str = getattr(__spec__.loader, "archive", "")
"""The zip that this package was loaded from."""


def module_command(module: str, *arguments: str, bare: bool = False) -> list[str]:
    """Return the words that run ``main()`` of ``module`` with ``arguments`` in ``sys.argv[1:]``.

    Args:
        module: dotted name.
        arguments: words for it.
        bare: without site-packages, for modules that need the standard library alone and should start fast.
    """
    # Resolved, the path of a zip in memory leads nowhere.
    root = _ZIP or str(Path(__file__).resolve().parents[2])
    code = _CODE.format(root=root, module=module)
    return [sys.executable, _APART, *(["-S"] if bare else []), "-c", code, *arguments]
