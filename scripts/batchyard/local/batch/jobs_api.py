"""DescribeJobs, GetJobQueueSnapshot, and the ends of jobs: CancelJob(s) and TerminateJob(s)."""

from __future__ import annotations

from collections.abc import Callable

from batchyard.local.batch import arns, detail
from batchyard.local.batch.errors import ApiError
from batchyard.local.batch.host import Scope
from batchyard.local.batch.ledger import Ledger, now_ms
from batchyard.local.batch.model import Job
from batchyard.local.batch.registry import Registry
from batchyard.local.batch.resources import Payload
from batchyard.local.batch.scheduler import Scheduler

# The service's own bound, named in its error (facts of the API, unpublished in the quotas).
MOST_DESCRIBED = 100
MOST_SHOWN = 100
MOST_ENDED = 50
# https://docs.aws.amazon.com/batch/latest/APIReference/API_FairshareUtilizationDetail.html
MOST_SHARES_SHOWN = 20


class JobsApi:
    """Operations on jobs that exist."""

    def __init__(self, registry: Registry, ledger: Ledger, scheduler: Scheduler) -> None:
        self._registry = registry
        self._ledger = ledger
        self._scheduler = scheduler

    def describe(self, scope: Scope, payload: Payload) -> Payload:
        ids = [arns.name_of(each) for each in payload["jobs"]]
        if len(ids) > MOST_DESCRIBED:
            raise ApiError(f"Jobs list size can not be greater than {MOST_DESCRIBED}")
        found = [self._ledger.find(scope, each) for each in dict.fromkeys(ids)]
        return {"jobs": [detail.describe(job) for job in found if job]}

    def cancel(self, scope: Scope, payload: Payload) -> Payload:
        self._scheduler.cancel(self._job(scope, payload), payload["reason"])
        return {}

    def terminate(self, scope: Scope, payload: Payload) -> Payload:
        self._scheduler.terminate(self._job(scope, payload), payload["reason"])
        return {}

    def cancel_many(self, scope: Scope, payload: Payload) -> Payload:
        return self._end_many(scope, payload, self._scheduler.cancel)

    def terminate_many(self, scope: Scope, payload: Payload) -> Payload:
        return self._end_many(scope, payload, self._scheduler.terminate)

    def snapshot(self, scope: Scope, payload: Payload) -> Payload:
        name = payload["jobQueue"]
        queue = arns.full(scope, arns.QUEUE, name)
        if self._registry.get(queue) is None or not arns.in_scope(scope, queue):
            raise ApiError(f"JobQueue {name} not found.")
        line = self._scheduler.placement.line(queue, MOST_SHOWN)
        shown = [{"jobArn": job.arn, "earliestTimeAtPosition": job.runnable_since} for job in line]
        front = {"jobs": shown, "lastUpdatedAt": now_ms()}
        return {"frontOfQueue": front, "queueUtilization": self._utilization(queue)}

    def _utilization(self, queue: str) -> Payload:
        """Return what a queue's jobs use, in a fair-share queue also by share identifier."""
        jobs = self._ledger.by_queue.get(queue, ())
        running = [each for job in jobs for each in (job, *self._ledger.children(job)) if each.current]
        used = sum(job.spec.vcpus for job in running)
        found: Payload = {"totalCapacityUsage": _vcpus(used), "lastUpdatedAt": now_ms()}
        shares = self._scheduler.placement.shares(queue)
        if shares:
            top = sorted(shares.items(), key=lambda item: -item[1])[:MOST_SHARES_SHOWN]
            shown = [{"shareIdentifier": name, "capacityUsage": _vcpus(each)} for name, each in top]
            found["fairshareUtilization"] = {"activeShareCount": len(shares), "topCapacityUtilization": shown}
        return found

    def _end_many(self, scope: Scope, payload: Payload, end: Callable[[Job, str], None]) -> Payload:
        """End each job that exists; one that does not counts as ended, as the service says."""
        ids = list(dict.fromkeys(payload["jobs"]))
        if not 0 < len(ids) <= MOST_ENDED:
            raise ApiError(f"Jobs list size must be between 1 and {MOST_ENDED}")
        for each in ids:
            if job := self._ledger.find(scope, arns.name_of(each)):
                end(job, payload["reason"])
        return {"successful": ids, "errors": []}

    def _job(self, scope: Scope, payload: Payload) -> Job:
        job = self._ledger.find(scope, arns.name_of(payload["jobId"]))
        if job is None:
            raise ApiError(f"Job {payload['jobId']} not found.")
        return job


def _vcpus(quantity: float) -> list[Payload]:
    return [{"capacityUnit": "VCPU", "quantity": quantity}]
