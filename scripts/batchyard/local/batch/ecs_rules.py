"""What is refused of a multi-container job: its one task, its containers, and how they wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from batchyard.local.batch import container_rules, containers, fargate
from batchyard.local.batch.errors import refused

# https://docs.aws.amazon.com/batch/latest/APIReference/API_EcsProperties.html
MOST_TASKS, MOST_CONTAINERS = 1, 10
# https://docs.aws.amazon.com/batch/latest/APIReference/API_TaskContainerDependency.html
CONDITIONS = ("START", "COMPLETE", "SUCCESS")
# https://docs.aws.amazon.com/batch/latest/APIReference/API_TaskContainerProperties.html
LEAST_TIMEOUT, MOST_FARGATE_TIMEOUT = 2, 120
_IPC, _PID = ("host", "task", "none"), ("host", "task")


def check(properties: Mapping[str, Any], *, on_fargate: bool) -> None:
    """Refuse ecsProperties that could never run. Raises ApiError naming container, member and rule."""
    tasks = properties.get("taskProperties") or []
    if len(tasks) != MOST_TASKS:
        raise refused(
            f"ecsProperties.taskProperties must have exactly {MOST_TASKS} element, not {len(tasks)}"
        )
    task = tasks[0]
    given: list[dict[str, Any]] = task.get("containers") or []
    if not 1 <= len(given) <= MOST_CONTAINERS:
        raise refused(
            f"taskProperties.containers must have 1 to {MOST_CONTAINERS} elements, not {len(given)}"
        )
    _check_names(given)
    container_rules.check_volumes(task.get("volumes"))
    for each in given:
        container_rules.check(each, on_fargate=on_fargate, volumes=task.get("volumes") or ())
        _check_timeouts(each, on_fargate)
    if not any(each.get("essential", True) for each in given):
        raise refused("At least one container must be essential: set essential to true on one")
    _check_dependencies(given)
    _check_task(task, given, on_fargate)


def _check_task(task: Mapping[str, Any], given: Sequence[dict[str, Any]], on_fargate: bool) -> None:
    for member, allowed in (("ipcMode", _IPC), ("pidMode", _PID)):
        if task.get(member) and task[member] not in allowed:
            raise refused(f"{member} must be one of {', '.join(allowed)}, not {task[member]}")
    if task.get("networkMode"):
        raise refused("networkMode is for MANAGED_INSTANCES only: leave it out")
    if not on_fargate:
        fargate.check_not_needed(task)
        return
    fargate.check_task(task)
    fargate.check_pair(sum(map(containers.vcpus, given)), sum(map(containers.memory_mib, given)))


def _check_names(given: Sequence[Mapping[str, Any]]) -> None:
    names = [each.get("name") for each in given]
    if len(given) > 1 and not all(names):
        raise refused("Each container of a task needs a name")
    if twice := [name for name in names if names.count(name) > 1]:
        raise refused(f"Container name '{twice[0]}' is not unique: give each container a name of its own")


def _check_timeouts(given: Mapping[str, Any], on_fargate: bool) -> None:
    for member in ("startTimeout", "stopTimeout"):
        seconds = given.get(member)
        if seconds is None:
            continue
        if seconds < LEAST_TIMEOUT or (on_fargate and seconds > MOST_FARGATE_TIMEOUT):
            most = f" and at most {MOST_FARGATE_TIMEOUT} on Fargate" if on_fargate else ""
            raise refused(
                f"Container '{given.get('name')}': {member} must be at least {LEAST_TIMEOUT} seconds{most}"
            )


def _check_dependencies(given: Sequence[Mapping[str, Any]]) -> None:
    by_name = {str(each.get("name")): each for each in given}
    for each in given:
        for dependency in each.get("dependsOn") or ():
            _check_dependency(str(each.get("name")), dependency, by_name)
    _check_circle(
        {name: [d["containerName"] for d in each.get("dependsOn") or ()] for name, each in by_name.items()}
    )


def _check_dependency(
    name: str, dependency: Mapping[str, Any], by_name: Mapping[str, Mapping[str, Any]]
) -> None:
    other, condition = str(dependency.get("containerName")), dependency.get("condition")
    if other not in by_name:
        raise refused(
            f"Container '{name}' depends on '{other}', which is not a container of its task: "
            f"name one of {', '.join(sorted(by_name))}"
        )
    if condition not in CONDITIONS:
        raise refused(
            f"Container '{name}': condition of its dependency on '{other}' must be one of "
            f"{', '.join(CONDITIONS)}, not {condition}"
        )
    if condition != "START" and by_name[other].get("essential", True):
        raise refused(
            f"Container '{name}' waits for {condition} of '{other}', which is essential, so that its end "
            f"ends the task: set essential to false on '{other}', or wait for START"
        )


def _check_circle(waits_for: Mapping[str, Sequence[str]]) -> None:
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            circle = " -> ".join((*path[path.index(name) :], name))
            raise refused(f"Containers depend on each other in a circle: {circle}. Take one dependsOn away")
        if name not in done:
            for other in waits_for[name]:
                visit(other, (*path, name))
            done.add(name)

    for name in waits_for:
        visit(name, ())
