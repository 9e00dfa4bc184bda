"""docs/policies.md lists every check as it is."""

from __future__ import annotations

import re
from pathlib import Path

from batchyard.policies.catalogue import RULES
from batchyard.policies.skips import of_manifest

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "policies.md").read_text()


def test_every_check_is_listed_as_it_is() -> None:
    rows = re.findall(r"^\| (CKV_\w+) \| (.+) \| (.+) \|$", PAGE, re.MULTILINE)
    assert rows == [(rule.id, rule.title, rule.fix) for rule in RULES]


def test_the_example_skips_what_it_says() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert of_manifest(example, "docs/policies.md") == {
        "capture": {"CKV_BATCHYARD_1": "the sampler reads /dev/cpu/*/msr, which no device mapping reaches"}
    }
