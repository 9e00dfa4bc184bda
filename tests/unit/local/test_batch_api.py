"""What a Batch request needs permission for."""

from __future__ import annotations

from typing import Any

import pytest

from batchyard.local.batch.host import Scope
from batchyard.local.batch_api import needed

SCOPE = Scope("000000000000", "us-east-1")
BATCH = "arn:aws:batch:us-east-1:000000000000"


@pytest.mark.parametrize(
    ("method", "path", "payload", "expected"),
    [
        (
            "POST",
            "/v1/submitjob",
            {"jobQueue": "high", "jobDefinition": f"{BATCH}:job-definition/align:3"},
            [
                ("batch:SubmitJob", f"{BATCH}:job-queue/high"),
                ("batch:SubmitJob", f"{BATCH}:job-definition/align:3"),
            ],
        ),
        (
            "POST",
            "/v1/submitjob",
            {"jobQueue": "q", "jobDefinition": "d", "tags": {"a": "b"}},
            [
                ("batch:SubmitJob", f"{BATCH}:job-queue/q"),
                ("batch:SubmitJob", f"{BATCH}:job-definition/d"),
                ("batch:TagResource", f"{BATCH}:job/*"),
            ],
        ),
        ("POST", "/v1/terminatejob", {"jobId": "j"}, [("batch:TerminateJob", f"{BATCH}:job/j")]),
        (
            "POST",
            "/v1/canceljobs",
            {"jobs": ["i", "j"]},
            [("batch:CancelJob", f"{BATCH}:job/i"), ("batch:CancelJob", f"{BATCH}:job/j")],
        ),
        ("POST", "/v1/terminatejobs", {}, [("batch:TerminateJob", f"{BATCH}:job/*")]),
        ("POST", "/v1/describejobs", {"jobs": ["j"]}, [("batch:DescribeJobs", "*")]),
        ("POST", "/v1/listjobs/", {}, [("batch:ListJobs", "*")]),
        (
            "DELETE",
            f"/v1/tags/{BATCH.replace(':', '%3A')}%3Ajob-queue%2Fq",
            {},
            [("batch:UntagResource", f"{BATCH}:job-queue/q")],
        ),
        ("POST", "/v1/Unknown", {}, [("batch:unknown", "*")]),
    ],
)
def test_permissions(
    method: str, path: str, payload: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert needed(SCOPE, method, path, payload) == expected


def test_no_operation_goes_unchecked() -> None:
    import botocore.session

    model = botocore.session.get_session().get_service_model("batch")
    for name in model.operation_names:
        http = model.operation_model(name).http
        (action, _), *_ = needed(SCOPE, http["method"], http["requestUri"], {"jobId": "j"})
        # The bulk forms have no action of their own: they need that of the single form, per job.
        own = name.removesuffix("s") if name in ("CancelJobs", "TerminateJobs") else name
        assert action.lower() == f"batch:{own}".lower()
