from __future__ import annotations

import gzip
import time
from pathlib import Path

import pytest

from batchyard.demo import genes, variants
from batchyard.demo.sample import Sample, generate, smoke
from batchyard.errors import BatchyardError

SMALL = {"reference_bases": 6_000, "coverage": 20, "snvs": 8, "indels": 4}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return generate(tmp_path_factory.mktemp("sample"), seed=3, sample_id="s3", **SMALL)


def fasta(path: Path) -> str:
    header, *lines = path.read_text().splitlines()
    assert header.startswith(">")
    return "".join(lines)


def reads(path: Path) -> list[list[str]]:
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    return [lines[start : start + 4] for start in range(0, len(lines), 4)]


def truth(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text().splitlines() if not line.startswith("#")]


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(sample: Sample, tmp_path: Path) -> None:
    again = generate(tmp_path / "again", seed=3, sample_id="s3", **SMALL)
    other = generate(tmp_path / "other", seed=4, sample_id="s3", **SMALL)
    assert [path.read_bytes() for path in again.files] == [path.read_bytes() for path in sample.files]
    assert all(
        one.read_bytes() != two.read_bytes() for one, two in zip(again.files, other.files, strict=True)
    )


def test_the_default_sample_is_quick(tmp_path: Path) -> None:
    began = time.process_time()
    generate(tmp_path, seed=1, sample_id="s1")
    assert time.process_time() - began < 2


def test_reads_pair_and_have_the_asked_for_length_and_depth(sample: Sample) -> None:
    first, second = reads(sample.fastq1), reads(sample.fastq2)
    assert [read[0] for read in first] == [read[0] for read in second]
    assert len({read[0] for read in first}) == len(first) == sample.pairs
    assert {len(read[1]) for read in first + second} == {len(read[3]) for read in first + second} == {100}
    assert 20 <= 2 * 100 * sample.pairs / 6_000 < 20 * 1.1  # duplicates come on top


def test_the_truth_holds_what_was_asked_for_and_fits_the_reference(sample: Sample) -> None:
    sequence, records = fasta(sample.reference), truth(sample.truth_vcf)
    assert sum(len(record[3]) == len(record[4]) for record in records) == 8
    assert sum(len(record[3]) != len(record[4]) for record in records) == 4
    assert {record[9] for record in records} == {"0/1", "1/1"}
    positions = [int(record[1]) for record in records]
    assert positions == sorted(set(positions))
    for record in records:
        start = int(record[1]) - 1
        assert sequence[start : start + len(record[3])] == record[3] != record[4]


def test_indels_are_left_aligned(sample: Sample) -> None:
    for record in truth(sample.truth_vcf):
        ref, alt = record[3], record[4]
        assert len(ref) == len(alt) == 1 or (ref[0] == alt[0] and ref[-1] != alt[-1])


def test_haplotypes_differ_from_the_reference_by_the_variants_alone() -> None:
    known = [
        variants.Variant(2, "A", "T", (True, True)),
        variants.Variant(5, "CG", "C", (False, True)),
        variants.Variant(9, "T", "TAA", (True, False)),
    ]
    assert variants.haplotypes("GGAGGCGGGTGG", known) == ("GGTGGCGGGTAAGG", "GGTGGCGGTGG")


def test_genes_code_for_proteins(sample: Sample) -> None:
    sequence = fasta(sample.reference)
    lines = [line.split("\t") for line in sample.gff.read_text().splitlines() if not line.startswith("#")]
    parts = [line for line in lines if line[2] == "CDS"]
    assert len(parts) == 2
    coding = "".join(sequence[int(line[3]) - 1 : int(line[4])] for line in parts)
    if parts[0][6] == "-":
        coding, parts = genes.reverse_complement(coding), parts[::-1]
    codons = [coding[start : start + 3] for start in range(0, len(coding), 3)]
    assert (codons[0], len(coding) % 3) == ("ATG", 0)
    assert [codon in ("TAA", "TAG", "TGA") for codon in codons] == [False] * (len(codons) - 1) + [True]
    first_length = int(parts[0][4]) - int(parts[0][3]) + 1
    assert [line[7] for line in parts] == ["0", str(-first_length % 3)]


def test_identifiers_have_the_form_that_the_annotator_reads(sample: Sample) -> None:
    text = sample.gff.read_text()
    assert "\tID=gene:DEMOG00001;biotype=protein_coding" in text
    assert "\tID=transcript:DEMOT00001;Parent=gene:DEMOG00001;biotype=protein_coding" in text
    assert ";Parent=transcript:DEMOT00001" in text


def test_a_reference_that_is_too_short_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BatchyardError, match="can not hold 40 SNVs") as caught:
        generate(tmp_path, seed=1, sample_id="s", reference_bases=2_000)
    assert "at least 4400 bases" in caught.value.fix
    assert not list(tmp_path.iterdir())


def test_the_smoke_data_of_exome_are_what_the_generator_makes(project_root: Path, tmp_path: Path) -> None:
    kept = project_root / "templates" / "workflows" / "exome" / "smoke"
    made = smoke(tmp_path)
    assert {path.name for path in made.files} == {path.name for path in kept.iterdir()}
    assert sum(path.stat().st_size for path in kept.iterdir()) < 150_000
    for path in made.files:  # unpacked: another zlib packs the same text into other bytes
        one, two = path.read_bytes(), (kept / path.name).read_bytes()
        assert (gzip.decompress(one) == gzip.decompress(two)) if path.suffix == ".gz" else one == two
