"""The words that run a shell in a namespace, by what every Linux machine has: sh, stat and nsenter.

Source: the paths that led into the namespace. Privileges: CAP_SYS_ADMIN where they run. A namespace is known by its
inode, which is looked at again from inside: a path that leads into another one meanwhile is passed over.
"""

from collections.abc import Sequence

_INSIDE = """[ "$(stat -Lc %i /proc/self/ns/net)" = "$1" ] && exec "$0" -l; exit 4"""
_SCRIPT = (
    """inode=$1; shell=${2:-${SHELL:-/bin/sh}}; inside=$3; shift 3; """
    """[ $# = 0 ] && exec "$shell" -l; """
    """for path; do """
    """[ "$(stat -Lc %i -- "$path" 2>/dev/null)" = "$inode" ] && """
    """exec nsenter --net="$path" -- sh -c "$inside" "$shell" "$inode"; done; """
    """echo "That namespace is gone: list again and choose anew." >&2; exit 4"""
)


def entering(shell: str, paths: Sequence[str], inode: int) -> list[str]:
    """Return the words that run a login shell.

    Args:
        shell: its path; empty for that of the user who runs the words.
        paths: files that led into the namespace, best first; none for the one in which the words run.
        inode: of the namespace.
    """
    return ["sh", "-c", _SCRIPT, "ovltui", str(inode), shell, _INSIDE, *paths]
