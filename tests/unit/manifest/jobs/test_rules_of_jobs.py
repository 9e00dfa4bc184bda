"""Rules on tasks, nodes, pods and retries: each is broken once, and told with key, rule and fix."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchyard.errors import ManifestError
from batchyard.manifest import Job, MultiNodeJob
from batchyard.manifest.faults import Broken
from batchyard.manifest.jobs.nodes import check_cover, span
from batchyard.manifest.jobs.task import TaskContainer, check_order

Fault = Callable[[str, dict[str, Any]], ManifestError]
SMALL = {"image": "tool", "vcpus": 1, "memory": 512}
EXIT = {"on_reason": "*", "action": "EXIT"}

# Sources: https://docs.aws.amazon.com/batch/latest/APIReference/ API_EcsProperties,
# API_TaskContainerDependency, API_EcsTaskProperties, API_TaskContainerProperties, API_NodeProperties,
# API_NodeRangeProperty, API_EksPodProperties, API_EksContainerResourceRequirements, API_EvaluateOnExit,
# API_RetryStrategy (.html).
CASES: list[tuple[str, dict[str, Any], str, str]] = [
    (
        "container",
        {"kind": "fargat"},
        "one.kind: 'fargat' is none of container, gpu",
        "did you mean fargate?",
    ),
    ("container", {"kind": "aray"}, "one.kind: 'aray' is none of container, gpu", "did you mean array?"),
    ("container", {"kind": "Array"}, "one.kind: 'Array' is none of container", "did you mean array?"),
    ("container", {"kind": ["array"]}, "one.kind: a list is none of container", "did you mean array?"),
    # tasks
    (
        "multi-container",
        {"containers/agent/depends_on": {"server": "start"}},
        "agent.depends_on.server: 'start' is none of START, COMPLETE, SUCCESS",
        "did you mean START?",
    ),
    ("multi-container", {"containers": {}}, "one.containers: has to have at least 1 entry, not 0", "1 entry"),
    (
        "multi-container",
        {"containers": {f"c{number}": SMALL for number in range(11)}},
        "one.containers: a task has at most 10 containers, not 11",
        "one image",
    ),
    (
        "multi-container",
        {"containers/agent/essential": False},
        "one.containers: a job needs an essential container",
        "leave essential: false out",
    ),
    (
        "multi-container",
        {"containers/agent/depends_on": {"sever": "START"}},
        "containers.agent.depends_on.sever: no container sever",
        "containers has: server, agent",
    ),
    (
        "multi-container",
        {"containers/server/essential": True, "containers/agent/depends_on": {"server": "SUCCESS"}},
        "containers.agent.depends_on.server: server is essential, so its end ends the job",
        "essential: false for server",
    ),
    (
        "multi-container",
        {"containers/server/essential": True, "containers/agent/depends_on": {"server": "COMPLETE"}},
        "containers.agent.depends_on.server: server is essential",
        "write START",
    ),
    (
        "multi-container",
        {"containers/server/depends_on": {"agent": "START"}},
        "depends_on: containers wait for each other: server -> agent -> server",
        "leave one",
    ),
    (
        "multi-container",
        {"containers/agent/depends_on": {"agent": "START"}},
        "containers.agent.depends_on: containers wait for each other: agent -> agent",
        "leave one",
    ),
    (
        "multi-container",
        {"containers/server/mounts": [{"volume": "x", "path": "/x"}]},
        "containers.server.mounts.0.volume: no volume x",
        "volumes has: none",
    ),
    (
        "multi-container",
        {"containers/server/vcpus": 0.5},
        "containers.server.vcpus: on EC2 a container has a whole number of vCPUs",
        "write 1",
    ),
    (
        "multi-container",
        {"platform": "fargate", "containers/server/memory": 512},
        "one.containers: Fargate has no size of 2 vCPU with 2560 MiB for its containers together",
        "MiB are 4096",
    ),
    (
        "multi-container",
        {"platform": "fargate", "containers/server/ulimits": {"core": {"soft": 1, "hard": 1}}},
        "containers.server.ulimits.core: Fargate takes no ulimit but nofile",
        "on EC2",
    ),
    (
        "multi-container",
        {"platform": "fargate", "containers/server/shared_memory": 64},
        "containers.server.shared_memory: Fargate has no shared memory size",
        "on EC2",
    ),
    (
        "multi-container",
        {"platform": "fargate", "ipc_mode": "task"},
        "one.ipc_mode: Fargate has no ipc_mode",
        "out",
    ),
    (
        "multi-container",
        {"platform": "fargate", "pid_mode": "host"},
        "one.pid_mode: Fargate shares no process namespace",
        "pid_mode: task",
    ),
    (
        "multi-container",
        {"ephemeral_storage": 50},
        "one.ephemeral_storage: ephemeral_storage is of Fargate",
        "platform",
    ),
    # nodes
    ("multi-node", {"main_node": 4}, "one.main_node: node 4 is none of 4 nodes", "at most 3"),
    ("multi-node", {"ranges/1:": None}, "one.ranges: the ranges leave out node 1 of 0 to 3", '"1:"'),
    ("multi-node", {"ranges/0:1": SMALL}, "ranges.0:1: node 0 is in the ranges 0 and 0:1", "starts"),
    ("multi-node", {"ranges/3:9": SMALL}, "ranges.3:9: nodes 3 to 9 are not all among 0 to 3", "or nodes"),
    ("multi-node", {"ranges/main": SMALL}, "ranges.main: no range of nodes", '"0:3"'),
    (
        "multi-node",
        {"ranges/0/vcpus": 0.5},
        "ranges.0.vcpus: on EC2 a container has a whole number",
        "write 1",
    ),
    # pods
    (
        "eks",
        {"permissions": [{"sid": "A", "actions": ["s3:GetObject"], "resources": ["arn:a"]}]},
        "one.permissions: a pod's rights",
        "service_account",
    ),
    (
        "eks",
        {"pod/namespace": "batch"},
        "one.pod.namespace: Terraform's AWS provider 5.100 has no argument",
        "leave it out",
    ),
    ("eks", {"pod/annotations": {"a": "b"}}, "one.pod.annotations: Terraform's AWS provider", "labels"),
    (
        "eks",
        {"pod/containers/main/vcpus": 0.3},
        "main.vcpus: on EKS, vCPUs come in quarters, not 0.3",
        "write 0.5",
    ),
    ("eks", {"pod/volumes/x": {}}, "one.pod.volumes.x: a volume of a pod has one source", "keep one"),
    (
        "eks",
        {"pod/volumes/x": {"host": "/x", "empty": {"size_limit": "1Gi"}}},
        "pod.volumes.x: a volume of a pod has one source",
        "keep one",
    ),
    (
        "eks",
        {"pod/volumes/x": {"host": "data"}},
        "one.pod.volumes.x.host: has to be an absolute path",
        "",
    ),
    (
        "eks",
        {"pod/containers/main/mounts": [{"volume": "x", "path": "/x"}]},
        "mounts.0.volume: no volume x",
        "has: none",
    ),
    (
        "eks",
        {"pod/init_containers/main": SMALL},
        "init_containers.main: each container of a pod has a name",
        "otherwise",
    ),
    ("eks", {"pod/containers/main/user": "root"}, "containers.main.user: has to be a numeric user", ""),
    (
        "eks",
        {"pod/containers/main/user": "0"},
        "containers.main.user: a container does not run as root",
        "allow_root",
    ),
    (
        "eks",
        {"pod/containers/main/environment/TOKEN": "x"},
        "environment.TOKEN: a secret in clear",
        "secrets",
    ),
    (
        "eks",
        {"pod/containers/main/memory": 3},
        "containers.main.memory: has to be at least 4",
        "",
    ),
    # retries
    (
        "container",
        {"retry": "often"},
        "one.retry: unknown preset often; it is spot, spot-then-on-demand, none",
        "one of",
    ),
    (
        "container",
        {"retry": "spot-then-on-demand"},
        "one.retry: retry spot-then-on-demand needs the queue",
        "on_demand_queue:",
    ),
    (
        "container",
        {"on_demand_queue": "x"},
        "one.on_demand_queue: on_demand_queue is of retry spot-then-on-demand",
        "leave",
    ),
    (
        "container",
        {"retry": {"attempts": 3}},
        "one.retry: AWS Batch retries what no rule matches",
        "end the rules with",
    ),
    (
        "container",
        {"retry": {"attempts": 3, "rules": [{"on_exit_code": "1", "action": "RETRY"}]}},
        "one.retry.rules: AWS Batch retries what no rule matches",
        "end the rules with {on_reason",
    ),
    (
        "container",
        {"retry": {"attempts": 3, "rules": [{"on_reason": "*", "action": "RETRY"}]}},
        "one.retry.rules: AWS Batch retries what no rule matches",
        "action: EXIT",
    ),
    (
        "container",
        {"retry": {"attempts": 3, "rules": [{"action": "RETRY"}, EXIT]}},
        "one.retry.rules.0: a rule needs on_status_reason, on_reason or on_exit_code",
        "",
    ),
    (
        "container",
        {"retry": {"attempts": 3, "rules": [{"on_reason": "*Spot*", "action": "RETRY"}, EXIT]}},
        "one.retry.rules.0.on_reason: has to be letters, digits, periods",
        "",
    ),
]


@pytest.mark.parametrize(("kind", "changes", "message", "fix"), CASES, ids=[case[2][:70] for case in CASES])
def test_a_broken_rule_names_the_key_the_rule_and_the_fix(
    fault: Fault, kind: str, changes: dict[str, Any], message: str, fix: str
) -> None:
    error = fault(kind, changes)
    assert message in error.what
    assert fix in error.fix
    assert error.where.startswith("workflow.yaml:")


def test_a_fault_is_told_with_its_own_line(fault: Fault) -> None:
    # A line for each key: the document's three and `jobs`, the job's own five and its name, and these three.
    error = fault("container", {"ulimits": {"nofile": {"soft": 9, "hard": 8}}})
    assert error.where == "workflow.yaml:13"


def test_every_kind_can_be_asked_the_same(made: Callable[..., Job]) -> None:
    for kind, shape in (
        ("container", "container"), ("gpu", "container"), ("fargate", "container"), ("array", "container"),
        ("multi-container", "ecs"), ("multi-node", "nodes"), ("eks", "eks"),
    ):  # fmt: skip
        job = made(kind)
        assert (job.kind, job.shape, job.images, job.attempts) == (kind, shape, ["tool"], 3)
        assert [container.memory for _, container in job.containers] == [2048] * len(job.containers)
        assert (job.placeholders, job.defaults) == ([], {})


def test_parameters_are_those_of_all_containers(made: Callable[..., Job]) -> None:
    job = made(
        "multi-container",
        containers__server__command=["Ref::port"],
        containers__agent__command=["Ref::port", "Ref::memory"],
        parameters={"port": "8080"},
    )
    assert job.placeholders == ["port", "memory"]
    assert job.defaults == {"port": "8080", "memory": "2048"}
    assert [name for name, _ in job.containers] == ["server", "agent"]


def test_a_job_may_be_resized_where_its_last_range_is_open(made: Callable[..., Job]) -> None:
    resizable, fixed = made("multi-node"), made("multi-node", ranges={"0:3": SMALL})
    assert isinstance(resizable, MultiNodeJob)
    assert isinstance(fixed, MultiNodeJob)
    assert (resizable.is_resizable, fixed.is_resizable) == (True, False)


def test_one_attempt_needs_no_rules(made: Callable[..., Job]) -> None:
    assert made("container", retry={"attempts": 1}).attempts == 1


@given(
    st.integers(1, 40).flatmap(
        lambda nodes: st.tuples(st.just(nodes), st.sets(st.integers(1, nodes), max_size=4))
    )
)
def test_ranges_that_follow_each_other_cover_every_node(drawn: tuple[int, set[int]]) -> None:
    nodes, cuts = drawn
    starts = sorted({0, *cuts} - {nodes})
    ends = [*(start - 1 for start in starts[1:]), nodes - 1]
    targets = [f"{start}:{end}" for start, end in zip(starts, ends, strict=True)]
    check_cover(nodes, targets)
    assert [node for target in targets for node in span(target, nodes)] == list(range(nodes))
    without = targets[1:]
    with pytest.raises(Broken, match="leave out node 0"):
        check_cover(nodes, without)


@given(st.permutations([f"c{number}" for number in range(6)]), st.data())
def test_an_order_is_refused_only_where_it_has_a_circle(names: list[str], data: st.DataObject) -> None:
    """Containers that wait for earlier ones of some order alone never wait for each other."""
    members = {
        name: TaskContainer(
            image="tool",
            vcpus=1,
            memory=4,
            depends_on={other: "START" for other in names[:index] if data.draw(st.booleans())},
        )
        for index, name in enumerate(names)
    }
    check_order(members)
    first = members[names[0]].model_copy(update={"depends_on": {names[-1]: "START"}})
    closed = {**members, names[0]: first}
    waits = any(names[0] in _reached(closed, other) for other in closed[names[0]].depends_on)
    if waits:
        with pytest.raises(Broken, match="wait for each other"):
            check_order(closed)
    else:
        check_order(closed)


def _reached(members: dict[str, TaskContainer], start: str) -> set[str]:
    seen, left = set[str](), [start]
    while left:
        name = left.pop()
        if name not in seen:
            seen.add(name)
            left.extend(members[name].depends_on)
    return seen
