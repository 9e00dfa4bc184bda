"""Activities: tasks that workers outside fetch and answer by token.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-activities.html
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field

from batchyard.asl.data.text import dump
from batchyard.asl.engine.clock import Clock
from batchyard.asl.engine.tasks import Failed, Report, Started, TaskCall
from batchyard.asl.errors import RUNTIME
from batchyard.local.batch.host import Scope
from batchyard.local.states import arns
from batchyard.local.states.api_errors import ApiError
from batchyard.local.states.interface import Alone, Json, Resources, Surroundings

ACTIVITY = "activity"
# How long GetActivityTask waits for a task, and how many may wait at one activity at once.
# https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetActivityTask.html
# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
POLL_SECONDS = 60.0
MOST_POLLERS = 1000


@dataclass(slots=True)
class _Poll:
    future: Future[Json]
    worker: str | None
    until: float


@dataclass(slots=True)
class _Queue:
    tasks: dict[str, tuple[TaskCall, Report]] = field(default_factory=dict)
    polls: deque[_Poll] = field(default_factory=deque)


class Activities:
    """The activities of all accounts and regions, their tasks, and the workers that wait for one.

    Used on the host's thread only. The host calls `expire` when `next_due` has come.

    Args:
        resources: where the records are.
        clock: of the service.
        around: says which tasks a worker had fetched before a restart.
    """

    def __init__(self, resources: Resources, clock: Clock, around: Surroundings | None = None) -> None:
        self.resources, self.clock = resources, clock
        self.around: Surroundings = around or Alone()
        self._queues: dict[str, _Queue] = {}

    def get(self, arn: str) -> Json | None:
        return self.resources.get(ACTIVITY, arn)

    def existing(self, scope: Scope, arn: str) -> Json:
        """Return an activity's record.

        Raises:
            ApiError: InvalidArn, ActivityDoesNotExist.
        """
        parsed = arns.parse(arn, arns.ACTIVITY)
        record = self.get(arn)
        if record is None or parsed.scope != scope:
            raise missing(arn)
        return record

    def schedule(self, call: TaskCall, report: Report) -> None:
        """Offer a task to the activity's workers; `report` gets Started when one takes it.

        After a restart, a task that a worker has already is not offered again: that one answers by token.
        """
        arn = call.call.resource
        if self.around.activity_started(call):
            return
        if self.get(arn) is None:
            report(call.id, Failed(RUNTIME, f"The activity {arn} does not exist.", "schedule"))
            return
        self._queue(arn).tasks[call.id] = (call, report)
        self._hand_out(arn)

    def cancel(self, call: TaskCall) -> None:
        """Take a task back; a worker that has it already learns of it by its token."""
        self._queue(call.call.resource).tasks.pop(call.id, None)

    def poll(self, arn: str, worker: str | None) -> Future[Json]:
        """Wait for a task: `{"taskToken", "input"}`, or nothing after 60 seconds.

        Raises:
            ApiError: ActivityWorkerLimitExceeded.
        """
        queue = self._queue(arn)
        if len(queue.polls) >= MOST_POLLERS:
            raise ApiError("ActivityWorkerLimitExceeded", f"Activity Worker Limit Exceeded: '{arn}'")
        poll = _Poll(Future(), worker, self.clock.now() + POLL_SECONDS)
        queue.polls.append(poll)
        self._hand_out(arn)
        return poll.future

    def next_due(self) -> float | None:
        """Return when the next wait ends, in seconds since the epoch."""
        return min((queue.polls[0].until for queue in self._queues.values() if queue.polls), default=None)

    def expire(self) -> None:
        """End the waits that have lasted 60 seconds."""
        now = self.clock.now()
        for queue in self._queues.values():
            while queue.polls and queue.polls[0].until <= now:
                _answer(queue.polls.popleft().future, {})

    def forget(self, arn: str) -> None:
        """End all waits at an activity that is deleted."""
        for poll in self._queues.pop(arn, _Queue()).polls:
            _answer(poll.future, {})

    def _hand_out(self, arn: str) -> None:
        queue = self._queue(arn)
        while queue.tasks and queue.polls:
            poll = queue.polls.popleft()
            id_ = next(iter(queue.tasks))
            call, report = queue.tasks[id_]
            answer = {"taskToken": call.token, "input": dump(call.arguments)}
            if _answer(poll.future, answer):
                del queue.tasks[id_]
                report(id_, Started(poll.worker))

    def _queue(self, arn: str) -> _Queue:
        return self._queues.setdefault(arn, _Queue())


def missing(arn: str) -> ApiError:
    return ApiError("ActivityDoesNotExist", f"Activity Does Not Exist: '{arn}'")


def _answer(future: Future[Json], answer: Json) -> bool:
    """Answer a waiting worker; False when it has gone away."""
    if not future.set_running_or_notify_cancel():
        return False
    future.set_result(answer)
    return True
