"""What jsonata-python does otherwise than the service, mended in place; importing it is enough."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import jsonata.jsonata
from jsonata import Jsonata
from jsonata.utils import Utils

from batchyard.asl.data.jsonata_errors import TOO_LARGE, Exceeded
from batchyard.asl.data.jsonata_functions import MAX_RANGE

# The library writes to the standard output what it also raises.
jsonata.jsonata.print = lambda *_: None
_range = Jsonata.evaluate_range_expression


def _bounded_range(self: Jsonata, first: Any, last: Any) -> Any:  # noqa: ANN401
    if isinstance(first, int) and isinstance(last, int) and last - first >= MAX_RANGE:
        raise Exceeded(TOO_LARGE)
    return _range(self, first, last)


Jsonata.evaluate_range_expression = _bounded_range
_numeric = Jsonata.evaluate_numeric_expression


def _like_the_service(self: Jsonata, left: Any, right: Any, sign: Any) -> Any:  # noqa: ANN401
    """Calculate with remainders that have fractions, and with quotients and products that JSON does not have.

    https://docs.jsonata.org/numeric-operators and https://github.com/floci-io/floci/pull/2783
    """
    if left is None or right is None or not (Utils.is_numeric(left) and Utils.is_numeric(right)):
        return _numeric(self, left, right, sign)
    one, other = float(left), float(right)
    try:
        result = _SIGNS[sign](one, other)
    except ValueError:
        result = math.nan
    except ZeroDivisionError:
        result = math.copysign(math.inf, one * math.copysign(1, other)) if one else math.nan
    return Utils.convert_number(result) if math.isfinite(result) else result


_SIGNS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": math.fmod,
}
Jsonata.evaluate_numeric_expression = _like_the_service
