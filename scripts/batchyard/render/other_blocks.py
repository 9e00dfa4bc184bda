"""The building blocks that run no Batch job: input check, callback, fan-out and notification."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from batchyard.errors import ManifestError
from batchyard.render.deployment import POLL_FUNCTIONS, Deployment
from batchyard.render.expand import GROUP
from batchyard.render.jsonata import expression, literal
from batchyard.render.transitions import FAILED, LAMBDA_RETRY, PUBLISH_RETRY, State, catch, failure, onward


@dataclass(frozen=True)
class OtherBlocks:
    """Building blocks of one deployed workflow.

    Args:
        deployment: the workflow.
        calls: filled with the functions that the blocks call.
    """

    deployment: Deployment
    calls: set[str] = field(default_factory=set)

    def callback_task(
        self,
        function: str,
        *,
        payload: Mapping[str, Any],
        timeout_seconds: int,
        heartbeat_seconds: int,
        next: str | None = None,  # noqa: A002
        on_failure: str | None = FAILED,
    ) -> State:
        """Call a function and wait until someone answers with the task token, which it gets as `taskToken`.

        Args:
            function: the function's name.
            payload: what it gets beside the token; texts are taken as they are, `{% %}` texts as JSONata.
            timeout_seconds: how long to wait for the answer.
            heartbeat_seconds: how long to wait for a sign of life.
            next: the state that follows; None ends the machine or branch.
            on_failure: the state that takes the failure path; None lets the task itself fail.

        Raises:
            ManifestError: the manifest does not list the function.
        """
        arguments = {"FunctionName": self._function(function)}
        content = {"taskToken": expression("$states.context.Task.Token"), **payload}
        task = {
            "Type": "Task",
            "Resource": f"arn:{self.deployment.names.partition}:states:::lambda:invoke.waitForTaskToken",
            "Arguments": {**arguments, "Payload": content},
            "TimeoutSeconds": timeout_seconds,
            "HeartbeatSeconds": heartbeat_seconds,
            "Retry": LAMBDA_RETRY,
            **catch(function, on_failure),
            **onward(next),
        }
        return _group(task, on_failure)

    def fan_out(
        self,
        items: str,
        *,
        states: Mapping[str, State],
        start: str | None = None,
        item: Mapping[str, Any] | None = None,
        max_concurrency: int = 40,
        next: str | None = None,  # noqa: A002
    ) -> State:
        """Run the same states for every item of a list (Map).

        Args:
            items: JSONata expression that gives the list.
            states: the states of one item, by name; building blocks too.
            start: the first of them; by default the first in `states`.
            item: the input of one item, with JSONata texts; by default the item itself.
            max_concurrency: how many at once; an inline Map may be slowed down beyond 40.
            next: the state that follows; None ends the machine or branch.

        Raises:
            ManifestError: there are no states.
        """
        if not states:
            raise ManifestError("fan_out has no states", fix="pass states={...}")
        return {
            "Type": "Map",
            "Items": expression(items),
            **({"ItemSelector": dict(item)} if item else {}),
            "MaxConcurrency": max_concurrency,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                "StartAt": start or next_key(states),
                "States": dict(states),
            },
            **onward(next),
        }

    def notify(
        self,
        message: str,
        *,
        subject: str | None = None,
        next: str | None = None,  # noqa: A002
    ) -> State:
        """Publish to the environment's notifications topic and pass the input on.

        Args:
            message: JSONata expression that gives a text.
            subject: a text of up to 100 characters.
            next: the state that follows; None ends the machine or branch.
        """
        return {
            "Type": "Task",
            "Resource": f"arn:{self.deployment.names.partition}:states:::sns:publish",
            "Arguments": {
                "TopicArn": self.deployment.names.topic_arn(),
                "Message": expression(message),
                **({"Subject": subject} if subject else {}),
            },
            "TimeoutSeconds": 60,
            "Retry": PUBLISH_RETRY,
            "Output": expression("$states.input"),
            **onward(next),
        }

    def check_input(self, *, next: str) -> State:  # noqa: A002
        """Fail with `MissingRequiredParametersError` unless the input has what input.schema.json requires.

        Args:
            next: the state that follows.

        Raises:
            ManifestError: the schema is missing or wrong.
        """
        required = [str(name) for name in self.deployment.input_schema.get("required", [])]
        listed = ", ".join(literal(name) for name in required)
        value = "$lookup($states.input, $name)"
        lacks = f"$not($exists({value})) or {value} = null or {value} = ''"
        absent = f"$filter([{listed}], function($name) {{ {lacks} }})"
        return {
            GROUP: {
                "@": {
                    "Type": "Choice",
                    "Choices": [{"Condition": expression(f"$count({absent}) = 0"), "Next": next}],
                    "Default": FAILED,
                },
                FAILED: {
                    "Type": "Fail",
                    "Error": "MissingRequiredParametersError",
                    "Cause": expression(f"'the input lacks ' & $join({absent}, ', ')"),
                },
            }
        }

    def _function(self, name: str) -> str:
        deployed = self.deployment.function_names
        if name not in deployed and name not in POLL_FUNCTIONS:
            fix = f"add it to functions in workflow.yaml; there: {', '.join(deployed) or 'none'}"
            raise ManifestError(f"function {name} is not deployed with this workflow", fix=fix)
        self.calls.add(name)
        return self.deployment.names.function_arn(self.deployment.workflow, name)


def _group(task: State, on_failure: str | None) -> State:
    return {GROUP: {"@": task, **({FAILED: failure()} if on_failure == FAILED else {})}}


def next_key(states: Mapping[str, State]) -> str:
    """Return the first of some states, in the order in which they are written."""
    return next(iter(states))
