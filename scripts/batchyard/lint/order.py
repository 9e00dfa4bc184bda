"""A dependency names a job whose id the run knows by then: BY212.

Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_JobDependency.html; the id is that of a job
which exists already, so two jobs can not wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Set

from batchyard import asl
from batchyard.lint.registry import Hit, Subject, rule
from batchyard.lint.submissions import submissions, waited_for


@rule(
    "BY212",
    "error",
    "a dependency on a job that need not have been submitted by then",
    fix="submit that job in an earlier state of every path, or leave it out of depends_on",
)
def unsubmitted_dependency(subject: Subject) -> Iterator[Hit]:
    found = list(submissions(subject))
    for each in found:
        for index, item in enumerate(asl.as_list(each.request.get("dependsOn"))):
            other = waited_for(asl.as_dict(item))
            if other is None or other not in subject.jobs:
                continue
            submitting = {
                every.state.path for every in found if any(key == other for key, _ in every.jobs(subject))
            }
            way = _way_without(each.state, submitting)
            if way is not None:
                message = (
                    f"job {other} is not submitted before {each.state.name} on the path {' -> '.join(way)}"
                )
                yield Hit(each.at("dependsOn", index), each.state.name, message)


def _way_without(state: asl.State, avoided: Set[str]) -> list[str] | None:
    """Return the names of the states on a way to a state, itself the last; None if all ways are barred.

    Args:
        state: where the way leads to, from the machine's start on.
        avoided: JSON pointers of states that bar it, as does a state that has one of them inside.
    """
    way: list[str] = []
    inner: asl.State | None = state
    while inner is not None:
        found = _shortest(inner, avoided)
        if found is None:
            return None
        way = [*found, *way]
        inner = inner.scope.owner
    return way


def _shortest(goal: asl.State, avoided: Set[str]) -> list[str] | None:
    scope = goal.scope
    first = scope.named(scope.start)
    ways = {first.name: [first.name]} if first else {}
    waiting = [first] if first else []
    for state in waiting:  # grows while it is read: the nearest states first
        if state.name == goal.name:
            return ways[state.name]
        if any(path == state.path or path.startswith(f"{state.path}/") for path in avoided):
            continue
        for edge in state.edges:
            following = scope.named(edge.target)
            if following and following.name not in ways:
                ways[following.name] = [*ways[state.name], following.name]
                waiting.append(following)
    return None
