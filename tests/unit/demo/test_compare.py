from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchyard.demo.compare import Comparison, compare, trimmed
from batchyard.errors import BatchyardError

TRUTH = ["c\t10\tA\tT\t0/1", "c\t20\tG\tC\t1/1", "c\t30\tCAT\tC\t0/1", "d\t10\tA\tG\t0/1"]


def vcf(path: Path, records: list[str], *, packed: bool = False) -> Path:
    lines = ["##fileformat=VCFv4.2", "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ts"]
    for record in records:
        contig, position, ref, alt, genotype = record.split("\t")
        lines.append(f"{contig}\t{position}\t.\t{ref}\t{alt}\t50\tPASS\t.\tDP:GT\t9:{genotype}")
    data = "\n".join([*lines, ""]).encode()
    path.write_bytes(gzip.compress(data, mtime=0) if packed else data)
    return path


def against_truth(folder: Path, records: list[str]) -> Comparison:
    return compare(vcf(folder / "truth.vcf", TRUTH), vcf(folder / "calls.vcf.gz", records, packed=True))


def test_the_truth_against_itself_is_perfect(tmp_path: Path) -> None:
    assert against_truth(tmp_path, TRUTH) == Comparison(1.0, 1.0, 4, 0, 0, 4)


def test_what_is_missed_extra_and_of_another_genotype_is_counted(tmp_path: Path) -> None:
    calls = ["c\t10\tA\tT\t1/1", "c\t20\tG\tC\t1|1", "c\t21\tG\tC\t0/1"]
    assert against_truth(tmp_path, calls) == Comparison(
        2 / 3, 0.5, 2, 1, 2, 1, extra=("c:21 G>C",), missed=("c:30 CAT>C", "d:10 A>G")
    )


def test_other_ways_to_write_the_same_variant_are_the_same(tmp_path: Path) -> None:
    calls = ["c\t9\tGA\tGT\t1|0", "c\t20\tGT\tCT\t1/1", "c\t30\tCATG\tCG\t0/1", "d\t10\ta\tg\t0/1"]
    assert against_truth(tmp_path, calls) == Comparison(1.0, 1.0, 4, 0, 0, 4)


def test_alleles_of_one_record_count_for_themselves(tmp_path: Path) -> None:
    found = compare(
        vcf(tmp_path / "truth.vcf", ["c\t10\tA\tT\t0/1", "c\t10\tA\tG\t0/1"]),
        vcf(tmp_path / "calls.vcf", ["c\t10\tA\tT,G,C\t1/2"]),
    )
    assert (found.tp, found.fp, found.genotype_matches) == (2, 0, 2)


def test_no_calls_have_perfect_precision_and_no_recall(tmp_path: Path) -> None:
    found = against_truth(tmp_path, [])
    assert (found.precision, found.recall, found.fn) == (1.0, 0.0, 4)


bases = st.text("ACGT", min_size=1, max_size=6)


@given(ref=bases, alt=bases, before=st.text("ACGT", max_size=3), after=st.text("ACGT", max_size=3))
def test_bases_that_both_alleles_share_do_not_matter(ref: str, alt: str, before: str, after: str) -> None:
    position, short_ref, short_alt = trimmed(100, before + ref + after, before + alt + after)
    assert min(len(short_ref), len(short_alt)) >= 1
    offset = position - 100
    whole = before + ref + after
    changed = whole[:offset] + short_alt + whole[offset + len(short_ref) :]
    assert changed == before + alt + after
    assert min(len(short_ref), len(short_alt)) == 1 or short_ref[-1] != short_alt[-1]


@pytest.mark.parametrize(
    "text", ["c\t10\n", "c\tten\t.\tA\tT\t.\t.\t.\tGT\t0/1\n", "c\t1\t.\tA\tT\t.\t.\t.\tDP\t3\n"]
)
def test_what_is_no_vcf_with_genotypes_is_refused(tmp_path: Path, text: str) -> None:
    bad = tmp_path / "bad.vcf"
    bad.write_text(text)
    with pytest.raises(BatchyardError, match=r"bad\.vcf: not a VCF with genotypes"):
        compare(bad, bad)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BatchyardError, match=r"none\.vcf: can not be read"):
        compare(tmp_path / "none.vcf", tmp_path / "none.vcf")
