"""What every container is, whoever runs it: an image, a size, a command and variables."""

from __future__ import annotations

import re

from pydantic import Field, model_validator

from batchyard.manifest.faults import Broken
from batchyard.manifest.fields import MAX_INTEGER, Data, Key, Mib
from batchyard.manifest.forms import form
from batchyard.manifest.jobs.secret import check_environment

# https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerProperties.html: image
_URI = re.compile(r"[A-Za-z0-9_.:/#@{}-]{1,255}")


class Process(Data):
    """A container as ECS and Kubernetes both know it."""

    image: Key | None = None
    image_uri: str | None = None
    vcpus: float = Field(gt=0, le=MAX_INTEGER)
    memory: Mib = Field(ge=4, description="MiB")
    gpus: int | None = Field(default=None, ge=1, le=MAX_INTEGER)
    command: list[str] = Field(default=[])
    environment: dict[str, str] = Field(default={})
    user: str | None = form(
        r"^[A-Za-z0-9_][A-Za-z0-9_-]*(:[A-Za-z0-9_][A-Za-z0-9_-]*)?$",
        "a user, or a user and a group",
        '"10001:10001"',
        default=None,
    )
    allow_root: bool = False
    privileged: bool = False

    @property
    def placeholders(self) -> list[str]:
        """Return the names of the parameters that the command refers to."""
        return _referred(self.command)

    @model_validator(mode="after")
    def _process_rules(self) -> Process:
        self._check_image()
        check_environment(self.environment)
        if self.allow_root:
            return self
        if self.user and _is_root(self.user.partition(":")[0]):
            fix = "choose another user, or write allow_root: true beside it"
            raise Broken("a container does not run as root", at=("user",), fix=fix)
        if self.image_uri and not self.user:
            what = "the image of a registry may run as root, so its user has to be named"
            raise Broken(what, at=("image_uri",), fix='write user: "10001:10001", or allow_root: true')
        return self

    def _check_image(self) -> None:
        if self.image is None and self.image_uri is None:
            raise Broken(
                "key image is missing: a folder of jobs/", fix="or image_uri, for an image of elsewhere"
            )
        if self.image is not None and self.image_uri is not None:
            raise Broken("image and image_uri exclude each other", at=("image_uri",), fix="keep one of them")
        if self.image_uri is not None:
            _check_uri(self.image_uri)


def _is_root(user: str) -> bool:
    return user == "root" or (user.isdecimal() and int(user) == 0)


def _referred(words: list[str]) -> list[str]:
    return list(dict.fromkeys(word.removeprefix("Ref::") for word in words if word.startswith("Ref::")))


def _check_uri(uri: str) -> None:
    if not _URI.fullmatch(uri):
        what = "an image's name has at most 255 letters, digits and -_:./#@"
        raise Broken(what, at=("image_uri",), fix="write <registry>/<repository>:<tag>")
    tag = uri.rsplit("/", 1)[-1].partition(":")[2]
    if "@sha256:" not in uri and tag in ("", "latest"):
        what = "without a tag of its own, what runs would change without a deploy"
        raise Broken(what, at=("image_uri",), fix="name a tag other than latest, or a digest (@sha256:...)")
