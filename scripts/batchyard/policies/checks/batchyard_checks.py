"""The rules as checks of checkov, which loads this file by its path into an environment without batchyard."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from checkov.common.models.enums import CheckCategories, CheckResult  # type: ignore[import-not-found]
from checkov.terraform.checks.resource.base_resource_check import (  # type: ignore[import-not-found]
    BaseResourceCheck,
)

from batchyard.policies.catalogue import RULES, Rule

# Reasons by id, by the name of a job definition: what manifests ask to be skipped.
SKIPS: dict[str, dict[str, str]] = json.loads(
    Path(os.environ["BATCHYARD_POLICY_SKIPS"]).read_text() if "BATCHYARD_POLICY_SKIPS" in os.environ else "{}"
)


class Check(BaseResourceCheck):  # type: ignore[misc]
    """One rule."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        super().__init__(
            name=rule.title,
            id=rule.id,
            categories=(CheckCategories.GENERAL_SECURITY,),
            supported_resources=rule.resources,
            guideline=rule.fix,
        )

    def run(
        self,
        scanned_file: str,
        entity_configuration: dict[str, Any],
        entity_name: str,
        entity_type: str,
        skip_info: Any,  # noqa: ANN401 - checkov's own
    ) -> Any:  # noqa: ANN401 - checkov's own
        """Check a resource, unless its manifest says why not."""
        name = entity_configuration.get("name")
        reason = SKIPS.get(str(name[0] if isinstance(name, list) and name else name), {}).get(self.id)
        skip = skip_info or ({"id": self.id, "suppress_comment": reason} if reason else skip_info)
        return super().run(scanned_file, entity_configuration, entity_name, entity_type, skip)

    def scan_resource_conf(self, conf: dict[str, Any]) -> CheckResult:
        """Return what the rule makes of a resource; what is wrong stands in the details."""
        found = self._rule.find(conf)
        self.details = found or []
        if found is None:
            return CheckResult.UNKNOWN
        return CheckResult.FAILED if found else CheckResult.PASSED


for _rule in RULES:
    Check(_rule)
