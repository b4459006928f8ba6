"""Files from central, one after another over one connection: the repository of updates.

No signature of ours goes with them and none of central's comes: what they hold is signed by its publisher. Each piece
has its own bound, so a large file may take long and one that drips does not.
"""

import email.utils
import http.client
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kiosk.protocol.address import is_loopback
from kiosk.sync.client import BASE, Bounds, PlainHttpRefused, Route, open_adapter, words_of
from kiosk.sync.deadline import Deadline, Resolve, look_up

if TYPE_CHECKING:
    from requests.adapters import HTTPAdapter

_PIECE = 256 * 1024
_USUAL = Bounds()


class FileFault(Exception):
    """It did not come, or not whole. `status`: of central's answer, 0 where there was none."""

    def __init__(self, words: str, status: int = 0) -> None:
        super().__init__(words)
        self.status = status


class FileExchange:
    """Files below `folder`, such as `/updates`. For one thread. `server_ms`: central's time (Unix ms) as of its last
    answer; None before, and where it tells none."""

    def __init__(self, route: Route, folder: str, bounds: Bounds = _USUAL, resolve: Resolve = look_up) -> None:
        """Opens nothing yet. Raises PlainHttpRefused."""
        if not (route.url.startswith("https://") or route.allow_plain_http or is_loopback(route.url)):
            raise PlainHttpRefused(f"{route.url} is plain http to another machine")
        self._route, self._bounds, self._resolve = route, bounds, resolve
        self._base = route.url.rstrip("/") + BASE + folder
        self._deadline = Deadline()
        self._adapter: HTTPAdapter | None = None
        self.server_ms: int | None = None

    def pieces(self, name: str) -> Iterator[bytes]:
        """The content of a file, by pieces. Raises FileFault, also in the middle."""
        import requests
        import urllib3.exceptions

        self._deadline.begin(self._bounds.total_s)
        try:
            if self._adapter is None:
                self._adapter = open_adapter(self._route, self._bounds, self._deadline, self._resolve)
            prepared = requests.Request(
                "GET", f"{self._base}/{name}", {"Accept": "*/*", "Accept-Encoding": "identity"}
            ).prepare()
            response = self._adapter.send(
                prepared, stream=True, timeout=(self._bounds.connect_s, self._bounds.total_s),
                proxies={"http": self._route.proxy, "https": self._route.proxy} if self._route.proxy else {},
            )  # fmt: skip
            try:
                self.server_ms = _time_of(response.headers.get("Date", ""))
                if response.status_code != 200:
                    raise FileFault(f"{name}: central answers {response.status_code}", response.status_code)
                if response.headers.get("Content-Encoding", "identity").lower() != "identity":
                    raise FileFault(f"{name}: the answer is encoded, which was not asked for")
                while piece := response.raw.read(_PIECE, decode_content=False):
                    yield piece
                    self._deadline.begin(self._bounds.total_s)
            finally:
                response.close()
        except (
            requests.exceptions.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException,
            OSError, UnicodeError,
        ) as fault:  # fmt: skip
            raise FileFault(words_of(fault)) from fault


def _time_of(text: str) -> int | None:
    try:
        return int(email.utils.parsedate_to_datetime(text).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
