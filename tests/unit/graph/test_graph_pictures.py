"""Pictures of state machines and environments: complete, well-formed and readable without seeing them."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from batchyard.environments import Environment
from batchyard.graph import draw, environment_graph, render_graph, state_graph

SVG = "{http://www.w3.org/2000/svg}"
SUBMIT = "arn:aws:states:::batch:submitJob.sync"
DEFINITION: dict[str, Any] = {
    "Comment": "One sample",
    "StartAt": "Align",
    "States": {
        "Align": {"Type": "Task", "Resource": SUBMIT, "Next": "Good?",
                  "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "Failed"}]},
        "Good?": {"Type": "Choice", "Default": "Failed", "Choices": [
            {"And": [{"Variable": "$.n", "NumericGreaterThan": 3},
                     {"Variable": "$.ok", "BooleanEquals": True}], "Next": "Analyse"}]},
        "Analyse": {"Type": "Parallel", "End": True, "Branches": [
            {"StartAt": "Call", "States": {"Call": {"Type": "Task", "Resource": SUBMIT, "End": True}}},
            {"StartAt": "Stats", "States": {"Stats": {"Type": "Task", "Resource": SUBMIT, "End": True}}}]},
        "Failed": {"Type": "Fail", "Error": "A<B & \"C\""},
    },
}  # fmt: skip


def _texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_mermaid_of_a_machine() -> None:
    assert (
        render_graph(DEFINITION, "mermaid")
        == """\
flowchart TD
  n1(["Start"])
  n2["Align<br>Batch job · waits"]
  style n2 fill:#fff1e0,stroke:#c2570c,color:#1f2328
  n3{{"Good?<br>Choice"}}
  subgraph n4 ["Analyse<br>in parallel"]
    subgraph n4b0 [" "]
      n5["Call<br>Batch job · waits"]
      style n5 fill:#fff1e0,stroke:#c2570c,color:#1f2328
    end
    subgraph n4b1 [" "]
      n6["Stats<br>Batch job · waits"]
      style n6 fill:#fff1e0,stroke:#c2570c,color:#1f2328
    end
  end
  n7["Failed<br>Fail: A#lt;B #amp; #quot;C#quot;"]
  style n7 fill:#ffe9e9,stroke:#c93a3a,color:#1f2328
  n8(["End"])
  n1 --> n2
  n2 --> n3
  n2 -.->|"States.Timeout"| n7
  n3 -->|"n #gt; 3 and ok = True"| n4
  n3 -->|"otherwise"| n7
  n4 --> n8
"""
    )


def test_svg_shows_every_state_and_label_once() -> None:
    texts = _texts(render_graph(DEFINITION, "svg"))
    for name in (
        "Start",
        "Align",
        "Good?",
        "Analyse",
        "Call",
        "Stats",
        "Failed",
        "End",
        "otherwise",
        "States.Timeout",
    ):
        assert texts.count(name) == 1, name


def test_svg_stands_alone_and_can_be_read_aloud() -> None:
    text = render_graph(DEFINITION, "svg", title="exome")
    root = ElementTree.fromstring(text)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "title desc"
    assert root.findtext(f"{SVG}title") == "exome"
    assert root.findtext(f"{SVG}desc") == "One sample. States: Align, Good?, Analyse, Failed, Call, Stats"
    assert "prefers-color-scheme:dark" in text
    assert "href" not in text
    assert "url(" not in text


def test_only_failure_paths_are_dashed() -> None:
    root = ElementTree.fromstring(render_graph(DEFINITION, "svg"))
    groups = [group.get("class") for group in root.iter(f"{SVG}g") if group.get("class") in ("next", "catch")]
    assert groups.count("catch") == 1
    assert groups.count("next") == 5


def test_the_same_machine_gives_the_same_bytes() -> None:
    assert render_graph(DEFINITION, "svg") == render_graph(DEFINITION, "svg")


@pytest.mark.parametrize(
    ("rule", "label"),
    [
        ({"Condition": "{% $states.input.steps.align.status = 'FAILED' %}"}, "status = 'FAILED'"),
        ({"Condition": "{% $filter(x, function($i) { $i }) %}", "Comment": "all there"}, "all there"),
        ({"Not": {"Variable": "$.a", "IsPresent": True}}, "not a is present True"),
        ({"Variable": "$.s", "StringMatches": "a*"}, "s ~ a*"),
        ({"Condition": "{% " + "x" * 99 + " %}"}, "x" * 33 + "…"),
    ],
)
def test_labels_of_choice_rules_are_short(rule: dict[str, Any], label: str) -> None:
    states = {"A": {"Type": "Choice", "Choices": [{**rule, "Next": "B"}]}, "B": {"Type": "Succeed"}}
    graph = state_graph({"StartAt": "A", "States": states})
    assert [edge.label for edge in graph.edges if edge.source == "A"] == [label]


def test_a_job_shows_its_kind_and_what_each_of_its_containers_needs() -> None:
    def needs(vcpus: int, mebibytes: int) -> dict[str, Any]:
        sizes = {"VCPU": str(vcpus), "MEMORY": str(mebibytes)}
        return {"resourceRequirements": [{"type": name, "value": value} for name, value in sizes.items()]}

    ranges = [{"targetNodes": "0:", "container": needs(2, 2048)}]
    limits = {"resources": {"limits": {"cpu": "1", "memory": "512Mi"}}}
    jobs: dict[str, dict[str, Any]] = {
        "array": {"kind": "array", "array_size": 100, "container_properties": needs(1, 1024)},
        "several": {
            "kind": "multi-container",
            "ecs_properties": {"taskProperties": [{"containers": [needs(1, 512), needs(4, 8192)]}]},
        },
        "nodes": {"kind": "multi-node", "nodes": 4, "node_properties": {"nodeRangeProperties": ranges}},
        "pod": {"kind": "eks", "eks_properties": {"podProperties": {"containers": [limits]}}},
    }
    environment = Environment.model_validate(
        {"environment": "dev", "account_id": "000000000000", "region": "us-east-1"}
    )
    graph = environment_graph(environment, [{"workflow": "w", "job_definitions": jobs}])
    [workflow] = [node for node in graph.nodes if node.id == "workflow w"]
    told = {node.label: node.detail for node in workflow.inner[0].nodes if node.label in jobs}
    assert told == {
        "array": "100 x 1 vCPU, 1 GiB",
        "several": "multi-container, 1 vCPU, 0.5 GiB; 4 vCPU, 8 GiB",
        "nodes": "multi-node, 4 nodes, 2 vCPU, 2 GiB",
        "pod": "eks, 1 vCPU, 0.5 GiB",
    }


def test_environment_shows_workflows_over_queues_compute_buckets_and_topic() -> None:
    environment = Environment.model_validate(
        {
            "environment": "dev",
            "account_id": "000000000000",
            "region": "us-east-1",
            "buckets": {"data": {}, "results": {}, "unused": {}},
            "compute": {"spot": {"max_vcpus": 1024}, "demand": {"type": "EC2", "max_vcpus": 64}},
            "queues": {"high": {"priority": 10, "compute": ["spot", "demand"]}},
        }
    )
    read = {"Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::batchyard-dev-000000000000-data/*"]}
    write = {"Action": ["s3:PutObject"], "Resource": ["arn:aws:s3:::batchyard-dev-000000000000-results/*"]}
    needs = [{"type": "VCPU", "value": "32"}, {"type": "MEMORY", "value": "81920"}]
    job = {
        "queue": "high",
        "container_properties": {"resourceRequirements": needs},
        "role": {"statements": [read, write]},
    }
    bundle = {
        "workflow": "exome",
        "state_machine": {"name": "batchyard-dev-exome"},
        "job_definitions": {"align": job},
        "functions": {"report": {}},
        "notify": {"on": ["FAILED"]},
    }
    graph = environment_graph(environment, [bundle])
    assert [(edge.source, edge.target, edge.label) for edge in graph.edges] == [
        ("workflow exome", "queue high", "align"),
        ("workflow exome", "bucket data", "reads"),
        ("workflow exome", "bucket results", "writes"),
        ("workflow exome", "(notifications)", "failed"),
        ("queue high", "compute spot", "1."),
        ("queue high", "compute demand", "2."),
    ]
    texts = _texts(draw(graph, "svg"))
    assert {"batchyard-dev-exome", "32 vCPU, 80 GiB", "report", "unused", "EC2, up to 64 vCPUs"} <= set(texts)


@pytest.mark.parametrize(
    ("compute", "text"),
    [
        ({"type": "FARGATE", "max_vcpus": 2048}, "FARGATE, up to 2,048 vCPUs"),
        ({"type": "UNMANAGED"}, "UNMANAGED"),
        (
            {"type": "EC2", "arn": "arn:aws:batch:us-east-1:000000000000:compute-environment/x"},
            "EC2, attached",
        ),
    ],
)
def test_a_compute_environment_says_what_it_offers(compute: dict[str, Any], text: str) -> None:
    environment = Environment.model_validate(
        {
            "environment": "dev",
            "account_id": "000000000000",
            "region": "us-east-1",
            "compute": {"one": compute},
        }
    )
    assert text in _texts(draw(environment_graph(environment, []), "svg"))
