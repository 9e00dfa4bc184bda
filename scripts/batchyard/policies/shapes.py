"""Job definitions of all shapes in one form: tasks with their containers and roles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from batchyard.policies.values import block, document, many, one, text

_BODIES = ("container_properties", "ecs_properties", "node_properties", "eks_properties")


@dataclass(frozen=True)
class Container:
    """What the rules ask of one container.

    Args:
        where: its place in words, such as `container server`.
        image: the image as it is written.
        privileged: whether it asks for all rights on its host.
        environment: names and values of its variables.
        pulls_with: what of it needs an execution role.
    """

    where: str
    image: str | None
    privileged: bool
    environment: tuple[tuple[str, str], ...] = ()
    pulls_with: tuple[str, ...] = ()


@dataclass(frozen=True)
class Task:
    """Containers that share roles and a network.

    Args:
        where: its place in words, empty where a definition has one.
        containers: the containers.
        role_field: what the role of the containers is called in this shape.
        role: that role.
        execution_role: the role that starts them; None of EKS.
        public_ip: whether it asks for a public address.
    """

    where: str
    containers: tuple[Container, ...]
    role_field: str
    role: str | None
    execution_role: str | None = None
    public_ip: bool = False


@dataclass(frozen=True)
class Definition:
    """A job definition's tasks and platforms; `known` is False where only Terraform can tell them."""

    tasks: tuple[Task, ...] = ()
    platforms: tuple[str, ...] = ()
    known: bool = True

    @property
    def containers(self) -> list[Container]:
        """Return all containers of all tasks."""
        return [container for task in self.tasks for container in task.containers]


def definition(resource: Mapping[str, Any]) -> Definition:
    """Return the job definition of a resource's arguments.

    Args:
        resource: the arguments of aws_batch_job_definition, as checkov holds them.
    """
    platforms = tuple(str(name) for name in many(resource.get("platform_capabilities")))
    tasks = tuple(task for name in _BODIES for task in _tasks(name, document(resource.get(name))))
    made = {name for item in many(resource.get("dynamic")) for name in item}
    return Definition(tasks, platforms, known=bool(tasks) and made.isdisjoint(_BODIES))


def _tasks(name: str, body: Mapping[str, Any] | None) -> Iterator[Task]:
    if body is None:
        return
    if name == "container_properties":
        yield _single(body, "")
    elif name == "ecs_properties":
        yield from _ecs(body, "")
    elif name == "eks_properties":
        yield _pod(block(_of(body, "pod_properties")), "")
    else:
        for item in many(body.get("nodeRangeProperties")):
            yield from _node(item)


def _node(node: Mapping[str, Any]) -> Iterator[Task]:
    where = f"nodes {one(node.get('targetNodes'))}"
    if block(node.get("container")):
        yield _single(block(node["container"]), where)
    yield from _ecs(block(node.get("ecsProperties")), where)
    if block(node.get("eksProperties")):
        yield _pod(block(_of(block(node["eksProperties"]), "pod_properties")), where)


def _single(body: Mapping[str, Any], where: str) -> Task:
    return Task(
        where=where,
        containers=(_container(body, _joined(where, "the container")),),
        role_field="jobRoleArn",
        role=text(body.get("jobRoleArn")),
        execution_role=text(body.get("executionRoleArn")),
        public_ip=_is_public(body),
    )


def _ecs(body: Mapping[str, Any], where: str) -> Iterator[Task]:
    for task in many(body.get("taskProperties")):
        yield Task(
            where=where,
            containers=tuple(
                _container(each, _joined(where, f"container {one(each.get('name'))}"))
                for each in many(task.get("containers"))
            ),
            role_field="taskRoleArn",
            role=text(task.get("taskRoleArn")),
            execution_role=text(task.get("executionRoleArn")),
            public_ip=_is_public(task),
        )


def _container(body: Mapping[str, Any], where: str) -> Container:
    pulls = {
        "secrets": many(body.get("secrets")),
        "repositoryCredentials": block(body.get("repositoryCredentials")),
        "logConfiguration.secretOptions": many(block(body.get("logConfiguration")).get("secretOptions")),
    }
    return Container(
        where=where,
        image=text(body.get("image")),
        privileged=_is_true(body.get("privileged")),
        environment=_variables(body.get("environment")),
        pulls_with=tuple(name for name, held in pulls.items() if held),
    )


def _pod(body: Mapping[str, Any], where: str) -> Task:
    containers = [*many(_of(body, "containers")), *many(_of(body, "init_containers"))]
    return Task(
        where=where,
        containers=tuple(
            Container(
                where=_joined(where, f"container {one(each.get('name'))}"),
                image=text(each.get("image")),
                privileged=_is_true(block(_of(each, "security_context")).get("privileged")),
                environment=_variables(each.get("env")),
            )
            for each in containers
        ),
        role_field="serviceAccountName",
        role=text(_of(body, "service_account_name")),
    )


def _of(body: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - any value of a resource
    """Return a member in Terraform's spelling or in the API's."""
    first, *rest = name.split("_")
    return body.get(name, body.get(first + "".join(word.title() for word in rest)))


def _variables(value: Any) -> tuple[tuple[str, str], ...]:  # noqa: ANN401 - any value of a resource
    pairs = [
        (one(each.get("name")), one(each.get("value"))) for each in many(value) if isinstance(each, dict)
    ]
    return tuple((str(name), str(held)) for name, held in pairs if name and held not in (None, ""))


def _is_true(value: Any) -> bool:  # noqa: ANN401 - any value of a resource
    return one(value) in (True, "true", "True")


def _is_public(body: Mapping[str, Any]) -> bool:
    return text(block(body.get("networkConfiguration")).get("assignPublicIp")) == "ENABLED"


def _joined(where: str, what: str) -> str:
    return f"{where}, {what}" if where else what
