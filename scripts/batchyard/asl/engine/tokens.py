"""Task tokens: they name the effect that waits for them, so that nothing has to be kept for them."""

from __future__ import annotations

import base64
import binascii
import hashlib

_MARK = 8  # bytes that a token made by somebody else would have to guess


def token(effect_id: str) -> str:
    """Return the token of an effect, the same one again when its execution is replayed."""
    return base64.b64encode(_digest(effect_id) + effect_id.encode()).decode()


def effect_of(text: str) -> str | None:
    """Return the effect that a token names, or None for a text that is no token."""
    try:
        raw = base64.b64decode(text, validate=True)
        effect_id = raw[_MARK:].decode()
    except (binascii.Error, ValueError):
        return None
    return effect_id if raw[:_MARK] == _digest(effect_id) else None


def _digest(effect_id: str) -> bytes:
    return hashlib.sha256(b"task token " + effect_id.encode()).digest()[:_MARK]
