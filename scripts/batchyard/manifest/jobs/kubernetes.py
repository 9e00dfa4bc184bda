"""Names and quantities as Kubernetes takes them."""

from __future__ import annotations

from typing import Annotated

from batchyard.manifest.forms import form

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
PodName = Annotated[
    str, form(rf"^{_LABEL}$", "lower-case letters, digits and hyphens between them", "main", max_length=63)
]
Subdomain = Annotated[
    str,
    form(
        rf"^{_LABEL}(\.{_LABEL})*$",
        "lower-case letters and digits, with hyphens and periods between them",
        "licence.key",
        max_length=253,
    ),
]
# https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
Quantity = Annotated[
    str, form(r"^[0-9]+(\.[0-9]+)?(Ki|Mi|Gi|Ti|k|M|G|T)?$", "a quantity of Kubernetes, in bytes", "10Gi")
]
# https://docs.aws.amazon.com/batch/latest/APIReference/API_EksMetadata.html
LabelKey = Annotated[
    str,
    form(
        r"^([a-z0-9.-]{1,253}/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$",
        "a label's key of Kubernetes: up to 63 letters, digits and _.-, after a domain and / if any",
        "example.com/team",
    ),
]
LabelValue = Annotated[
    str,
    form(
        r"^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$",
        "letters and digits, with _.- between them",
        "science",
        max_length=63,
    ),
]
