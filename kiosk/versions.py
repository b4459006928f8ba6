"""What this program is made of, asked of the parts themselves: `kiosk versions`.

The bill of materials of a package is checked against these words (RELIABILITY 39).
"""

import platform
import ssl

import msgspec

from kiosk import __version__


def versions() -> dict[str, str]:
    """Version by part: the program, Python, Qt, SQLite and its cipher, both OpenSSL, and what bears it all."""
    from cryptography.hazmat.backends.openssl import backend

    from kiosk.journal import about as journal
    from kiosk.ui import about as screen

    return {
        "kiosk": __version__,
        "python": platform.python_version(),
        **screen.library_versions(),
        **journal.library_versions(),
        "openssl": _number(ssl.OPENSSL_VERSION),
        "openssl-of-cryptography": _number(backend.openssl_version_text()),
        "glibc": platform.libc_ver()[1],
        "machine": platform.machine(),
    }


def print_versions(as_json: bool) -> int:
    """One line a part."""
    found = versions()
    if as_json:
        print(msgspec.json.encode(found).decode())
    else:
        for part, version in found.items():
            print(f"{part:<24} {version}")
    return 0


def _number(words: str) -> str:
    """`OpenSSL 3.0.20 7 Apr 2026` is version 3.0.20."""
    parts = words.split()
    return parts[1] if len(parts) > 1 else words
