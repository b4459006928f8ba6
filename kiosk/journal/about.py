"""What the journal's database library says of itself."""

import apsw


def library_versions() -> dict[str, str]:
    """Version of the binding, of its SQLite, and of the cipher built into that."""
    cipher: str = vars(apsw)["mc_version"]
    return {
        "apsw": apsw.apsw_version(),
        "sqlite": apsw.sqlite_lib_version(),
        "sqlite3mc": cipher.removeprefix("SQLite3 Multiple Ciphers").strip(),
    }
