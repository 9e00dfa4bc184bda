"""The one module that touches MiniStack: what is used or replaced of it is listed here, name by name.

MiniStack's internals are no interface, so its version is pinned, and before anything is served `check`
compares them with what this package was written against.
"""

from __future__ import annotations

import contextvars
import importlib
import inspect
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, TypeVar

from batchyard.errors import BatchyardError
from batchyard.local.batch.host import Scope

VERSION = "1.5.33"
_T = TypeVar("_T")


@dataclass(frozen=True)
class Touch:
    """A name in a module of MiniStack: a function and its parameters, or a table and keys of it."""

    module: str
    name: str
    parameters: tuple[str, ...] | None = None
    keys: tuple[str, ...] = ()


_SFN = "services.stepfunctions"
_EC2 = "services.ec2"
_EC2_ACTIONS = ("CreateFlowLogs", "DescribeVpcEndpoints", "AuthorizeSecurityGroupEgress")
_HANDLER = ("method", "path", "headers", "body", "query_params")

TOUCHED: tuple[Touch, ...] = (
    Touch("app", "app", ("scope", "receive", "send")),
    Touch("app", "AUTH"),
    Touch("app", "_MAIN_LOOP"),
    Touch(
        "app",
        "SERVICE_HANDLERS",
        keys=("batch", "ec2", "monitoring", "states", "s3", "lambda", "events", "logs"),
    ),
    Touch("app", "pin_request_origin", ("source_ip", "secure_transport")),
    Touch("app", "_build_persistence_save_dict", ()),
    Touch("core.persistence", "_json_default", ("obj",)),
    Touch("core.persistence", "_state_format_version", ("service",)),
    Touch("core.persistence", "load_state", ("service",)),
    Touch("core.responses", "set_request_account_id", ("access_key_id",)),
    Touch("core.responses", "set_request_region", ("region",)),
    Touch("core.responses", "get_account_id", ()),
    Touch("core.responses", "get_region", ()),
    Touch("core.router", "extract_access_key_id", ("headers", "query_params")),
    Touch("core.iam_actions", "extract_iam_action", ("service", *_HANDLER)),
    Touch("core.iam_actions", "access_denied_response"),
    Touch("core.iam_evaluator", "enforce"),
    Touch("core.iam_evaluator", "AuthError"),
    Touch("core.iam_evaluator", "EvalContext"),
    Touch("core.iam_evaluator", "evaluate", ("ctx", "policies", "limits")),
    Touch("core.iam_evaluator", "resolve_principal", ("access_key_id", "account_id", "credential")),
    Touch("services.sts", "register_session", ("access_key", "session")),
    Touch("services.iam", "_roles"),
    Touch("services.cloudwatch_logs", "_create_log_group", ("data",)),
    Touch("services.cloudwatch_logs", "_create_log_stream", ("data",)),
    Touch("services.cloudwatch_logs", "_put_log_events", ("data",)),
    Touch("services.cloudwatch_logs", "_log_groups"),
    Touch("services.cloudwatch_logs", "_log_records"),
    Touch("services.eventbridge", "_put_events", ("data", "allow_aws_source")),
    Touch("services.eventbridge", "_ensure_default_bus", ()),
    Touch("services.eventbridge", "_events_log_list", ()),
    Touch("services.eventbridge", "_rules"),
    Touch("services.eventbridge", "_validate_target_arn", ("target",)),
    Touch("services.cloudwatch", "_alarms"),
    Touch("services.secretsmanager", "_get_secret_value", ("data",)),
    Touch("services.ssm", "_get_parameters", ("data",)),
    Touch("core.lambda_runtime", "_detect_runtime_binary", ("runtime",)),
    Touch("core.lambda_runtime", "reset", ()),
    Touch("services.lambda_svc", "_execute_function_warm", ("func", "event", "request_id")),
    Touch(_SFN, "_state_machines"),
    Touch(_SFN, "_start_execution", ("data",)),
    Touch(_SFN, "_update_state_machine", ("data",)),
    Touch(_SFN, "_resolve_state_machine_arn", ("arn",)),
    Touch(_SFN, "_tag_resource", ("data",)),
    Touch(_SFN, "_untag_resource", ("data",)),
    Touch(_SFN, "get_state", ()),
    Touch(_SFN, "load_persisted_state", ("data",)),
    Touch(_EC2, "_ACTION_MAP", keys=_EC2_ACTIONS),
    Touch(_EC2, "_parse_tag_specs", ("p", "resource_type", "resource_id")),
    Touch(_EC2, "_flow_logs"),
    Touch(_EC2, "_vpc_endpoints"),
    Touch(_EC2, "_launch_templates"),
)

_LISTED = {(touch.module, touch.name) for touch in TOUCHED}


def configure(variables: Mapping[str, str]) -> None:
    """Set MiniStack's settings: it reads them from the environment when it is first imported."""
    os.environ.update(variables)


def module(name: str) -> Any:  # noqa: ANN401 - MiniStack is untyped
    """Return a module of MiniStack, such as `services.s3`."""
    full = f"ministack.{name}"
    return sys.modules.get(full) or importlib.import_module(full)


def check(touched: tuple[Touch, ...] = TOUCHED) -> None:
    """Compare MiniStack with what this package was written against.

    Raises:
        BatchyardError: another version is installed, or a name, table or signature is not as expected.
    """
    installed = metadata.version("ministack")
    faults = [] if installed == VERSION else [f"version {installed} is installed"]
    faults += [fault for touch in touched if (fault := _fault(touch))]
    if faults:
        raise BatchyardError(
            f"MiniStack is not the one that batchyard is made for: {'; '.join(faults)}",
            fix=f"install exactly ministack=={VERSION} (pip install 'ministack=={VERSION}')",
        )


def _fault(touch: Touch) -> str | None:
    where = f"{touch.module}.{touch.name}"
    try:
        found = getattr(module(touch.module), touch.name)
    except (ImportError, AttributeError):
        return f"{where} is missing"
    if touch.parameters is not None:
        found_parameters = tuple(inspect.signature(found).parameters)
        if found_parameters != touch.parameters:
            return f"{where} takes ({', '.join(found_parameters)})"
    missing = [key for key in touch.keys if key not in found]
    return f"{where} lacks {', '.join(missing)}" if missing else None


def get(module_name: str, name: str) -> Any:  # noqa: ANN401 - MiniStack is untyped
    """Return a listed name of MiniStack, as it is now.

    Raises:
        KeyError: the name is not in TOUCHED, so nothing would check it.
    """
    if (module_name, name) not in _LISTED:
        raise KeyError(f"{module_name}.{name} is not listed in TOUCHED")
    return getattr(module(module_name), name)


def wrap(module_name: str, name: str, make: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Put `make(original)` in the place of a listed function."""
    put(module_name, name, make(get(module_name, name)))


def put(module_name: str, name: str, ours: Any) -> None:  # noqa: ANN401 - MiniStack is untyped
    """Put something in the place of a listed name."""
    if (module_name, name) not in _LISTED:
        raise KeyError(f"{module_name}.{name} is not listed in TOUCHED")
    setattr(module(module_name), name, ours)


def handlers() -> dict[str, Any]:
    """Return the table of services: name to `async handler(method, path, headers, body, query_params)`."""
    return get("app", "SERVICE_HANDLERS")  # type: ignore[no-any-return]


def enforcing() -> bool:
    """Say whether IAM is enforced."""
    return bool(get("app", "AUTH"))


def scope() -> Scope:
    """Return the account and region of the request or execution that is being served."""
    return Scope(get("core.responses", "get_account_id")(), get("core.responses", "get_region")())


def within(target: Scope, function: Callable[[], _T]) -> _T:
    """Call a function with another account and region as the current ones."""
    return contextvars.copy_context().run(_enter, target, function)


def _enter(target: Scope, function: Callable[[], _T]) -> _T:
    get("core.responses", "set_request_account_id")(target.account)
    get("core.responses", "set_request_region")(target.region)
    return function()


def data_dirs(state_dir: Path) -> dict[str, str]:
    """Return the settings that put all of MiniStack's files under one folder."""
    return {
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state_dir / "services"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state_dir / "s3"),
    }
