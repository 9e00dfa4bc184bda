"""An engine that stops while tasks run that do not want to end."""

from __future__ import annotations

import time

from tests.unit.local.batch.conftest import MakeClient
from tests.unit.local.batch.fakes import FakeHost
from tests.unit.local.batch.shapes import by_name, output, several, shell
from tests.unit.local.batch.test_batch_process import _alive

GRACE = 1.0


def test_stubborn_containers_get_one_grace_together(make: MakeClient, host: FakeHost) -> None:
    client = make(image_map={"host": {"host": True}}, stop_grace_seconds=GRACE)
    client.environment()
    client.queue()
    script = "trap '' TERM; echo $$; setsid sleep 60 >&- 2>&- & echo $!; while :; do sleep 0.1; done"
    several(
        client,
        main=shell(script),
        **{f"side{number}": shell(script, essential=False) for number in range(3)},
    )
    pids = []
    for _ in range(2):
        job = client.reached(client.submit(definition="several"), "RUNNING")
        for container in by_name(job).values():
            pids += client.until(lambda each=container: output(host, each), lambda lines: len(lines) == 2)
    assert len(set(pids)) == 16
    begun = time.monotonic()
    client.engine.stop()
    # One after the other they would take eight times the grace.
    assert time.monotonic() - begun < 4 * GRACE
    assert not [pid for pid in pids if _alive(int(pid))]
    client.engine.start()
