"""A version as one file: its list of files first, then each of them. The same for the same program, bit by bit."""

import gzip
import hashlib
import io
import tarfile
from dataclasses import dataclass
from pathlib import Path

from kiosk.update.manifest import NAME, make_manifest, read_manifest


@dataclass(frozen=True)
class Packed:
    """The archive, and the digest of the list in it."""

    file: Path
    manifest: str


def pack(program: Path, version: str, system: str, target: Path, level: int = 9) -> Packed:
    """Pack the folder of a built program. `level`: of gzip."""
    text = make_manifest(program, version, system)
    digest = hashlib.sha256(text).hexdigest()
    manifest = read_manifest(text, digest)
    with (
        target.open("wb") as raw,
        gzip.GzipFile("", "wb", level, raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as archive,
    ):
        first = tarfile.TarInfo(NAME)
        first.size = len(text)
        archive.addfile(first, io.BytesIO(text))
        for name, one in sorted(manifest.files.items()):
            member = tarfile.TarInfo(name)
            member.size, member.mode = one.size, 0o755 if one.starts else 0o644
            with (program / name).open("rb") as file:
                archive.addfile(member, file)
    return Packed(target, digest)
