"""What a submission may ask of each kind of job: array sizes, nodes, dependencies and variables.

Sources: https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html,
https://docs.aws.amazon.com/batch/latest/APIReference/API_NodeOverrides.html,
https://docs.aws.amazon.com/batch/latest/userguide/job_dependencies.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from batchyard.errors import ManifestError
from batchyard.manifest.jobs import AnyJob, ArrayJob, MultiNodeJob
from batchyard.render.submission import Dependency

ARRAY_SIZE = (2, 10_000)
MAX_DEPENDENCIES = 20
N_TO_N, SEQUENTIAL = "N_TO_N", "SEQUENTIAL"
Variables = Mapping[str, str]


def size(key: str, job: AnyJob, asked: int | str | None) -> int | str | None:
    """Return how many children a submission has; None for a job that is no array.

    Args:
        key: the job's key, for messages.
        job: the manifest's job.
        asked: a number, an expression, or None for the manifest's size.

    Raises:
        ManifestError: the job is no array, or Batch takes no array of that size.
    """
    if not isinstance(job, ArrayJob):
        if asked is None:
            return None
        fix = "write kind: array in the manifest, or leave size out"
        raise ManifestError(f"size is of arrays, and job {key} is of kind {job.kind}", fix=fix)
    found = job.size if asked is None else asked
    least, most = ARRAY_SIZE
    if isinstance(found, int) and not least <= found <= most:
        what = f"size of job {key} is {found}, and an array has {least} to {most:,} children"
        raise ManifestError(
            what, fix="submit a single one as a job of kind container, more as several arrays"
        )
    return found


def nodes(key: str, job: AnyJob, asked: int | str | None) -> int | str | None:
    """Return how many nodes a submission asks for; None for as many as the definition has.

    Args: as of `size`.

    Raises:
        ManifestError: the job has no nodes, or their number can not be changed or not to this one.
    """
    if asked is None:
        return None
    if not isinstance(job, MultiNodeJob):
        fix = "write kind: multi-node in the manifest, or leave nodes out"
        raise ManifestError(f"nodes are of multi-node jobs, and job {key} is of kind {job.kind}", fix=fix)
    if not job.is_resizable:
        what = f"nodes of job {key} can not be changed: none of its ranges {', '.join(job.ranges)} is open"
        raise ManifestError(what, fix='end the last range of the manifest with a colon, as in "1:"')
    first = max(int(target.partition(":")[0] or 0) for target in job.ranges)
    least = max(first, job.main_node) + 1
    if isinstance(asked, int) and asked < least:
        what = f"nodes of job {key} is {asked}, and its ranges and main node need {least}"
        raise ManifestError(what, fix=f"write {least} or more")
    return asked


def dependencies(
    key: str, jobs: Mapping[str, AnyJob], children: int | str | None, asked: Mapping[str, str] | None
) -> Sequence[Dependency]:
    """Return what a submission waits for.

    Args:
        key: the job's key.
        jobs: the manifest's, by key.
        children: how many the job has; None if it is no array.
        asked: N_TO_N, SEQUENTIAL or an empty text, by the key of a job that was submitted before; SEQUENTIAL
            goes with the job's own key.

    Raises:
        ManifestError: a job or a type is unknown, or Batch knows no such dependency.
    """
    given = asked or {}
    if len(given) > MAX_DEPENDENCIES:
        what = f"job {key} depends on {len(given)} jobs, at most {MAX_DEPENDENCIES}"
        raise ManifestError(what, fix="let one job wait for some of them, or wait for them in the machine")
    found = []
    for other, kind in given.items():
        if other not in jobs:
            fix = f"the manifest has: {', '.join(jobs)}"
            raise ManifestError(f"depends_on of job {key} names no job: {other}", fix=fix)
        _check_type(key, other, kind, children, jobs[other])
        found.append(Dependency(None if kind == SEQUENTIAL else other, kind))
    return tuple(found)


def _check_type(key: str, other: str, kind: str, children: int | str | None, partner: AnyJob) -> None:
    if kind not in (N_TO_N, SEQUENTIAL, ""):
        what = f"depends_on of job {key} has the type {kind} for {other}"
        raise ManifestError(what, fix=f'write "{N_TO_N}", "{SEQUENTIAL}" or ""')
    if (kind == SEQUENTIAL) != (other == key):
        what = f"{SEQUENTIAL} lets the children of one array run in order, so it goes with the job's own key"
        raise ManifestError(f"depends_on of job {key}: {what}", fix=f'write {{"{key}": "{SEQUENTIAL}"}}')
    if kind and children is None:
        what = f"{kind} is between children of arrays, and job {key} is none"
        raise ManifestError(f"depends_on of job {key}: {what}", fix='write "" to wait for the whole job')
    if kind == N_TO_N and not isinstance(partner, ArrayJob):
        what = f"{N_TO_N} is between arrays, and job {other} is of kind {partner.kind}"
        raise ManifestError(f"depends_on of job {key}: {what}", fix='write "" to wait for the whole job')


def environment(key: str, job: AnyJob, asked: Mapping[str, Any] | None) -> dict[str, Variables]:
    """Return the variables that a submission sets, by container or range of nodes.

    Args:
        key: the job's key.
        job: the manifest's job.
        asked: expressions by variable, for every container; or by container (range of nodes), by variable.

    Raises:
        ManifestError: there is no such container, or a variable is Batch's own.
    """
    given = asked or {}
    owners = [name for name, _ in job.containers] if job.shape != "container" else [""]
    named = {name: value for name, value in given.items() if isinstance(value, Mapping)}
    if named and len(named) < len(given):
        what = f"environment of job {key} mixes variables and containers"
        raise ManifestError(what, fix="name the container of every variable, or of none")
    unknown = sorted(named.keys() - set(owners))
    if unknown:
        what = f"environment of job {key}: there is no container {unknown[0]}"
        raise ManifestError(what, fix=f"the manifest has: {', '.join(filter(None, owners)) or 'one alone'}")
    found = named or (dict.fromkeys(owners, given) if given else {})
    for name in (name for variables in found.values() for name in variables):
        if name.upper().startswith("AWS_BATCH"):
            what = f"environment of job {key}: AWS Batch keeps names that start with AWS_BATCH, as {name}"
            raise ManifestError(what, fix="name it otherwise")
    return dict(found)
