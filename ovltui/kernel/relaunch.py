"""Command lines that run a module of ours in a new Python process.

Source: this package's own place on disk, so that it works from a checkout and from an installation alike, and never
from the current directory, which may belong to somebody else. Privileges: none.
"""

import sys
from pathlib import Path

_CODE = "import sys; sys.path.insert(0, {root!r}); from {module} import main; sys.exit(main())"


def module_command(module: str, *arguments: str, bare: bool = False) -> list[str]:
    """Return the words that run ``main()`` of ``module`` with ``arguments`` in ``sys.argv[1:]``.

    Args:
        module: dotted name.
        arguments: words for it.
        bare: without site-packages, for modules that need the standard library alone and should start fast.
    """
    code = _CODE.format(root=str(Path(__file__).resolve().parents[2]), module=module)
    return [sys.executable, "-P", *(["-S"] if bare else []), "-c", code, *arguments]
