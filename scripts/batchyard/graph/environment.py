"""The graph of an environment: its workflows with their jobs and functions, and what they run on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from batchyard import asl
from batchyard.environments import Compute, Environment
from batchyard.graph.model import Graph, Node
from batchyard.lint.jobs import containers

_TOPIC = "(notifications)"
_READS = ("s3:GetObject", "s3:ListBucket")


def environment_graph(environment: Environment, bundles: Sequence[dict[str, Any]]) -> Graph:
    """Return the graph of one environment.

    Args:
        environment: its data.
        bundles: the rendered bundles of the workflows to show.
    """
    names = ", ".join(str(bundle.get("workflow")) for bundle in bundles)
    graph = Graph(
        title=f"Environment {environment.environment}",
        description=f"Workflows {names or 'none'} over queues {', '.join(environment.queues) or 'none'}",
    )
    graph.nodes = [
        *(_workflow(bundle) for bundle in bundles),
        *(
            Node(f"queue {key}", key, f"queue, priority {item.priority}", "queue")
            for key, item in environment.queues.items()
        ),
        *(Node(f"bucket {key}", key, "bucket", "bucket") for key in environment.buckets),
        *(
            Node(f"compute {key}", key, _capacity(item), "compute")
            for key, item in environment.compute.items()
        ),
    ]
    if any(_notifies(bundle) for bundle in bundles):
        graph.nodes.append(Node(_TOPIC, "notifications", "SNS topic", "message"))
    for bundle in bundles:
        _connect(graph, environment, bundle)
    for key, queue in environment.queues.items():
        for place, compute in enumerate(queue.compute):
            graph.connect(
                f"queue {key}",
                f"compute {compute}",
                f"{place + 1}." if len(queue.compute) > 1 else "",
                "uses",
            )
    return graph


def _capacity(compute: Compute) -> str:
    """Return what a compute environment offers, such as `SPOT, up to 1,024 vCPUs`."""
    if compute.arn:
        return f"{compute.type}, attached"
    return compute.type if compute.max_vcpus is None else f"{compute.type}, up to {compute.max_vcpus:,} vCPUs"


def _workflow(bundle: dict[str, Any]) -> Node:
    machine = asl.as_dict(bundle.get("state_machine"))
    inner = Graph([Node("machine", str(machine.get("name", "")), "state machine", "nested")])
    for key, job in asl.as_dict(bundle.get("job_definitions")).items():
        inner.nodes.append(Node(f"job {key}", key, _needs(asl.as_dict(job)), "batch"))
        inner.connect("machine", f"job {key}", kind="uses")
    for key in asl.as_dict(bundle.get("functions")):
        inner.nodes.append(Node(f"function {key}", key, "Lambda function", "lambda"))
        inner.connect("machine", f"function {key}", kind="uses")
    name = str(bundle.get("workflow"))
    return Node(f"workflow {name}", name, "workflow", "group", [inner])


def _needs(job: dict[str, Any]) -> str:
    """Return what a job asks for, such as `32 vCPU, 78 GiB`; of several containers, what each one does."""
    found = list(dict.fromkeys(filter(None, (_size(container) for _, container in containers(job)))))
    kind = job.get("kind", "container")
    many = f"{job['array_size']} x " if job.get("array_size") else ""
    named = [] if kind in ("container", "array") else [str(kind)]
    if job.get("nodes"):
        named.append(f"{job['nodes']} nodes")
    return ", ".join([*named, many + "; ".join(found)] if found else named) or "Batch job"


def _size(container: dict[str, Any]) -> str:
    listed = asl.as_list(container.get("resourceRequirements"))
    values = {item.get("type"): str(item.get("value")) for item in listed if isinstance(item, dict)}
    limits = asl.as_dict(asl.as_dict(container.get("resources")).get("limits"))  # of a pod
    vcpus, memory = values.get("VCPU", limits.get("cpu")), str(values.get("MEMORY", limits.get("memory", "")))
    mebibytes = memory.removesuffix("Mi")
    parts = [f"{vcpus} vCPU"] if vcpus else []
    parts += [f"{int(mebibytes) / 1024:.3g} GiB"] if mebibytes.isdigit() else []
    parts += [f"{values['GPU']} GPU"] if "GPU" in values else []
    return ", ".join(parts)


def _connect(graph: Graph, environment: Environment, bundle: dict[str, Any]) -> None:
    workflow = f"workflow {bundle.get('workflow')}"
    for key, job in asl.as_dict(bundle.get("job_definitions")).items():
        graph.connect(workflow, f"queue {asl.as_dict(job).get('queue')}", key, "uses")
    for bucket in environment.buckets:
        verbs = sorted(set(_uses(bundle, environment.names.bucket_arn(bucket))))
        if verbs:
            graph.connect(workflow, f"bucket {bucket}", " and ".join(verbs), "uses")
    if _notifies(bundle):
        graph.connect(workflow, _TOPIC, ", ".join(asl.as_list(bundle["notify"].get("on"))).lower(), "catch")


def _uses(bundle: dict[str, Any], bucket: str) -> Iterator[str]:
    for group in ("job_definitions", "functions"):
        for item in asl.as_dict(bundle.get(group)).values():
            for statement in asl.as_list(asl.as_dict(asl.as_dict(item).get("role")).get("statements")):
                resources = asl.as_list(asl.as_dict(statement).get("Resource"))
                if any(str(each) == bucket or str(each).startswith(f"{bucket}/") for each in resources):
                    yield from (
                        "reads" if action in _READS else "writes" for action in statement.get("Action", [])
                    )


def _notifies(bundle: dict[str, Any]) -> bool:
    return bool(asl.as_dict(bundle.get("notify")).get("on"))
