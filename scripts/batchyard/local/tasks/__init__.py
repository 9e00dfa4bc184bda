"""What a Task does in the local environment: Step Functions' integrations, with the machine's own role."""

from __future__ import annotations

from batchyard.local.tasks.runner import LocalRunner
from batchyard.local.tasks.services import Services

__all__ = ["LocalRunner", "Services"]
