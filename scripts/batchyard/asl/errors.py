"""Errors of executions, as Retry and Catch see them.

Names: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from __future__ import annotations

ALL = "States.ALL"
TASK_FAILED = "States.TaskFailed"
TIMEOUT = "States.Timeout"
HEARTBEAT_TIMEOUT = "States.HeartbeatTimeout"
RUNTIME = "States.Runtime"
DATA_LIMIT = "States.DataLimitExceeded"
PERMISSIONS = "States.Permissions"
NO_CHOICE = "States.NoChoiceMatched"
BRANCH_FAILED = "States.BranchFailed"
INTRINSIC_FAILURE = "States.IntrinsicFailure"
PARAMETER_PATH = "States.ParameterPathFailure"
RESULT_PATH = "States.ResultPathMatchFailure"
QUERY = "States.QueryEvaluationError"
ITEM_READER_FAILED = "States.ItemReaderFailed"
RESULT_WRITER_FAILED = "States.ResultWriterFailed"
TOLERATED_FAILURES = "States.ExceedToleratedFailureThreshold"


class StatesError(Exception):
    """A state failed.

    Args:
        error: its name, which Retry and Catch match.
        cause: why, in the service's wording; None where the service gives none.
        also: a further name by which Retry and Catch match it.
    """

    def __init__(self, error: str | None, cause: str | None = None, also: str | None = None) -> None:
        super().__init__(f"{error}: {cause}")
        self.error, self.cause, self.also = error, cause, also


class QueryError(StatesError):
    """An expression or a path could not be evaluated; the history shows it as EvaluationFailed.

    Args:
        location: the field, as `Arguments/Key[0]` or `Choices[0]/Condition`; empty where the service
            gives none.
    """

    def __init__(self, cause: str, location: str = "", error: str = QUERY) -> None:
        super().__init__(error, cause)
        self.location = location
