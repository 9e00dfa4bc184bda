"""Plan documents as `terraform show -json` writes them, cut down to what is read."""

from __future__ import annotations

from typing import Any


def change(address: str, *actions: str, **fields: Any) -> dict[str, Any]:
    """Return one entry of `resource_changes`."""
    mode = fields.pop("mode", "managed")
    return {"address": address, "mode": mode, "change": {"actions": list(actions), **fields}}


def plan(*changes: dict[str, Any], **outputs: str) -> dict[str, Any]:
    """Return a plan with these changes, and the action of each output by its name."""
    listed = {name: {"actions": [action]} for name, action in outputs.items()}
    return {"format_version": "1.2", "resource_changes": list(changes), "output_changes": listed}


MIXED = plan(
    change("aws_s3_bucket.new", "create", after={"bucket": "hunter2"}),
    change("aws_iam_role.same", "no-op", before={"name": "a"}, after={"name": "a"}),
    change("data.aws_ami.read", "read", mode="data"),
    change(
        "aws_batch_job_queue.this",
        "update",
        before={"priority": 1, "tags": {}},
        after={"priority": 2, "tags": {}},
    ),
    change(
        "aws_vpc.this",
        "update",
        before={"tags": {"a": "1"}},
        after={"tags": {"a": "2"}, "tags_all": {"a": "2"}},
    ),
    change("aws_sqs_queue.old", "delete", before={"name": "secret"}),
    change(
        "aws_batch_compute_environment.a",
        "create",
        "delete",
        replace_paths=[["compute_resources", 0, "type"]],
    ),
    change("aws_flow_log.this", "delete", "create", replace_paths=[["role"], ["interval"]]),
    # Terraform writes false and empty blocks for what it knows.
    change(
        "aws_lambda_function.f",
        "update",
        before={"x": 1, "tracing": [{"mode": "Active"}]},
        after={"x": 1, "tracing": [{"mode": "Active"}]},
        after_unknown={"version": True, "layers": [False], "tracing": [{}]},
    ),
    queue_arns="update",
    vpc_id="no-op",
)
