"""Where a lab keeps its description and its namespaces, for root alone; and who may change it at a time.

Source: /run/ovltui/lab, which does not outlive a boot. Privileges: root. Incomplete: whoever is root may change what
lies there; a description that is not understood is an error that names the file.
"""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ovltui.errors import OvltuiError, PrivilegeError
from ovltui.kernel.capabilities import is_root
from ovltui.lab.description import Description, as_json, from_json
from ovltui.text import clean

RUN = Path("/run/ovltui")
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_NOT_ALONE = frozenset((errno.ENOTEMPTY, errno.EEXIST, errno.EBUSY))
_FILE_BYTES = 1 << 20
"""More than any description has."""


class Place:
    """The directory of a lab.

    Args:
        run: the directory in which everything of ours lies while the machine runs.
    """

    def __init__(self, run: Path = RUN) -> None:
        self._run = run
        self._lab = run / "lab"
        self._file = self._lab / "description.json"
        self._fresh = self._lab / "description.new"
        self.spaces = str(self._lab / "netns")
        """The directory of the files that keep the namespaces."""

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let nobody else change the lab during the block; remove the directories at its end if they are empty.

        Raises:
            PrivilegeError: we are not root.
            OvltuiError: another command changes it at this moment, or the directory cannot be made.
        """
        require_root()
        fd = self._locked_directory()
        try:
            yield
        finally:
            for directory in (self._lab, self._run):
                _remove_empty(directory)
            os.close(fd)

    def make(self) -> None:
        """Make the directories of a new lab."""
        self._lab.mkdir(mode=0o700, exist_ok=True)
        Path(self.spaces).mkdir(mode=0o700, exist_ok=True)

    def exists(self) -> bool:
        """Return whether anything of a lab is there, be it half built.

        Raises:
            PrivilegeError: we may not look.
        """
        try:
            return self._file.exists() or Path(self.spaces).exists()
        except PermissionError as error:
            raise _refused(error) from error

    def sign(self) -> tuple[int, int] | None:
        """Return what changes whenever the description does; None where none can be seen."""
        try:
            found = self._file.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns

    def read(self) -> Description | None:
        """Return the description of the lab, or None where there is none.

        Raises:
            PrivilegeError: we may not read it.
            OvltuiError: it cannot be read or understood.
        """
        try:
            with self._file.open("rb") as file:
                text = file.read(_FILE_BYTES).decode("utf-8", "replace")
        except FileNotFoundError:
            return None
        except PermissionError as error:
            raise _refused(error) from error
        except OSError as error:
            raise OvltuiError(f"{self._file} cannot be read ({error.strerror}).") from error
        try:
            return from_json(text)
        except OvltuiError as error:
            raise OvltuiError(f"{self._file}: {clean(str(error))}; ovltui lab down removes it.") from error

    def write(self, description: Description) -> None:
        """Replace the description; a reader finds the old one or the new one, whole.

        Raises:
            OvltuiError: it cannot be written.
        """
        try:
            fd = os.open(self._fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(fd, "w", encoding="ascii") as file:
                file.write(as_json(description))
            self._fresh.replace(self._file)
        except OSError as error:
            raise OvltuiError(f"{self._file} cannot be written ({error.strerror}).") from error

    def kept(self) -> tuple[str, ...]:
        """Return the files that keep, or were to keep, namespaces, sorted."""
        try:
            return tuple(sorted(str(path) for path in Path(self.spaces).iterdir()))
        except FileNotFoundError:
            return ()

    def clear(self) -> None:
        """Remove the description, after the namespaces.

        Raises:
            OvltuiError: the directory holds what is not ours.
        """
        for file in (self._fresh, self._file):
            file.unlink(missing_ok=True)
        if not _remove_empty(Path(self.spaces)):
            raise OvltuiError(f"{self.spaces} holds what is not of the lab, and was left; the lab was removed.")

    def _locked_directory(self) -> int:
        try:
            while True:
                self._run.mkdir(mode=0o755, parents=True, exist_ok=True)
                fd = os.open(self._run, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
                if _is_locked_here(fd, self._run):
                    return fd
                os.close(fd)
        except FileNotFoundError:  # whoever had it removed it between two lines
            return self._locked_directory()
        except PermissionError as error:
            raise _refused(error) from error
        except OSError as error:
            raise OvltuiError(f"{self._run} cannot be made ({error.strerror}).") from error


def require_root() -> None:
    """Raise a ``PrivilegeError`` if we are not root."""
    if not is_root():
        raise PrivilegeError("ovltui lab needs root: it makes network namespaces.")


def boot_id() -> str:
    """Return the kernel's id of this boot."""
    return _BOOT.read_text("ascii").strip()


def _is_locked_here(fd: int, path: Path) -> bool:
    """Lock a directory; return whether it is still the one at ``path``."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(fd)
        raise OvltuiError("another ovltui lab is at work at this moment: wait for its end.") from error
    except OSError:
        os.close(fd)
        raise
    try:
        return os.fstat(fd).st_ino == path.stat().st_ino
    except FileNotFoundError:
        return False


def _remove_empty(directory: Path) -> bool:
    """Remove a directory unless something is in it; return whether it is gone."""
    try:
        directory.rmdir()
    except FileNotFoundError:
        return True
    except OSError as error:
        if error.errno not in _NOT_ALONE:
            raise
        return False
    return True


def _refused(error: PermissionError) -> PrivilegeError:
    return PrivilegeError(f"ovltui lab may not look into {RUN} ({error.strerror}): be root.")
