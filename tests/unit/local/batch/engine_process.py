"""An engine in a process of its own, for a test to kill: argv are state folder and command."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from tests.unit.local.batch.fakes import Client, FakeHost

from batchyard.local.batch import BatchEngine, EngineSettings

SPOT = {
    "attempts": 2,
    "evaluateOnExit": [
        {"onStatusReason": "Host EC2*", "action": "RETRY"},
        {"onReason": "*", "action": "EXIT"},
    ],
}


def main(state: Path, script: str) -> None:
    host = FakeHost()
    engine = BatchEngine(state, host, EngineSettings(image_map={"host": {"host": True}}))
    engine.start()
    client = Client(engine)
    client.environment(maxvCpus=2)
    client.queue()
    client.definition("sh", "sh", "-c", script)
    retried = client.submit("retried", definition="sh", retryStrategy=SPOT)
    lost = client.submit("lost", definition="sh")
    waiting = client.submit("waiting", definition="sh", arrayProperties={"size": 2})
    after = client.submit("after", definition="sh", dependsOn=[{"jobId": retried}])
    client.call("UpdateJobQueue", jobQueue="high", priority=5)
    pids = [_first_line(client, host, each) for each in (retried, lost)]
    client.reached(f"{waiting}:1", "RUNNABLE")
    client.reached(after, "PENDING")
    sys.stdout.write(f"{retried} {lost} {waiting} {after} {' '.join(pids)}\n")
    sys.stdout.flush()
    threading.Event().wait()


def _first_line(client: Client, host: FakeHost, job_id: str) -> str:
    job = client.reached(job_id, "RUNNING")
    return str(client.until(lambda: host.output(job), bool)[0])


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
