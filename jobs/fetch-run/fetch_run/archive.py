"""Unpacking an archive that nobody vouches for: nothing outside of its folder, no links, no bombs."""

from __future__ import annotations

import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from batchyard_job.errors import BadInputError

_MOST_FILES = 10_000
_PIECE_BYTES = 1 << 16


def unpack(file: Path, folder: Path, *, most_bytes: int) -> None:
    """Unpack an archive.

    Args:
        file: the archive.
        folder: where to; it is empty.
        most_bytes: of all files together.

    Raises:
        BadInputError: it is no archive, is damaged or encrypted, is too large, or has a member that lies
            outside of the folder or is no file.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if len(members) > _MOST_FILES:
                raise BadInputError(f"the archive has {len(members)} files, over {_MOST_FILES}")
            left = most_bytes
            for member in members:
                left -= _unpack_one(archive, member, folder, left)
    # RuntimeError is the library's word for an encrypted member, FileExistsError that a name comes twice.
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, FileExistsError) as error:
        raise BadInputError(f"the archive can not be unpacked: {error}") from error


def _unpack_one(archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, left: int) -> int:
    target = folder / _inside(member)
    if member.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return 0
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with archive.open(member) as source, target.open("xb") as sink:
        # Counted here, because what an archive says of its sizes may be a lie.
        while piece := source.read(_PIECE_BYTES):
            written += len(piece)
            if written > left:
                raise BadInputError("the archive's files are larger than BATCH_FILE_MAX_MIB allows")
            sink.write(piece)
    if member.external_attr >> 16 & stat.S_IXUSR:
        target.chmod(0o700)
    return written


def _inside(member: zipfile.ZipInfo) -> PurePosixPath:
    path = PurePosixPath(member.filename)
    if path.is_absolute() or ".." in path.parts or "\\" in member.filename or not path.parts:
        raise BadInputError(f"the archive's member {member.filename!r} lies outside of its folder")
    mode = stat.S_IFMT(member.external_attr >> 16)
    if mode not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise BadInputError(f"the archive's member {member.filename!r} is a link or a device, not a file")
    return path
