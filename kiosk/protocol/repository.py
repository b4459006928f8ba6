"""The signed repository of updates, as files below one address of central's or in one folder of a stick.

Nothing here is believed for where it lies; what the files say is TUF's, whose rule for what is not known holds.
"""

import re

UPDATES = "/updates"
"""Below this central serves it, without asking who reads: everything in it is signed, and nothing is secret."""
_NAME = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9._+%-]*/){0,4}[A-Za-z0-9_][A-Za-z0-9._+%-]*(?![\s\S])")


def is_name(name: str) -> bool:
    """Whether this can be a file of a repository, such as `metadata/timestamp.json`: nothing that climbs out of it."""
    return _NAME.match(name) is not None
