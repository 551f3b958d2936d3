"""What may go wrong, said in one sentence, and the exit statuses of the command.

Every error that a user can cause or meet is an ``OvltuiError``: it names the cause and the remedy, and carries
the status with which the command ends. Anything else that is raised is a defect.
"""

from enum import IntEnum


class ExitStatus(IntEnum):
    """Exit statuses of ``ovltui``; ``ovltui exec`` passes on those of the command that it ran."""

    FINE = 0
    FINDINGS = 1
    """Findings, or a command that failed."""
    USAGE = 2
    PRIVILEGE = 3
    NO_NETNS = 4
    NO_DOCKER = 5
    """A Docker Engine that was asked for by name does not answer."""
    UNREACHABLE = 6
    """Another machine that was asked for cannot be reached or recorded, or was lost."""
    INTERRUPTED = 130


class OvltuiError(Exception):
    """An error to show to the user as it stands.

    Args:
        sentence: what happened and what to do about it, without a final newline.
        status: the exit status of a command that ends on it.
    """

    def __init__(self, sentence: str, status: ExitStatus = ExitStatus.FINDINGS) -> None:
        super().__init__(sentence)
        self.status = status


class UsageError(OvltuiError):
    """Arguments that cannot be meant."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, ExitStatus.USAGE)


class PrivilegeError(OvltuiError):
    """The kernel refused for lack of a capability."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, ExitStatus.PRIVILEGE)


class NetnsError(OvltuiError):
    """No such namespace, several of that name, or one that died meanwhile."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, ExitStatus.NO_NETNS)


class RecordingError(OvltuiError):
    """A recording that cannot be written or read."""


class DockerError(OvltuiError):
    """A Docker Engine that the user named does not answer."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, ExitStatus.NO_DOCKER)


class RemoteError(OvltuiError):
    """Another machine cannot be reached, or nothing can be recorded there."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, ExitStatus.UNREACHABLE)
