"""Mends of CloudWatch alarms and of Lambda functions' settings."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from xml.sax.saxutils import escape

from batchyard.local import ministack

Payload = Mapping[str, Any]
Response = tuple[int, dict[str, str], Any]
_PLAIN = (
    "AlarmDescription",
    "Statistic",
    "ExtendedStatistic",
    "Period",
    "TreatMissingData",
    "Unit",
    "EvaluateLowSampleCountPercentile",
)
_LISTS = ("AlarmActions", "OKActions", "InsufficientDataActions")
_NAME = re.compile(r"<AlarmName>([^<]*)</AlarmName>")


def _describe_alarms(_payload: Payload, response: Response) -> Response:
    """The emulator stores the whole alarm, but its XML answer tells only half of it."""
    status, headers, body = response
    text = body.decode() if isinstance(body, bytes) else str(body)
    return status, headers, _NAME.sub(lambda match: match[0] + _rest_of(match[1]), text).encode()


def _rest_of(name: str) -> str:
    alarm = ministack.get("services.cloudwatch", "_alarms").get(name) or {}
    plain = "".join(f"<{key}>{escape(str(alarm[key]))}</{key}>" for key in _PLAIN if alarm.get(key))
    lists = "".join(f"<{key}>{_members(alarm.get(key) or [])}</{key}>" for key in _LISTS)
    dimensions = "".join(
        f"<member><Name>{escape(item['Name'])}</Name><Value>{escape(item['Value'])}</Value></member>"
        for item in alarm.get("Dimensions") or []
    )
    enabled = str(alarm.get("ActionsEnabled") not in (False, "false")).lower()
    return f"{plain}{lists}<Dimensions>{dimensions}</Dimensions><ActionsEnabled>{enabled}</ActionsEnabled>"


def _members(values: list[str]) -> str:
    return "".join(f"<member>{escape(value)}</member>" for value in values)


def _get_invoke_config(_payload: Payload, response: Response) -> Response:
    """The emulator answers with the default age where none was set; AWS leaves it out."""
    answer = json.loads(response[2])
    if answer.get("MaximumEventAgeInSeconds") == 21600:
        del answer["MaximumEventAgeInSeconds"]
    return response[0], response[1], json.dumps(answer).encode()


ALARMS: dict[str, Callable[[Payload, Response], Response]] = {"DescribeAlarms": _describe_alarms}
FUNCTIONS: dict[str, Callable[[Payload, Response], Response]] = {
    "GET event-invoke-config": _get_invoke_config
}
