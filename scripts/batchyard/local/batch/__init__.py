"""A real, embeddable AWS Batch for one machine: control plane, scheduler and executors.

It depends on nothing of the emulator around it: what it needs of other services it asks
of a `Host` (logs, events, credentials).
"""

from batchyard.local.batch.engine import BatchEngine
from batchyard.local.batch.host import CredentialsError, Host, Scope
from batchyard.local.batch.settings import EngineSettings

__all__ = ["BatchEngine", "CredentialsError", "EngineSettings", "Host", "Scope"]
