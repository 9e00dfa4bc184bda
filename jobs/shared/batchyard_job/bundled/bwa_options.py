"""Options of `bwa mem`, as far as the aligner library takes them."""

from __future__ import annotations

import getopt
from collections.abc import Sequence
from typing import Any

from batchyard_job.errors import BadInputError

_NUMBERS = {
    "-k": "min_seed_len", "-w": "band_width", "-A": "match_score", "-B": "mismatch_penalty",
    "-T": "minimum_score", "-U": "unpaired_penalty", "-c": "max_occurrences", "-d": "off_diagonal_x_dropoff",
    "-W": "min_seeded_bases_in_chain", "-m": "max_mate_rescue_rounds", "-y": "seed_occurrence_in_3rd_round",
}  # fmt: skip
_FRACTIONS = {"-r": "internal_seed_split_factor", "-D": "drop_chain_fraction", "-z": "xa_drop_ratio"}
_PAIRS = {
    "-O": "gap_open_penalty",
    "-E": "gap_extension_penalty",
    "-L": "clipping_penalty",
    "-h": "xa_max_hits",
}
_SWITCHES = {
    "-P": "skip_pairing", "-S": "skip_mate_rescue", "-M": "short_split_as_secondary",
    "-Y": "soft_clip_supplementary", "-a": "output_all_for_fragments", "-5": "query_coord_as_primary",
    "-q": "keep_mapq_for_supplementary", "-j": "ignore_alternate_contigs",
}  # fmt: skip
_VALUED = (*_NUMBERS, *_FRACTIONS, *_PAIRS)
_DEFAULT_CHUNK = 10_000_000  # bases, as `bwa mem` without threads


def parse(arguments: Sequence[str]) -> tuple[dict[str, Any], int]:
    """Parse options of `bwa mem`.

    Args:
        arguments: such as `["-k", "17", "-K", "1000000"]`.

    Returns:
        options of the aligner library, and the chunk size in bases (`-K`).

    Raises:
        BadInputError: an option is unknown or its value is not a number.
    """
    letters = "K:" + "".join(f"{flag[1]}:" for flag in _VALUED) + "".join(flag[1] for flag in _SWITCHES)
    chunk = _DEFAULT_CHUNK
    options: dict[str, Any] = {}
    try:
        pairs, rest = getopt.getopt(list(arguments), letters)
        for flag, value in pairs:
            if flag == "-K":
                chunk = max(1, int(value))
            else:
                name, parsed = _option(flag, value)
                options[name] = parsed
    except (getopt.GetoptError, ValueError) as error:
        raise BadInputError(f"--cmd_args for bwa mem: {error}") from error
    if rest:
        raise BadInputError(f"--cmd_args for bwa mem: unexpected {rest[0]!r}")
    return options, chunk


def _option(flag: str, value: str) -> tuple[str, Any]:
    if flag in _NUMBERS:
        return _NUMBERS[flag], int(value)
    if flag in _FRACTIONS:
        return _FRACTIONS[flag], float(value)
    if flag in _PAIRS:
        numbers = tuple(int(part) for part in value.split(","))
        return _PAIRS[flag], numbers[0] if len(numbers) == 1 else numbers
    return _SWITCHES[flag], True
