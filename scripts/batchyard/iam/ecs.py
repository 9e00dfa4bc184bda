"""What `ecs:runTask` in its patterns needs.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
"""

from __future__ import annotations

import re

from batchyard import asl
from batchyard.iam.task import Found, Task

_REVISION = re.compile(r":\d+$")
_ROLES = ("TaskRoleArn", "ExecutionRoleArn")


def run_task(task: Task) -> Found:
    """Yield the needs of a run: its definition, the roles that it hands on, and what waiting takes.

    ECS asks for `iam:PassRole` of the roles that a task definition names, which no state machine tells: they
    are known where Overrides name them.
    """
    definitions = task.resources("TaskDefinition", "ecs", "task-definition/")
    if not definitions:
        yield task.missing("TaskDefinition")
    for definition in definitions:
        exact = definition if _REVISION.search(definition) else f"{definition}:*"
        yield task.need("RunTasks", "ecs:RunTask", exact)
    yield from _passed(task)
    tasks = task.names.arn("ecs", f"task/{_cluster(task)}/*")
    if task.has("Tags"):
        yield task.need("TagTasks", "ecs:TagResource", tasks, "the run carries Tags")
    if task.call.pattern == "sync":
        for action in ("ecs:DescribeTasks", "ecs:StopTask"):
            yield task.need("FollowTasks", action, tasks, "waits for the task")
        yield from task.rule("HearOfTasks")


def _passed(task: Task) -> Found:
    overrides = asl.as_dict(asl.as_dict(task.state.arguments).get("Overrides"))
    roles = [arn for key in _ROLES for arn in asl.literal_arns(overrides.get(key))]
    if not roles:
        yield task.gap(
            "role cannot be derived: the roles of the task definition must be passed, and are not known here",
            f"name them in Overrides ({' and '.join(_ROLES)}) by their ARNs",
        )
    for role in roles:
        yield task.need("PassRoles", "iam:PassRole", role, "ECS runs the task with it")


def _cluster(task: Task) -> str:
    named = task.literals("Cluster")
    return named[0].rpartition("/")[2] if len(named) == 1 else "*"
