"""What an engine says, and what that makes of a namespace; frozen values only.

Source: the Docker Engine API. Every string in here is clean text, safe to show.
"""

from dataclasses import dataclass
from enum import StrEnum

from ovltui.netns.model import NetnsKey


class Kind(StrEnum):
    """What a namespace is for."""

    HOST = "host"
    OVERLAY = "overlay"
    LOADBALANCER = "loadbalancer"
    INGRESS = "ingress"
    CONTAINER = "container"
    NAMED = "named"
    PROCESS = "process"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Container:
    """A container that has, or will have, a network namespace of its own or a shared one."""

    id: str
    name: str
    """Without the leading slash."""
    pid: int
    """Its first process, in the engine's pid namespace; 0 while it does not run."""
    sandbox: str
    """Id of its network sandbox (the mount is called by its first 12 characters); may be empty."""
    network_mode: str
    """``mynet01``, ``host``, ``none``, ``container:ID`` …"""
    networks: tuple[str, ...]
    """Names of the networks that it is attached to, sorted."""
    project: str = ""
    """Its compose project or its swarm stack; empty where it has none."""
    service: str = ""
    """The service, of compose or of the swarm, of which it is an instance; empty where there is none."""
    task: str = ""
    """Id of the swarm's task, with which its name then ends; empty for other containers."""

    @property
    def called(self) -> str:
        """What a person calls it: as ``docker ps`` does, but a swarm's task as ``docker service ps`` (``web.3``)."""
        return self.name.removesuffix(f".{self.task}") if self.task else self.name


@dataclass(frozen=True, slots=True)
class Network:
    """A Docker network as one engine knows it."""

    id: str
    name: str
    driver: str
    scope: str
    ingress: bool
    vni: int | None
    """VXLAN network identifier of an overlay, None for others or where it is not said."""
    subnets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EngineView:
    """What one engine said last."""

    url: str
    """Endpoint, as ``--docker`` takes it."""
    asked: bool
    """Whether the user named it (an option or DOCKER_HOST), so that its silence is an error to say aloud."""
    answers: bool
    """Whether the last request was answered."""
    says: str
    """Why not, in a sentence; empty when it answers, and before the first answer or silence."""
    id: str
    """The engine's own id, with the pid of its process on this machine, where engines that share /etc/docker share the
    id; empty until it answered once."""
    name: str
    """The engine's own name (its host's name)."""
    version: str
    pid: int | None
    """The process that listens on its socket, if it is on this machine and can be seen."""
    mntns: int | None
    """Inode of that process's mount namespace: its sandboxes are mounted there."""
    netns: NetnsKey | None
    """Network namespace of that process."""
    containers: tuple[Container, ...]
    networks: tuple[Network, ...]
    label: str = ""
    """What it is called where several machines are shown, each of which names its own; else empty."""


@dataclass(frozen=True, slots=True)
class EngineEvent:
    """Something that happened to a container, a network, a service or a node of the swarm."""

    time_ns: int
    """When, by the engine's clock, in nanoseconds since the epoch."""
    object: str
    """Docker's word for what it happened to: ``container``, ``network``, ``service`` or ``node``."""
    action: str
    """Docker's word for what happened."""
    id: str
    name: str
    """May be empty."""
    attributes: tuple[tuple[str, str], ...]
    """The few that matter, under Docker's names; ``containerName``, of a network event, is ours."""
    engine: str = ""
    """Id of the engine that told, or its URL until it told its id."""

    @property
    def container(self) -> str:
        """Id of the container that it happened to, or that was attached or detached; may be empty."""
        return self.id if self.object == "container" else dict(self.attributes).get("container", "")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a namespace is, to a person."""

    name: str
    """The one name to show, unique on this machine."""
    kind: Kind
    why: str
    """By which evidence it is called so, in a few words."""
    engine: str | None = None
    """Label of the Docker Engine that it belongs to."""
    network: str | None = None
    """Name of the Docker network whose namespace it is, or that the container is attached to first."""
    driver: str | None = None
    """Driver of that network, where it is known."""
    network_id: str | None = None
    vni: int | None = None
    container: str | None = None
    container_id: str | None = None
    project: str | None = None
    """Compose project or swarm stack of the container."""
    service: str | None = None
    sharers: tuple[str, ...] = ()
    """Other containers that live in it without giving it its name."""
