"""The central server (中心): ingest, profiles, receipts, ratings, devices.

It never imports what runs on the terminal, and nothing here loads before `serve` is called: the command line imports
this package on terminals that have no database driver."""

from pathlib import Path


def serve(data: Path, database: str | None, host: str, port: int, sample: bool) -> int:
    """Run the central server until SIGTERM or SIGINT; the exit status.

    `data`: folder of the admin token and, unless `database` names another place (an SQLAlchemy URL), of
    `central.sqlite3`. `port` 0 takes a free one. Prints `central listening on http://host:port` once it accepts
    connections. 78: it cannot start as configured, and standard error says why.
    """
    from kiosk.central.run import run

    return run(data, database, host, port, sample)
