"""MiniStack's and moto's interpreters of the states language, to be timed beside ours."""

from __future__ import annotations

import importlib
import json
import logging
import threading
import time
from typing import Any

Json = dict[str, Any]
ROLE = "arn:aws:iam::000000000000:role/machine"
PAUSE = 0.15  # MiniStack sleeps so long before every execution; not counted against it
WAIT: Json = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 2, "End": True}}}


class MiniStack:
    """Its interpreter, called in this process."""

    cycles = 6_000

    def __init__(self) -> None:
        from ministack.services import stepfunctions

        logging.getLogger("states").setLevel(logging.WARNING)
        self.service = stepfunctions

    def run(self, machine: Json, given: Any) -> float:
        """Return the seconds of one execution."""
        arn, name = self._create(machine)
        begun = time.perf_counter()
        request = {"stateMachineArn": arn, "name": name, "input": json.dumps(given)}
        status, _, body = self.service._start_sync_execution(request)
        if status != 200 or json.loads(body)["status"] != "SUCCEEDED":
            raise RuntimeError(f"MiniStack: {body!r}")
        return time.perf_counter() - begun - PAUSE

    def threads_of_waiting(self, count: int) -> int:
        """Return the threads that so many waiting executions add."""
        arn, _ = self._create(WAIT)
        before = threading.active_count()
        for number in range(count):
            self.service._start_execution({"stateMachineArn": arn, "name": f"w{number}", "input": "{}"})
        return threading.active_count() - before

    def _create(self, machine: Json) -> tuple[str, str]:
        name = f"m{time.perf_counter_ns()}"
        request = {"name": name, "definition": json.dumps(machine), "roleArn": ROLE}
        _, _, body = self.service._create_state_machine(request)
        return str(json.loads(body)["stateMachineArn"]), name


class Moto:
    """Its interpreter, called through boto3 in this process."""

    cycles = 1_000  # it needs most of a second for these

    def __init__(self) -> None:
        import boto3

        # By name: moto is not installed where types are checked.
        mock_aws = importlib.import_module("moto").mock_aws
        self.mock = mock_aws(config={"stepfunctions": {"execute_state_machine": True}})
        self.mock.start()
        self.client = boto3.client(
            "stepfunctions",
            region_name="us-east-1",
            aws_access_key_id="any",
            aws_secret_access_key="any",
        )

    def run(self, machine: Json, given: Any) -> float:
        """Return the seconds of one execution."""
        arn = self._create(machine)
        begun = time.perf_counter()
        started = self.client.start_execution(stateMachineArn=arn, input=json.dumps(given))["executionArn"]
        while (found := self.client.describe_execution(executionArn=started))["status"] == "RUNNING":
            time.sleep(0.002)
        if found["status"] != "SUCCEEDED":
            raise RuntimeError(f"moto: {found['status']}")
        return time.perf_counter() - begun

    def threads_of_waiting(self, count: int) -> int:
        """Return the threads that so many waiting executions add."""
        arn = self._create(WAIT)
        before = threading.active_count()
        for _ in range(count):
            self.client.start_execution(stateMachineArn=arn, input="{}")
        return threading.active_count() - before

    def _create(self, machine: Json) -> str:
        name = f"m{time.perf_counter_ns()}"
        request = {"name": name, "definition": json.dumps(machine), "roleArn": ROLE}
        return str(self.client.create_state_machine(**request)["stateMachineArn"])
