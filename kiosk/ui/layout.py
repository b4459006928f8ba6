"""Which layout stood before the citizen: one digest over the sources of every screen, which a rating carries."""

import hashlib
from pathlib import Path


def layout_digest(folder: Path) -> str:
    """SHA-256 (hex) over the names and the bytes of every QML file below `folder`, in the order of their names."""
    digest = hashlib.sha256()
    for name, path in sorted((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*.qml")):
        content = path.read_bytes()
        digest.update(f"{name}\n{len(content)}\n".encode() + content)
    return digest.hexdigest()
