"""What an address says of where it leads, before anything is sent there."""

import re

_LOOPBACK = re.compile(r"https?://(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|\[::1\])(:\d+)?([/?#]|$)")


def is_loopback(url: str) -> bool:
    """Whether what is sent to this http or https address cannot leave the machine. By its text alone: no name but
    `localhost` is looked up, and an address with a user in it is none of ours."""
    return _LOOPBACK.match(url) is not None
