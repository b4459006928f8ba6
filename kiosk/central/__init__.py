"""The central server (中心): ingest, profiles, receipts, ratings, devices.

It never imports what runs on the terminal, and nothing here loads before `serve` is called: the command line imports
this package on terminals that have no database driver."""

from pathlib import Path


def serve(
    data: Path, database: str | None, host: str, port: int, sample: bool, public_url: str | None = None,
    updates: Path | None = None,
) -> int:  # fmt: skip
    """Run the central server until SIGTERM or SIGINT; the exit status.

    `data`: folder of the admin token, of the keys by which central signs heads and the hall recovers journals (several
    servers on one database must share them) and, unless `database` names another place (an SQLAlchemy URL), of
    `central.sqlite3`. `port` 0 takes a free one. `public_url`: how phones reach it, for the sample hall; where it
    listens if that is None. `updates`: a signed repository of the terminals' program, served as it lies. Prints
    `central listening on http://host:port` once it accepts connections. 78: it cannot
    start as configured, and standard error says why.
    """
    from kiosk.central.run import run

    return run(data, database, host, port, sample, public_url, updates)


def import_file(data: Path, database: str | None, file: Path) -> int:
    """Take in a journal that a terminal has exported, with the server stopped; print what came of it; the exit status.

    1: the file is refused, and standard error says why. 78: the folder, the file or the database cannot be used.
    """
    from kiosk.central.run import run_import

    return run_import(data, database, file)
