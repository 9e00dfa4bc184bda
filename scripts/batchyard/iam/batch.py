"""What `batch:submitJob` in its patterns needs.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/connect-batch.html
"""

from __future__ import annotations

import re

from batchyard.iam.task import Found, Task

_REVISION = re.compile(r":\d+$")


def submit_job(task: Task) -> Found:
    """Yield the needs of a submit: queue and definition, and what waiting and tagging take."""
    queues = task.resources("JobQueue", "batch", "job-queue/")
    definitions = task.resources("JobDefinition", "batch", "job-definition/")
    if not queues:
        yield task.missing("JobQueue")
    if not definitions:
        yield task.missing("JobDefinition")
    for queue in queues:
        yield task.need("SubmitJobs", "batch:SubmitJob", queue)
    for definition in definitions:
        # Batch authorizes a submit without revision against the bare name or the newest revision.
        exact = [definition] if _REVISION.search(definition) else [definition, f"{definition}:*"]
        for resource in exact:
            yield task.need("SubmitJobs", "batch:SubmitJob", resource)
    jobs = task.names.arn("batch", "job/*")
    if task.has("Tags"):
        yield task.need("TagJobs", "batch:TagResource", jobs, "the submit carries Tags")
    if task.call.pattern == "sync":
        yield task.need("WatchJobs", "batch:DescribeJobs", "*", "waits for the job")
        yield task.need("StopJobs", "batch:TerminateJob", jobs, "an abort of the execution ends the job")
        yield from task.rule("HearOfJobs")
