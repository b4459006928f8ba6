"""Which screens these are: one digest over their whole source, which a rating carries as part of what was seen."""

import hashlib
from pathlib import Path


def layout_digest(folder: Path) -> str:
    """SHA-256 (hex) over the names and contents of all QML below `folder`."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*.qml")):
        content = path.read_bytes()
        found.update(f"{path.relative_to(folder).as_posix()} {len(content)}\n".encode() + content)
    return found.hexdigest()
