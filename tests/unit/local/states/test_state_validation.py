"""ValidateStateMachineDefinition.

Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html
"""

from __future__ import annotations

import json

from tests.unit.local.states.resource_client import Client, definition

# Ten states that lack their end, and a Pass whose result looks like a path.
_BAD = json.dumps({"StartAt": "S0", "States": {f"S{number}": {"Type": "Task"} for number in range(10)}})
_DOUBTFUL = definition(Result={"a": "$.b"}, Type="Pass")


def test_a_sound_definition(client: Client) -> None:
    found = client("ValidateStateMachineDefinition", definition=definition())
    assert found == {"result": "OK", "diagnostics": [], "truncated": False}


def test_errors_have_code_place_and_severity(client: Client) -> None:
    found = client("ValidateStateMachineDefinition", definition='{"States": {}}', type="EXPRESS")
    assert (found["result"], found["diagnostics"][0]["severity"]) == ("FAIL", "ERROR")
    assert set(found["diagnostics"][0]) == {"severity", "code", "message", "location"}


def test_at_most_so_many(client: Client) -> None:
    everything = client("ValidateStateMachineDefinition", definition=_BAD, maxResults=0)
    assert (len(everything["diagnostics"]) > 3, everything["truncated"]) == (True, False)
    some = client("ValidateStateMachineDefinition", definition=_BAD, maxResults=3)
    assert (some["diagnostics"], some["truncated"]) == (everything["diagnostics"][:3], True)
    assert (
        client.refused("ValidateStateMachineDefinition", definition=_BAD, maxResults=101)[0]
        == "ValidationException"
    )


def test_warnings_when_they_are_asked_for(client: Client) -> None:
    assert client("ValidateStateMachineDefinition", definition=_DOUBTFUL)["diagnostics"] == []
    found = client("ValidateStateMachineDefinition", definition=_DOUBTFUL, severity="WARNING")
    assert (found["result"], found["diagnostics"][0]["severity"]) == ("OK", "WARNING")
