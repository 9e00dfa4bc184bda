"""Arrays that wait for each other: what N_TO_N dependencies cost the Batch engine.

Two arrays of 2,000 children, the second N_TO_N on the first, against the same two without dependencies. Jobs
are simulated and take no time, so that only the engine is measured. The ratio is the dependents' jobs per
second to the independents'.
"""

from __future__ import annotations

import json
import threading
import time
from typing import Any

from engine import SCOPE, engine_with_queue, submit

from batchyard.local.batch import EngineSettings

SIZE = 2_000
MAX_VCPUS = 64
ROUNDS = 3
# A dependency is a look-up and a counter: it may not cost as much as the job itself.
AIM_RATIO = 0.7


def jobs_per_second(depends: bool) -> float:
    """Return children per second, from the first SubmitJob to the end of both arrays."""
    with engine_with_queue(EngineSettings(executor="simulated"), MAX_VCPUS) as engine:
        begun = time.perf_counter()
        array = {"arrayProperties": {"size": SIZE}}
        first = submit(engine, **array)
        after = {"dependsOn": [{"jobId": first, "type": "N_TO_N"}]} if depends else {}
        parents = [first, submit(engine, **array, **after)]
        done = threading.Semaphore(0)
        for parent in parents:
            engine.wait(SCOPE, parent, lambda _: done.release())
        for _ in parents:
            done.acquire()
        return 2 * SIZE / (time.perf_counter() - begun)


def run() -> dict[str, Any]:
    """Measure both, in turn so that a busy machine slows both; return the best of each, and their ratio."""
    pairs = [(jobs_per_second(depends=False), jobs_per_second(depends=True)) for _ in range(ROUNDS)]
    plain, dependent = (max(each) for each in zip(*pairs, strict=True))
    return {
        f"2 arrays of {SIZE:,}, independent": {"value": plain, "unit": "jobs/s", "aim": "-"},
        f"2 arrays of {SIZE:,}, N_TO_N": {"value": dependent, "unit": "jobs/s", "aim": "-"},
        "N_TO_N to independent": {"value": dependent / plain, "unit": "ratio", "aim": f">= {AIM_RATIO}"},
    }


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
