"""One transaction of the journal, whose failure says why.

SQLite takes a transaction back by itself where a page is damaged or the disk fails; whoever then rolls back once more
hears "no transaction is active", and what had really happened is lost: damage would be waited out like a full disk.
"""

import contextlib
from collections.abc import Iterator

import apsw


@contextlib.contextmanager
def transaction(connection: apsw.Connection) -> Iterator[None]:
    """Commit what is done within, or nothing of it; within another one it is a part of that.

    Raises what was raised within, and apsw.Error where the commit fails; its outcome is unknown then.
    """
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            with contextlib.suppress(apsw.Error):  # the reason is on its way already
                connection.execute("ROLLBACK")
        raise
