"""Small files that must survive a pulled plug.

Invariant: a cut at any step leaves the old content or the new, never a mix, and what was reported written is on the
disk. A leftover of a cut has a name no reader looks for.
"""

import contextlib
import os
import secrets
import shutil
from pathlib import Path

_LEFTOVER = ".part"
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_BINARY = getattr(os, "O_BINARY", 0)


def write_file(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Replace the content of `path`, whatever umask says about `mode`.

    Raises OSError, with the old content still in place.
    """
    part = _write_part(path, data, mode)
    try:
        os.replace(part, path)
    except OSError:
        _discard(part)
        raise
    sync_folder(path.parent)


def create_file(path: Path, data: bytes, mode: int = 0o600) -> bool:
    """Make `path` with this content if nothing is there; False, and nothing changed, if something is.

    Of two processes that do this at once, one gets True; the file never shows half its content. Raises OSError.
    """
    part = _write_part(path, data, mode)
    try:
        _move_if_absent(part, path)
    except FileExistsError:
        return False
    finally:
        _discard(part)
    sync_folder(path.parent)
    return True


def read_file(path: Path, limit: int) -> bytes:
    """The content of a file that is no symlink.

    Raises OSError, and ValueError if it is longer than `limit` bytes.
    """
    with open(os.open(path, os.O_RDONLY | _NOFOLLOW | _BINARY), "rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise ValueError(f"{path} is longer than {limit} bytes")
    return data


def remove_file(path: Path) -> None:
    """Remove a file for good; it does not matter if there is none. Raises OSError."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    sync_folder(path.parent)


def clear_leftovers(folder: Path) -> int:
    """Remove what cuts left behind and say how many; only for the process that holds the terminal's lock."""
    found = [path for path in folder.iterdir() if path.name.startswith(".") and path.name.endswith(_LEFTOVER)]
    for path in found:
        _discard(path)
    return len(found)


def clear_folders(folder: Path, prefix: str) -> int:
    """Remove the folders of that prefix which a killed program left here, and say how many; under the same lock."""
    found = [path for path in folder.iterdir() if path.name.startswith(prefix) and path.is_dir()]
    for path in found:
        shutil.rmtree(path, ignore_errors=True)
    return len(found)


def sync_folder(folder: Path) -> None:
    """Bring names made, moved or removed in this folder to the disk. Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_part(path: Path, data: bytes, mode: int) -> Path:
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}{_LEFTOVER}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NOFOLLOW | _BINARY, mode)
    try:
        try:
            os.chmod(part, mode)
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(handle, rest) :]
            os.fsync(handle)
        finally:
            os.close(handle)
    except BaseException:
        _discard(part)
        raise
    return part


def _move_if_absent(part: Path, path: Path) -> None:
    if os.name == "nt":
        os.rename(part, path)  # refuses an existing target there
    else:
        os.link(part, path, follow_symlinks=False)


def _discard(part: Path) -> None:
    with contextlib.suppress(OSError):
        os.unlink(part)
