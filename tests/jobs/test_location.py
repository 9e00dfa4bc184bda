from __future__ import annotations

import pytest

from batchyard_job.errors import BadInputError
from batchyard_job.location import Location


@pytest.mark.parametrize("uri", ["s3://bucket/a/b.bam", "file:///folder/b.bam"])
def test_an_address_reads_as_it_was_written(uri: str) -> None:
    assert str(Location.parse(uri)) == uri


def test_a_folder_may_end_in_a_slash() -> None:
    assert str(Location.parse("s3://bucket/a/").child("x.bam")) == "s3://bucket/a/x.bam"


@pytest.mark.parametrize(
    "uri", ["", "bucket/key", "s3://bucket", "s3://bucket/", "s3:///key", "https://h/k", "file://h/k"]
)
def test_what_is_no_address_is_refused_with_its_flag(uri: str) -> None:
    with pytest.raises(BadInputError, match=r"--bam_s3_path.*s3://bucket/key"):
        Location.parse(uri, flag="bam_s3_path")
