"""The operations of the API by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qs, unquote

from batchyard.local.batch import compute, definitions, listing, policies, queues, validation
from batchyard.local.batch.errors import ApiError
from batchyard.local.batch.host import Scope
from batchyard.local.batch.jobs_api import JobsApi
from batchyard.local.batch.ledger import Ledger
from batchyard.local.batch.model import ENDED
from batchyard.local.batch.registry import Registry
from batchyard.local.batch.resources import Payload
from batchyard.local.batch.scheduler import Scheduler
from batchyard.local.batch.submit import submit
from batchyard.local.batch.tags import Tagging

Handler = Callable[[Scope, Payload], Payload]
_TAGS = "/v1/tags/"
_TAGS_TEMPLATE = "/v1/tags/{resourceArn}"
_SUBMIT = ("POST", "/v1/submitjob")
QUEUE_DELETED = "The job queue of the job was deleted"


class Api:
    """Requests to answers. Used under the engine's lock only."""

    def __init__(self, registry: Registry, ledger: Ledger, scheduler: Scheduler) -> None:
        self._registry = registry
        self._ledger = ledger
        self._scheduler = scheduler
        self._handlers = self._control_plane() | self._jobs(JobsApi(registry, ledger, scheduler))

    def answer(self, scope: Scope, method: str, path: str, payload: Mapping[str, Any]) -> Payload:
        """Return the answer to a request; ApiError for everything that the service refuses."""
        path, _, query = path.partition("?")
        request = dict(payload)
        if path.startswith(_TAGS):
            request["resourceArn"] = unquote(unquote(path[len(_TAGS) :]))
            request.setdefault("tagKeys", parse_qs(query).get("tagKeys"))
            path = _TAGS_TEMPLATE
        operation = validation.operations().get((method.upper(), path))
        if operation is None:
            raise ApiError(f"{method} {path} is not an operation of Batch", status=404)
        operation.check(request, "")
        handler = self._handlers.get(operation.name)
        if handler is None:
            raise ApiError(f"{operation.name} is not supported by the local environment")
        return handler(scope, request)

    def submit(self, scope: Scope, payload: Mapping[str, Any], token: str) -> Payload:
        """Answer a SubmitJob that may come twice: the second gets the job of the first."""
        validation.operations()[_SUBMIT].check(payload, "")
        return submit(self._registry, self._ledger, scope, dict(payload), token)

    def _control_plane(self) -> dict[str, Handler]:
        functions = {
            "CreateComputeEnvironment": compute.create,
            "UpdateComputeEnvironment": compute.update,
            "DescribeComputeEnvironments": compute.describe,
            "DeleteComputeEnvironment": compute.delete,
            "CreateJobQueue": queues.create,
            "UpdateJobQueue": queues.update,
            "DescribeJobQueues": queues.describe,
            "RegisterJobDefinition": definitions.register,
            "DeregisterJobDefinition": definitions.deregister,
            "DescribeJobDefinitions": definitions.describe,
            "CreateSchedulingPolicy": policies.create,
            "UpdateSchedulingPolicy": policies.update,
            "DescribeSchedulingPolicies": policies.describe,
            "ListSchedulingPolicies": policies.listing,
            "DeleteSchedulingPolicy": policies.delete,
        }
        return {name: partial(function, self._registry) for name, function in functions.items()}

    def _jobs(self, jobs: JobsApi) -> dict[str, Handler]:
        tags = Tagging(self._registry, self._ledger)
        return {
            "SubmitJob": partial(submit, self._registry, self._ledger),
            "DescribeJobs": jobs.describe,
            "ListJobs": partial(listing.list_jobs, self._registry, self._ledger),
            "CancelJob": jobs.cancel,
            "CancelJobs": jobs.cancel_many,
            "TerminateJob": jobs.terminate,
            "TerminateJobs": jobs.terminate_many,
            "GetJobQueueSnapshot": jobs.snapshot,
            "DeleteJobQueue": self._delete_queue,
            "ListTagsForResource": tags.list,
            "TagResource": tags.add,
            "UntagResource": tags.remove,
        }

    def _delete_queue(self, scope: Scope, payload: Payload) -> Payload:
        arn = queues.deletable(self._registry, scope, payload)
        for job in self._ledger.by_queue.pop(arn, []):
            if job.status not in ENDED:
                self._scheduler.terminate(job, QUEUE_DELETED)
        self._scheduler.placement.forget(arn)
        self._registry.remove(arn)
        return {}
