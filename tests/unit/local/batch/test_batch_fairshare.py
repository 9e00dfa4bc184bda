"""Fair share: weights, decay, reservation, priorities within a share, the order of the snapshot."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.local.batch.fakes import SCOPE, Client, FakeHost, vcpus

from batchyard.local.batch import BatchEngine, EngineSettings
from batchyard.local.batch.fairshare import MOST_ACTIVE, Policy, Use, may_join
from batchyard.local.batch.ledger import Ledger, now_ms
from batchyard.local.batch.lines import Fair, Fifo
from batchyard.local.batch.model import RUNNABLE, RUNNING, SUCCEEDED, Attempt, Job, JobSpec

QUEUE = "arn:aws:batch:us-east-1:000000000000:job-queue/shared"


class Bench:
    """A fair line of jobs that run for as long as the test says, on a clock of its own."""

    def __init__(self, **policy: Any) -> None:
        self.ledger = Ledger(lambda _: None, lambda *_: None)
        self.now = 1000.0
        self.policy = {"fairsharePolicy": policy}
        self.line = Fair(self.ledger, QUEUE, 1.0, lambda: self.now)
        self.line.refresh(self.policy)

    def job(self, share: str, cores: float = 1, priority: int | None = None) -> Job:
        job = self.known(share, cores, priority)
        job.status = RUNNABLE
        self.line.push(job)
        return job

    def known(self, share: str, cores: float = 1, priority: int | None = None) -> Job:
        number = self.ledger.next_seq()
        spec = JobSpec(
            *(str(number), SCOPE, "j", QUEUE, "d", "d", cores, 0, {}), share=share, priority=priority
        )
        job = Job(str(number), number, spec)
        self.ledger.index(job)
        return job

    def start(self) -> Job | None:
        """Start the job that is next."""
        if (head := self.line.head()) is None:
            return None
        job = self.ledger.jobs[head[1]]
        job.status = RUNNING
        job.attempts += (Attempt("t", "ce"),)
        self.line.pop()
        return job

    def end(self, job: Job, seconds: float = 0.0) -> None:
        self.now += seconds
        self.line.refresh(self.policy)
        job.status = SUCCEEDED
        self.line.refresh(self.policy)

    def fill(self, jobs: int) -> Counter[str]:
        """Return how many of the next jobs are of each share."""
        return Counter(str(job.spec.share) for _ in range(jobs) if (job := self.start()))


def weights(**factors: float) -> list[dict[str, Any]]:
    return [{"shareIdentifier": name, "weightFactor": factor} for name, factor in factors.items()]


def test_weight_of_a_share_of_a_prefix_and_the_default() -> None:
    # https://docs.aws.amazon.com/batch/latest/APIReference/API_ShareAttributes.html
    shares = [*weights(teamA=0.5, other=2.0), {"shareIdentifier": "user*", "weightFactor": 0.125}]
    policy = Policy.of({"fairsharePolicy": {"shareDistribution": shares}}, 1.0)
    assert [policy.weight(each) for each in ("teamA", "user7", "user", "teamB")] == [0.5, 0.125, 0.125, 1.0]
    assert (
        Policy.of({"fairsharePolicy": {"shareDistribution": [{"shareIdentifier": "a"}]}}, 1.0).weight("a")
        == 1
    )


def test_window_is_ten_minutes_unless_given_and_in_the_time_of_the_engine() -> None:
    # "A value of zero (0) indicates the default minimum time window (600 seconds)":
    # https://docs.aws.amazon.com/batch/latest/APIReference/API_FairsharePolicy.html
    assert Policy.of({"fairsharePolicy": {"shareDecaySeconds": 0}}, 1.0).window == 600
    assert Policy.of({"fairsharePolicy": {"shareDecaySeconds": 3600}}, 0.01).window == 36
    assert Policy.of(None, 1.0) == Policy()


# The figures of https://docs.aws.amazon.com/batch/latest/APIReference/API_FairsharePolicy.html
@pytest.mark.parametrize(
    ("percent", "active", "part"),
    [(50, 1, 0.5), (50, 2, 0.25), (50, 3, 0.125), (25, 1, 0.25), (25, 2, 0.0625), (25, 3, 0.0156), (0, 1, 0)],
)
def test_reserved_part(percent: int, active: int, part: float) -> None:
    assert Policy(reservation=percent).reserved(active) == pytest.approx(part, abs=1e-4)


def test_an_eighth_of_the_weight_gets_eight_times_as_much() -> None:
    # https://docs.aws.amazon.com/batch/latest/userguide/fair-share-scheduling.html
    bench = Bench(shareDistribution=weights(a=1.0, b=0.125))
    for _ in range(400):
        bench.job("a"), bench.job("b")
    started = bench.fill(360)
    assert started["b"] / started["a"] == pytest.approx(8, rel=0.05)


@settings(max_examples=10, deadline=None)
@given(
    st.lists(st.sampled_from([0.25, 0.5, 1.0, 2.0, 4.0]), min_size=2, max_size=4),
    st.sampled_from([60, 600, 3600]),
    st.lists(st.integers(1, 300), min_size=4, max_size=12),
)
def test_use_converges_to_the_inverse_weights(factors: list[float], decay: int, durations: list[int]) -> None:
    names = [f"s{number}" for number in range(len(factors))]
    shares = weights(**dict(zip(names, factors, strict=True)))
    bench = Bench(shareDecaySeconds=decay, shareDistribution=shares)
    slots, used = 40, Counter[str]()
    for name in names:
        for _ in range(slots * 30):
            bench.job(name)
    running = [job for _ in range(slots) if (job := bench.start())]
    for turn in range(slots * 20):
        seconds = durations[turn % len(durations)] / slots
        for job in running:
            used[str(job.spec.share)] += seconds  # type: ignore[assignment]
        bench.end(running.pop(0), seconds)
        running.append(job) if (job := bench.start()) else None
    expected = sum(1 / factor for factor in factors)
    for name, factor in zip(names, factors, strict=True):
        part = used[name] / used.total()
        assert part == pytest.approx(1 / factor / expected, rel=0.2, abs=0.03)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 8), st.integers(0, 9)), max_size=40))
def test_every_job_starts_and_within_a_share_by_priority_then_age(jobs: list[tuple[str, int, int]]) -> None:
    bench = Bench(shareDistribution=weights(a=0.001, b=1.0, c=900.0))
    for share, cores, priority in jobs:
        bench.job(share, cores, priority)
    shown = [job.id for job in bench.line.first(100)]
    started = [job for _ in jobs if (job := bench.start())]
    assert len(started) == len(jobs)
    assert bench.line.head() is None
    assert shown == [job.id for job in started]
    for share in "abc":
        own = [(-(job.spec.priority or 0), job.seq) for job in started if job.spec.share == share]
        assert own == sorted(own)


@given(st.sets(st.integers(0, 8)))
def test_jobs_that_ended_while_they_waited_are_passed_by(cancelled: set[int]) -> None:
    bench = Bench()
    jobs = [bench.job("abc"[number % 3], priority=number % 2) for number in range(9)]
    for number in cancelled:
        jobs[number].status = SUCCEEDED
    left = {job.id for number, job in enumerate(jobs) if number not in cancelled}
    shown = [job.id for job in bench.line.first(100)]
    started = [job.id for _ in left if (job := bench.start())]
    assert shown == started
    assert set(started) == left
    assert bench.start() is None


def test_recent_use_counts_and_is_forgotten_after_the_window() -> None:
    bench = Bench(shareDecaySeconds=600)
    bench.job("a", cores=4)
    first = bench.start()
    assert first is not None
    bench.end(first, seconds=300)
    bench.job("a"), bench.job("b"), bench.job("a")
    second = bench.start()
    assert second is not None
    assert second.spec.share == "b", "b has used nothing, though a's job is older"
    bench.end(second)
    bench.now += 601
    bench.line.refresh(bench.policy)
    assert [job.spec.share for job in bench.line.first(2)] == ["a", "a"], "by age once all use is forgotten"


def test_later_use_weighs_more() -> None:
    # "The decay allows for more recently run jobs to have more weight than jobs that ran earlier."
    def after(pause: float) -> float:
        use = Use(0.0, now=4.0)
        use.advance(100.0, 600.0)
        use.now = 0.0
        use.advance(100.0 + pause, 600.0)
        return use.average

    assert after(0) > after(100) > after(500) > 0


@given(st.floats(0, 500), st.floats(0, 500), st.floats(0.1, 64))
def test_past_use_counts_as_if_it_had_been_watched(begun: float, length: float, cores: float) -> None:
    watched = Use(begun, now=cores)
    watched.advance(begun + length, 600.0)
    watched.now = 0.0
    watched.advance(1000.0, 600.0)
    recalled = Use(1000.0)
    recalled.past(cores, begun, begun + length, 600.0)
    assert math.isclose(watched.average, recalled.average, rel_tol=1e-6, abs_tol=1e-9)


def test_use_outlives_a_restart() -> None:
    bench = Bench()
    ended, now = bench.known("a", cores=4), now_ms()
    ended.status = SUCCEEDED
    ended.attempts = (Attempt("t", "ce", started=now - 200_000, stopped=now - 1_000),)
    bench.line = Fair(bench.ledger, QUEUE, 1.0, lambda: bench.now)
    bench.line.refresh(bench.policy)
    bench.job("a"), bench.job("b")
    job = bench.start()
    assert job is not None
    assert job.spec.share == "b"


def test_no_more_than_500_active_shares() -> None:
    # https://docs.aws.amazon.com/batch/latest/APIReference/API_CreateJobQueue.html
    bench = Bench()
    jobs = [bench.job(f"s{number}") for number in range(MOST_ACTIVE)]
    assert may_join(jobs, "s0")
    assert not may_join(jobs, "new")
    jobs[3].status = SUCCEEDED
    assert may_join(jobs, "new")


@given(st.lists(st.integers(1, 8), max_size=20))
def test_without_a_policy_it_is_first_in_first_out(cores: list[int]) -> None:
    bench = Bench()
    line = Fifo(bench.ledger.jobs)
    jobs = [bench.job("a", each) for each in cores]
    for job in reversed(jobs):
        line.push(job)
    assert line.first(100) == jobs
    for job in jobs:
        assert line.head() == (job.seq, job.id)
        line.pop()
    assert line.head() is None


@contextmanager
def shared(folder: Path, max_vcpus: int, **policy: Any) -> Iterator[Client]:
    """Yield a client of an engine with one fair-share queue, whose jobs take a minute."""
    engine = BatchEngine(folder, FakeHost(), EngineSettings(executor="simulated", seconds=60))
    engine.start()
    client = Client(engine)
    client.environment(maxvCpus=max_vcpus)
    arn = client.call("CreateSchedulingPolicy", name="fair", fairsharePolicy=policy)["arn"]
    client.queue("shared", schedulingPolicyArn=arn)
    client.definition()
    try:
        yield client
    finally:
        engine.stop()


def submit(client: Client, share: str, cores: int = 1, **more: Any) -> str:
    overrides = vcpus(cores)
    return client.submit(queue="shared", shareIdentifier=share, containerOverrides=overrides, **more)


def front(client: Client, most: int) -> list[str]:
    """Return the ids at the front of the queue, once so many jobs wait there."""

    def look() -> list[str]:
        found = client.call("GetJobQueueSnapshot", jobQueue="shared")["frontOfQueue"]["jobs"]
        return [each["jobArn"].rpartition("/")[2] for each in found]

    return list(client.until(look, lambda found: len(found) == most))


def test_snapshot_is_in_the_order_of_dispatch_and_tells_what_is_used(tmp_path: Path) -> None:
    with shared(tmp_path, 2) as client:
        client.reached(submit(client, "a", 2), "RUNNING")
        older, newer = submit(client, "a"), submit(client, "b")
        urgent = submit(client, "a", schedulingPriorityOverride=5)
        assert front(client, 3) == [newer, urgent, older]
        found = client.call("GetJobQueueSnapshot", jobQueue="shared")["queueUtilization"]
        used = [{"capacityUnit": "VCPU", "quantity": 2.0}]
        assert found["totalCapacityUsage"] == used
        top = [{"shareIdentifier": "a", "capacityUsage": used}]
        assert found["fairshareUtilization"] == {"activeShareCount": 1, "topCapacityUtilization": top}


def test_reservation_leaves_room_for_a_share_that_comes_later(tmp_path: Path) -> None:
    with shared(tmp_path, 8, computeReservation=50) as client:
        first = [submit(client, "a") for _ in range(8)]
        client.reached(first[3], "RUNNING")
        assert front(client, 4) == first[4:]
        # Two active shares: 50% of 50% is kept, so two of the four that were kept become free, for b.
        array = submit(client, "b", arrayProperties={"size": 4})
        client.reached(f"{array}:1", "RUNNING")
        assert sorted(front(client, 6)) == sorted([f"{array}:2", f"{array}:3", *first[4:]])


def test_a_job_larger_than_what_the_reservation_leaves_starts_in_an_empty_environment(tmp_path: Path) -> None:
    with shared(tmp_path, 4, computeReservation=50) as client:
        client.reached(submit(client, "a", 4), "RUNNING")


def test_policy_may_be_swapped_while_jobs_wait(tmp_path: Path) -> None:
    with shared(tmp_path, 2, shareDistribution=weights(a=1.0, b=4.0)) as client:
        for share in "ab":
            client.reached(submit(client, share), "RUNNING")
        first, second = submit(client, "a"), submit(client, "b")
        assert front(client, 2) == [first, second]
        favour = {"shareDistribution": weights(a=4.0, b=1.0)}
        other = client.call("CreateSchedulingPolicy", name="other", fairsharePolicy=favour)["arn"]
        client.call("UpdateJobQueue", jobQueue="shared", schedulingPolicyArn=other)
        assert front(client, 2) == [second, first]


def test_the_share_after_the_last_one_is_refused(tmp_path: Path) -> None:
    with shared(tmp_path, 1) as client:
        for number in range(MOST_ACTIVE):
            submit(client, f"s{number}")
        payload = {"jobName": "j", "jobQueue": "shared", "jobDefinition": "align", "shareIdentifier": "new"}
        payload |= {"schedulingPriorityOverride": 0}
        refusal = client.refusal("SubmitJob", **payload)
        assert "JobQueue shared has 500 active share identifiers: 'new' can be added once one" in refusal


def test_a_queue_made_anew_under_the_name_of_a_deleted_one_is_of_its_own_kind(tmp_path: Path) -> None:
    with shared(tmp_path, 2) as client:
        client.reached(submit(client, "a", 2), "RUNNING")
        waiting = submit(client, "a")
        client.call("UpdateJobQueue", jobQueue="shared", state="DISABLED")
        client.call("DeleteJobQueue", jobQueue="shared")
        assert client.ended(waiting)["status"] == "FAILED"
        client.queue("shared")
        client.reached(client.submit(queue="shared", containerOverrides=vcpus(2)), "RUNNING")
        ids = [client.submit(queue="shared", schedulingPriorityOverride=each) for each in (1, 9)]
        assert front(client, 2) == ids, "first in, first out, whatever the priority"


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 4)), min_size=1, max_size=12))
def test_every_job_ends(tmp_path_factory: pytest.TempPathFactory, jobs: list[tuple[str, int]]) -> None:
    host, folder = FakeHost(), tmp_path_factory.mktemp("engine")
    engine = BatchEngine(folder, host, EngineSettings(executor="simulated", seconds=0.001, time_scale=0.01))
    engine.start()
    client = Client(engine)
    client.environment(maxvCpus=4)
    policy = {"computeReservation": 50, "shareDistribution": weights(a=0.01, b=100.0)}
    arn = client.call("CreateSchedulingPolicy", name="fair", fairsharePolicy=policy)["arn"]
    client.queue("shared", schedulingPolicyArn=arn)
    client.definition()
    try:
        ids = [submit(client, share, cores) for share, cores in jobs]
        assert {client.ended(each)["status"] for each in ids} == {"SUCCEEDED"}
    finally:
        engine.stop()
