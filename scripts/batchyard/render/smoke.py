"""The smoke test of a bundle: its input and what it expects, with every placeholder filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from batchyard.errors import ManifestError
from batchyard.manifest.marked import read_json, read_text
from batchyard.manifest.workflow import Smoke
from batchyard.paths import project_root, workflow_dir
from batchyard.render.deployment import Deployment

_PLACEHOLDER = re.compile(r"\{([A-Za-z][A-Za-z0-9_.-]*)\}")


def smoke(deployment: Deployment) -> dict[str, Any] | None:
    """Return the smoke test of a workflow, or None if it has none.

    In the input, `{bucket.<key>}` is a bucket's name, `{workflow}` the deployed name and `{data}` where the
    test's data files are uploaded to; in what is expected, the input's fields may be named too.

    Args:
        deployment: the workflow.

    Raises:
        ManifestError: the input is missing, breaks the workflow's schema, or names an unknown placeholder.
    """
    manifest = deployment.manifest.smoke
    if manifest is None:
        return None
    folder = workflow_dir(deployment.folder)
    shown = str((folder / manifest.input).relative_to(project_root()))
    data_s3 = _data_s3(deployment)
    words = {
        **{f"bucket.{key}": deployment.names.bucket(key) for key in deployment.environment.buckets},
        "workflow": deployment.workflow,
        "data": data_s3.rstrip("/"),
    }
    document = _filled(read_json(read_text(folder / manifest.input), shown), words, shown)
    _check(document, deployment, shown)
    data = (folder / manifest.data).relative_to(project_root()).as_posix() if manifest.data else None
    return {
        "input": document,
        "data": data,
        "data_s3": data_s3,
        "expect": _expected(manifest, document, words, deployment.where("smoke")),
        "timeout_seconds": manifest.timeout,
    }


def _data_s3(deployment: Deployment) -> str:
    buckets = deployment.environment.buckets
    if "data" not in buckets:
        known = ", ".join(sorted(buckets)) or "none"
        raise ManifestError(
            "a smoke test needs a bucket with the key data", fix=f"this environment has: {known}"
        )
    return f"s3://{deployment.names.bucket('data')}/smoke/{deployment.workflow}/"


def _expected(manifest: Smoke, document: Any, words: Mapping[str, str], where: str) -> list[dict[str, Any]]:  # noqa: ANN401
    fields = {key: value for key, value in document.items() if isinstance(value, str)}
    return [
        {**each.model_dump(), "s3": _filled(each.s3, {**fields, **words}, where)} for each in manifest.expect
    ]


def _filled(value: Any, words: Mapping[str, str], where: str) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return {key: _filled(item, words, where) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, words, where) for item in value]
    return (
        _PLACEHOLDER.sub(lambda found: _word(found.group(1), words, where), value)
        if isinstance(value, str)
        else value
    )


def _word(name: str, words: Mapping[str, str], where: str) -> str:
    if name not in words:
        near = get_close_matches(name, list(words), n=1)
        fix = (
            f"did you mean {{{near[0]}}}?"
            if near
            else f"known: {', '.join(f'{{{word}}}' for word in sorted(words))}"
        )
        raise ManifestError(f"unknown placeholder {{{name}}}", where=where, fix=fix)
    return words[name]


def _check(document: Any, deployment: Deployment, shown: str) -> None:  # noqa: ANN401
    from jsonschema.exceptions import best_match
    from jsonschema.validators import validator_for

    schema = deployment.input_schema
    fault = best_match(validator_for(schema)(schema).iter_errors(document))
    if fault is not None:
        fix = f"see {deployment.manifest.input_schema} beside it"
        raise ManifestError(f"{fault.json_path}: {fault.message}", where=shown, fix=fix)
    if not isinstance(document, dict):
        raise ManifestError("not an object", where=shown)
