"""An engine with jobs of several containers and nodes in a process of its own, for a test to kill.

argv: state folder, and a file by which the first attempts know that they are the first while it is missing.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from tests.unit.local.batch.engine_process import SPOT
from tests.unit.local.batch.fakes import Client, FakeHost
from tests.unit.local.batch.shapes import after, by_name, output, several, shell, spread

from batchyard.local.batch import BatchEngine, EngineSettings


def main(state: Path, flag: Path) -> None:
    host = FakeHost()
    engine = BatchEngine(state, host, EngineSettings(image_map={"host": {"host": True}}))
    engine.start()
    client = Client(engine)
    client.environment(maxvCpus=8)
    client.queue()
    wait = f"echo $$; [ -e {flag} ] || sleep 60"
    several(
        client,
        init=shell(wait, essential=False),
        main=shell("true", dependsOn=after("init:SUCCESS")),
        name="init",
    )
    several(client, main=shell(wait), side=shell("echo $$; sleep 60", essential=False), name="both")
    spread(client, 2, _0=f"{wait}; sleep 0.2", _1="echo $$; sleep 60", name="nodes")
    spread(
        client,
        2,
        _0="sleep 0.2",
        _1="trap 'echo told' TERM; echo $$; while :; do sleep 0.1; done",
        name="closing",
    )
    jobs = [client.submit(definition=name, retryStrategy=SPOT) for name in ("init", "both", "nodes")]
    closing = client.submit(definition="closing")
    client.until(lambda: by_name(client.job(jobs[0]))["init"], lambda each: "logStreamName" in each)
    containers = [by_name(client.job(jobs[0]))["init"], *by_name(client.reached(jobs[1], "RUNNING")).values()]
    for each in (jobs[2], closing):
        containers += [client.reached(f"{each}#{number}", "RUNNING")["container"] for number in (0, 1)]
    last = containers[-1]
    client.until(lambda: output(host, last), lambda lines: "told" in lines)
    pids = [client.until(lambda each=each: output(host, each), bool)[0] for each in (*containers[:5], last)]
    sys.stdout.write(" ".join([*jobs, closing, *pids]) + "\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
