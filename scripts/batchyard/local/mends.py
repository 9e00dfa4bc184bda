"""Mends of MiniStack's answers, so that a second plan after an apply is empty: one short function per mend.

Most wrap one operation: it lets the emulator answer, remembers what the emulator drops in the emulator's own
record (so that it is saved with it), and adds it to later answers.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from batchyard.local import mends_ec2, mends_events, mends_launch_template, mends_services, ministack

Response = tuple[int, dict[str, str], bytes]
Handler = Callable[..., Awaitable[Response]]


def install() -> None:
    """Put all mends in."""
    table = ministack.get("services.ec2", "_ACTION_MAP")
    for action, mend in (mends_ec2.MENDS | mends_launch_template.MENDS).items():
        table[action] = mend(table[action])
    ministack.wrap("services.eventbridge", "_validate_target_arn", mends_events.refuse_job_queues)
    services = ministack.handlers()
    services["monitoring"] = _after(services["monitoring"], _query, mends_services.ALARMS)
    services["lambda"] = _after(services["lambda"], _rest, mends_services.FUNCTIONS)


Request = tuple[str, Mapping[str, Any]]
Read = Callable[[str, str, Mapping[str, str], bytes], Request]
Mend = Callable[[Mapping[str, Any], Response], Response]


def _after(handler: Handler, read: Read, mends: Mapping[str, Mend]) -> Handler:
    async def mended(method: str, path: str, headers: Mapping[str, str], body: bytes, query: Any) -> Response:  # noqa: ANN401
        response = await handler(method, path, headers, body, query)
        action, payload = read(method, path, headers, body)
        mend = mends.get(action)
        return mend(payload, response) if mend and response[0] < 300 else response

    return mended


def _query(_method: str, _path: str, headers: Mapping[str, str], body: bytes) -> Request:
    if "x-www-form-urlencoded" not in headers.get("content-type", ""):
        return "", {}
    fields = parse_qs(body.decode())
    return fields.get("Action", [""])[0], fields


def _rest(method: str, path: str, _headers: Mapping[str, str], body: bytes) -> Request:
    tail = path.rstrip("/").rsplit("/", 1)[-1]
    return f"{method} {tail}", json.loads(body) if tail == "event-invoke-config" and body else {}
