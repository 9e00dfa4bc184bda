from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from tests.unit.cli_fixtures import StubbedAws
from tests.unit.runs.run_records import ARN, BEGAN, MACHINE, NAME, execution

from batchyard.environments import Environment
from batchyard.errors import UsageError
from batchyard.runs.executions import find, recent, wait, workflow_of


def test_waiting_pauses_longer_and_longer_up_to_ten_seconds(dev: Environment, stubs: StubbedAws) -> None:
    pauses: list[float] = []
    for _ in range(14):
        stubs["stepfunctions"].add_response("describe_execution", execution("RUNNING"), {"executionArn": ARN})
    stubs["stepfunctions"].add_response("describe_execution", execution("ABORTED"), {"executionArn": ARN})
    assert wait(dev, ARN, sleep=pauses.append)["status"] == "ABORTED"
    assert pauses == sorted(pauses)
    assert pauses[0] == 0.2
    assert pauses[-1] == 10.0
    assert all(later <= 1.5 * earlier + 1e-9 for earlier, later in pairwise(pauses))


def test_waiting_gives_up_after_its_time(dev: Environment, stubs: StubbedAws) -> None:
    stubs["stepfunctions"].add_response("describe_execution", execution("RUNNING"), {"executionArn": ARN})
    assert wait(dev, ARN, timeout_seconds=0)["status"] == "RUNNING"


def test_a_run_is_found_by_its_name_or_its_arn(dev: Environment, stubs: StubbedAws) -> None:
    for wanted in (NAME, ARN):
        stubs["stepfunctions"].add_response("describe_execution", execution(), {"executionArn": ARN})
        assert find(dev, wanted)["executionArn"] == ARN


def test_an_unknown_run_is_told(dev: Environment, stubs: StubbedAws) -> None:
    stubs["stepfunctions"].add_client_error("describe_execution", "ExecutionDoesNotExist")
    with pytest.raises(
        UsageError, match="environment dev has no run x\n  list them: batchyard run list --env dev"
    ):
        find(dev, "x")


def test_runs_are_listed_newest_first(dev: Environment, stubs: StubbedAws) -> None:
    two = [execution(startDate=BEGAN + timedelta(minutes=at)) for at in (1, 2)]
    asked = {"stateMachineArn": MACHINE, "statusFilter": "SUCCEEDED", "maxResults": 5}
    stubs["stepfunctions"].add_response("list_executions", {"executions": two}, asked)
    assert recent(dev, status="SUCCEEDED", limit=5) == two[::-1]


def test_a_workflow_that_is_not_applied_has_no_runs(dev: Environment, stubs: StubbedAws) -> None:
    stubs["stepfunctions"].add_client_error("list_executions", "StateMachineDoesNotExist")
    assert recent(dev) == []


@pytest.mark.parametrize("wrong", [{"status": "DONE"}, {"workflow": "genome"}])
def test_filters_that_do_not_exist_are_refused(dev: Environment, wrong: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        recent(dev, **wrong)  # type: ignore[arg-type]


def test_an_execution_belongs_to_the_workflow_of_its_machine(dev: Environment) -> None:
    assert workflow_of(dev, ARN) == "exome"
    assert workflow_of(dev, ARN.replace("dev-exome", "dev-exome-poll")) == "exome-poll"
