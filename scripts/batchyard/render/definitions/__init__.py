"""Job definitions: every kind of job as the properties that RegisterJobDefinition takes."""

from __future__ import annotations
