"""Which node of which job this is, as the variables of a multi-node job tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from batchyard_job.variables import text, whole

_MOST_NODES = 1000


@dataclass(frozen=True)
class Node:
    """One node of a job (https://docs.aws.amazon.com/batch/latest/userguide/mnp-env-vars.html).

    Args:
        index: its number, from 0.
        count: how many there are.
        main: the main node's number.
        main_address: the main node's address; empty on the main node, which is not told it.
        is_on_one_machine: all nodes are on this one, as in a local environment, so none listens to others.
    """

    index: int
    count: int
    main: int
    main_address: str
    is_on_one_machine: bool = False

    @classmethod
    def of(cls, variables: Mapping[str, str]) -> Node:
        """Read the variables that Batch sets.

        Raises:
            BadInputError: one is missing or makes no sense: this is no multi-node job.
        """
        count = whole(variables, "AWS_BATCH_JOB_NUM_NODES", least=1, most=_MOST_NODES)
        index, main = (
            whole(variables, f"AWS_BATCH_JOB_{name}_INDEX", least=0, most=count - 1)
            for name in ("NODE", "MAIN_NODE")
        )
        address = "" if index == main else text(variables, "AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS")
        endpoint = urlsplit(variables.get("AWS_ENDPOINT_URL", "")).hostname or ""
        return cls(index, count, main, address, endpoint == "localhost" or endpoint.startswith("127."))

    @property
    def is_main(self) -> bool:
        """Say whether the job ends with this node."""
        return self.index == self.main

    @property
    def right(self) -> int:
        """Return the next node of the ring."""
        return (self.index + 1) % self.count

    @property
    def left(self) -> int:
        """Return the node of the ring before this one."""
        return (self.index - 1) % self.count
