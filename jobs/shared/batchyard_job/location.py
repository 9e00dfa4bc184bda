"""Where an object or a folder of objects is: `s3://bucket/key`, or `file:///path` in S3's place."""

from __future__ import annotations

from dataclasses import dataclass

from batchyard_job.errors import BadInputError


@dataclass(frozen=True)
class Location:
    """An object's or a folder's address.

    Args:
        scheme: `s3` or `file`.
        bucket: the bucket; empty for `file`.
        key: the key without a slash at either end; for `file` the absolute path without its first slash.
    """

    scheme: str
    bucket: str
    key: str

    @classmethod
    def parse(cls, uri: str, *, flag: str = "") -> Location:
        """Parse a URI.

        Args:
            uri: the address.
            flag: the argument it came from, for the message.

        Raises:
            BadInputError: the URI is not of a known form, or names no key.
        """
        scheme, separator, rest = uri.partition("://")
        bucket, _, key = rest.partition("/")
        key = key.strip("/")
        well_formed = separator and key and (bucket if scheme == "s3" else scheme == "file" and not bucket)
        if not well_formed:
            given = f"--{flag}: " if flag else ""
            raise BadInputError(
                f"{given}{uri!r} is not an object's address; it has to look like s3://bucket/key"
            )
        return cls(scheme, bucket, key)

    @property
    def name(self) -> str:
        """Return the last part of the key."""
        return self.key.rpartition("/")[2]

    def child(self, *parts: str) -> Location:
        """Return the address of something below this folder."""
        return Location(self.scheme, self.bucket, "/".join((self.key, *parts)))

    def with_suffix(self, suffix: str) -> Location:
        """Return the address of a companion, such as an index, that lies beside the object."""
        return Location(self.scheme, self.bucket, self.key + suffix)

    def __str__(self) -> str:
        return f"{self.scheme}://{self.bucket}/{self.key}"
