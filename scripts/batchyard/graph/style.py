"""Colours of pictures, light and dark: one fill and one stroke per kind of node."""

from __future__ import annotations

_PLAIN = ("#f3f4f6", "#6b7280", "#2a2f37", "#9aa4b2")
KINDS: dict[str, tuple[str, str, str, str]] = {
    "task": _PLAIN,
    "pass": _PLAIN,
    "terminal": _PLAIN,
    "batch": ("#fff1e0", "#c2570c", "#45290f", "#f0994f"),
    "lambda": ("#fdf3d1", "#a77900", "#41360f", "#e0b93f"),
    "message": ("#fde8f1", "#b8336e", "#431c2e", "#ee82ae"),
    "nested": ("#ece9fd", "#5b46c7", "#29234f", "#a99cf5"),
    "choice": ("#e8f1fd", "#2767b5", "#172c47", "#7db3f0"),
    "wait": ("#e6f5f6", "#1f7f86", "#14363a", "#66c5cc"),
    "succeed": ("#e6f6e9", "#2f8f46", "#173b20", "#6fcf86"),
    "fail": ("#ffe9e9", "#c93a3a", "#4a1b1b", "#f28b8b"),
    "parallel": ("#f8f9fb", "#8a94a3", "#1d2229", "#6d7888"),
    "map": ("#f8f9fb", "#8a94a3", "#1d2229", "#6d7888"),
    "group": ("#f8f9fb", "#8a94a3", "#1d2229", "#6d7888"),
    "bucket": ("#e6f6e9", "#2f8f46", "#173b20", "#6fcf86"),
    "queue": ("#e8f1fd", "#2767b5", "#172c47", "#7db3f0"),
    "compute": ("#fff1e0", "#c2570c", "#45290f", "#f0994f"),
}
_BASE = """
text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;fill:#1f2328}
.bg{fill:#ffffff}.label{font-size:13.5px;font-weight:600}.detail,.edge-label{font-size:11px;fill:#57606a}
.node rect{stroke-width:1.4}.lane{fill:#ffffff;stroke:#d4d9e0;stroke-width:1}
.edge{fill:none;stroke:#6b7280;stroke-width:1.4}.tip{fill:#6b7280}
.catch .edge{stroke:#c93a3a;stroke-dasharray:5 4}.catch .tip{fill:#c93a3a}.catch .edge-label{fill:#a32f2f}
"""
_DARK = """
text{fill:#e6edf3}.bg{fill:#0d1117}.detail,.edge-label{fill:#9aa4b2}.lane{fill:#12161d;stroke:#363d48}
.edge{stroke:#9aa4b2}.tip{fill:#9aa4b2}
.catch .edge{stroke:#f28b8b}.catch .tip{fill:#f28b8b}.catch .edge-label{fill:#f28b8b}
"""


def css(kinds: set[str]) -> str:
    """Return the style sheet for a picture that has nodes of these kinds."""
    used = [(kind, KINDS.get(kind, _PLAIN)) for kind in sorted(kinds)]
    light = "".join(f".{kind}>rect.frame{{fill:{look[0]};stroke:{look[1]}}}" for kind, look in used)
    dark = "".join(f".{kind}>rect.frame{{fill:{look[2]};stroke:{look[3]}}}" for kind, look in used)
    return f"{_BASE}{light}\n@media (prefers-color-scheme:dark){{{_DARK}{dark}}}\n"
