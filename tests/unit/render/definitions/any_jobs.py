"""Jobs of every kind, as random as the rules let them be, and jobs with one thing changed."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from batchyard.manifest.jobs.fargate import SIZES
from batchyard.manifest.jobs.linux import TmpfsOption, UlimitName

Job = dict[str, Any]
Place = tuple[str | int, ...]
SECRET = "arn:aws:secretsmanager:{region}:{account}:secret:x-AbCdEf"

_TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=12)
_NAME = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)
_PAIRS = [(vcpus, memory) for vcpus, sizes in SIZES.items() for memory in sizes]
_LIMIT = st.integers(1, 2**20).map(lambda hard: {"soft": hard // 2, "hard": hard})


def _some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Job]:
    return st.fixed_dictionaries({}, optional=fields)


def _literals(kind: Any) -> st.SearchStrategy[str]:
    return st.sampled_from(kind.__args__)


_PROCESS = _some(
    command=st.lists(st.one_of(_TEXT, st.just("Ref::input"), st.just("Ref::memory")), max_size=3),
    environment=st.dictionaries(_NAME, st.sampled_from(["1", "a b", "ü", ""]), max_size=3),
)
_ANYWHERE = _some(
    user=st.sampled_from(["app", "10001:10001"]),
    secrets=st.dictionaries(st.sampled_from(["KEY_A", "KEY_B"]), st.just(SECRET), max_size=2),
    readonly_root=st.booleans(),
    init=st.booleans(),
    log=st.fixed_dictionaries(
        {"driver": st.sampled_from(["awslogs", "splunk"])},
        optional={"secret_options": st.just({"splunk-token": SECRET})},
    ),
)
_HOST = _some(
    scratch=st.booleans(),
    shared_memory=st.integers(1, 4096),
    tmpfs=st.lists(
        st.fixed_dictionaries(
            {"path": st.sampled_from(["/tmp", "/run"]), "size": st.integers(1, 512)},
            optional={"options": st.lists(_literals(TmpfsOption), max_size=2)},
        ),
        max_size=2,
        unique_by=lambda each: each["path"],
    ),
    swap=st.fixed_dictionaries({"max": st.integers(0, 4096)}, optional={"swappiness": st.integers(0, 100)}),
    devices=st.lists(st.just({"host": "/dev/fuse", "permissions": ["READ"]}), max_size=1),
    ulimits=st.dictionaries(_literals(UlimitName), _LIMIT, max_size=2),
    privileged=st.just(False),
)
_IMAGE: st.SearchStrategy[Job] = st.sampled_from(
    [
        {"image": "tool"},
        {"image_uri": "public.ecr.aws/x/y:1.0", "allow_root": True},
        {"image_uri": "registry.example.com/y:1.0", "user": "9:9", "repository_credentials": SECRET},
    ]
)
_WHOLE = st.fixed_dictionaries({"vcpus": st.integers(1, 64), "memory": st.integers(4, 2**20)})
_VOLUMES: st.SearchStrategy[Job] = st.sampled_from(
    [
        {},
        {"volumes": {"v": {}}, "mounts": [{"volume": "v", "path": "/v"}]},
        {
            "volumes": {"v": {"efs": {"file_system": "fs-0123456789abcdef0", "iam": True}}},
            "mounts": [{"volume": "v", "path": "/v", "readonly": True}],
        },
    ]
)
_COMMON = st.fixed_dictionaries(
    {"timeout": st.sampled_from(["1m", "6h", "7d"]), "parameters": st.just({"input": "s3://x"})},
    optional={
        "retry": st.sampled_from(["spot", "none", {"attempts": 1}]),
        "scheduling_priority": st.integers(0, 9999),
        "tags": st.dictionaries(_NAME, _NAME, max_size=2),
    },
)


def _joined(*parts: st.SearchStrategy[Job], **fixed: Any) -> st.SearchStrategy[Job]:
    return st.tuples(*parts).map(lambda found: {key: each[key] for each in found for key in each} | fixed)


_ON_EC2 = _joined(_PROCESS, _ANYWHERE, _HOST, _WHOLE, _IMAGE)
_ALONE = _joined(_ON_EC2, _VOLUMES)
_FARGATE = _some(
    public_ip=st.booleans(),
    ephemeral_storage=st.integers(21, 200),
    platform_version=st.sampled_from(["LATEST", "1.4.0"]),
    architecture=st.sampled_from(["X86_64", "ARM64"]),
)
_SIZE: st.SearchStrategy[Job] = st.sampled_from(_PAIRS).map(
    lambda pair: {"vcpus": pair[0], "memory": pair[1]}
)
_ON_FARGATE = _joined(_PROCESS, _ANYWHERE, _IMAGE)


def _task(containers: st.SearchStrategy[Job], **fixed: Any) -> st.SearchStrategy[Job]:
    def ordered(found: list[Job]) -> Job:
        # Each but the first waits for the first to start, which is the one whose end is the job's.
        first, *others = (f"c{index}" for index in range(len(found)))
        waits = {name: {"depends_on": {first: "START"}, "essential": False} for name in others}
        named = zip([first, *others], found, strict=True)
        return {"containers": {name: each | waits.get(name, {}) for name, each in named}} | fixed

    return st.lists(containers, min_size=1, max_size=3).map(ordered)


def _shared(size: tuple[float, int], number: int) -> tuple[float, int] | None:
    vcpus, memory = size[0] / number, size[1] // number
    return (vcpus, memory) if vcpus >= 0.25 and memory * number == size[1] else None


_ON_FARGATE_TASK = st.tuples(
    st.sampled_from([pair for pair in _PAIRS if _shared(pair, 2)]), st.tuples(_ON_FARGATE, _ON_FARGATE)
).map(
    lambda found: {
        "containers": {
            f"c{index}": each | {"vcpus": found[0][0] / 2, "memory": found[0][1] // 2}
            for index, each in enumerate(found[1])
        }
    }
)
_POD = _joined(
    _PROCESS,
    _some(
        user=st.just("10001:10001"),
        readonly_root=st.booleans(),
        pull_policy=st.sampled_from(["Always", "Never"]),
    ),
    st.fixed_dictionaries(
        {"vcpus": st.integers(1, 64).map(lambda quarters: quarters / 4), "memory": st.integers(4, 2**16)}
    ),
    image="tool",
)

VALID: st.SearchStrategy[Job] = st.one_of(
    _joined(_COMMON, _ALONE, queue="high"),
    _joined(_COMMON, _ALONE, queue="gpu", kind="gpu", gpus=1),
    _joined(_COMMON, _ALONE, queue="high", kind="array", size=10),
    _joined(_COMMON, _ON_FARGATE, _SIZE, _FARGATE, _VOLUMES, queue="fargate", kind="fargate"),
    _joined(_COMMON, _task(_ON_EC2), queue="high", kind="multi-container"),
    _joined(_COMMON, _ON_FARGATE_TASK, _FARGATE, queue="fargate", kind="multi-container", platform="fargate"),
    _joined(
        _COMMON,
        st.tuples(_ALONE, _ALONE).map(lambda pair: {"ranges": {"0": pair[0], "1:": pair[1]}}),
        queue="on-demand",
        kind="multi-node",
        nodes=4,
    ),
    _joined(
        _COMMON,
        st.dictionaries(_NAME, _POD, min_size=1, max_size=3).map(
            lambda found: {"pod": {"containers": found}}
        ),
        queue="eks",
        kind="eks",
    ),
)

# Values that are of no use to most keys: of other types, empty, huge, or of another form than any.
ODD = st.one_of(
    st.sampled_from(
        [
            None,
            "",
            " ",
            "Ref::",
            "{nothing}",
            "{",
            "a" * 9000,
            0,
            -1,
            2**31,
            10**400,
            1e308,
            0.3,
            [],
            {},
            "0:0",
        ]
    ),
    st.sampled_from(
        [[None], [[]], [{}], {"": ""}, {"a": None}, {"A=B": "1"}, {"aws:x": "y"}, "/", "\0", ":"]
    ),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXT,
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_TEXT, inner, max_size=2),
        max_leaves=4,
    ),
)


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """Yield the place of everything in a document but the document itself."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield (*at, key)
        yield from places(each, (*at, key))


def put(job: Job, place: Place, value: Any) -> Job:
    """Return a job with another value at a place."""
    found = copy.deepcopy(job)
    inner: Any = found
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return found
