"""Versions of this program and of what it stands on.

Source: the metadata of installed packages, read when asked for. Privileges: none. Incomplete: in a checkout
that was not installed, ovltui itself has none.
"""


def version_of(package: str) -> str | None:
    """Return the version of an installed package, or None where it is not installed."""
    from importlib import metadata  # noqa: PLC0415  (20 ms that most verbs do without)

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
