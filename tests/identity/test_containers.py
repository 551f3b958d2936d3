"""Which labels of a container count, and that they cannot give it another's name."""

from typing import Any

import pytest

from ovltui.identity.containers import inspected, listed
from tests.identity.fake import WEB
from tests.identity.fake import inspected as answer

TASK = "k7dx1aaaaaaaaaaaaaaaaaaaa"


def described(name: str, labels: dict[str, Any] | None) -> dict[str, Any]:
    return answer(WEB, name) | {"Config": {"Labels": labels}}


@pytest.mark.parametrize(
    ("name", "labels", "called", "project", "service"),
    [
        ("web", None, "web", "", ""),
        (
            "shop-web-1",
            {"com.docker.compose.project": "shop", "com.docker.compose.service": "web"},
            "shop-web-1",
            "shop",
            "web",
        ),
        (
            f"svc.3.{TASK}",
            {
                "com.docker.swarm.task.id": TASK,
                "com.docker.swarm.service.name": "svc",
                "com.docker.stack.namespace": "shop",
            },
            "svc.3",
            "shop",
            "svc",
        ),
        ("docker1n", {"com.docker.swarm.task.id": TASK, "com.docker.swarm.task.name": "web"}, "docker1n", "", ""),
        ("web", {"com.docker.swarm.task.id": "web"}, "web", "", ""),
        ("web", {"com.docker.compose.project": 7, "com.docker.swarm.task.id": ["x"]}, "web", "", ""),
        ("web", {"com.docker.compose.project": "a\x1b[2J\nb"}, "web", "a\\x1b[2J\\x0ab", ""),
    ],
)
def test_project_service_and_task_come_from_labels(
    name: str, labels: dict[str, Any] | None, called: str, project: str, service: str
) -> None:
    row = {"Id": WEB, "Names": [f"/{name}"], "Labels": labels}
    for container in (inspected(described(name, labels)), *listed([row])):
        assert (container.name, container.called, container.project, container.service) == (
            name,
            called,
            project,
            service,
        )
