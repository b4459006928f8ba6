"""One signed request to central, over `requests`: the only place from which this terminal speaks to the network.

Invariant: no call outlasts its bound, follows a redirect, takes a proxy or a password from the environment, or speaks
to an address that the settings do not name. `requests` and `cryptography` are imported on the thread that calls.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kiosk.protocol.address import is_loopback
from kiosk.protocol.central import PROTOCOL, PROTOCOL_HEADER, SIGNATURE_LABEL, SIGNED
from kiosk.sync.deadline import Deadline, Resolve, bound_tls_context, connect, look_up
from kiosk.sync.ports import Call, NoReply, Reply

if TYPE_CHECKING:
    import requests
    from requests.adapters import HTTPAdapter

BASE = "/api/v1"
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Signer:
    """The key central knows this terminal by: raw Ed25519, 32 bytes."""

    key_id: str
    private_key: bytes


@dataclass(frozen=True, slots=True)
class Route:
    """The way to central. `proxy`: an address, or empty; `ca_file`: trust these authorities alone, or empty.

    Plain http goes to loopback only, unless `allow_plain_http`: signatures keep what is sent from being altered, and
    nothing but TLS keeps it from being read.
    """

    url: str
    ca_file: str = ""
    proxy: str = ""
    allow_plain_http: bool = False


@dataclass(frozen=True, slots=True)
class Bounds:
    """Seconds: of a whole call, and of one attempt to connect."""

    total_s: float = 20.0
    connect_s: float = 5.0


class PlainHttpRefused(ValueError):
    """The settings name a central over plain http that is not on this machine, and do not allow it."""


class HttpExchange:
    """Central over HTTP; keeps its connection alive between calls. For one thread, but for `close`."""

    def __init__(
        self, route: Route, signer: Signer | None, bounds: Bounds = Bounds(), resolve: Resolve = look_up
    ) -> None:
        """Opens nothing yet. Raises PlainHttpRefused."""
        if not (route.url.startswith("https://") or route.allow_plain_http or is_loopback(route.url)):
            raise PlainHttpRefused(f"{route.url} is plain http to another machine")
        self._route = route
        self._signer = signer
        self._bounds = bounds
        self._resolve = resolve
        self._deadline = Deadline()
        self._adapter: HTTPAdapter | None = None

    def call(self, call: Call, created_s: int) -> Reply | NoReply:
        """Send one request, signed as of `created_s`, and read what comes back; raises nothing."""
        import http.client

        import requests
        import urllib3.exceptions

        self._deadline.begin(self._bounds.total_s)
        try:
            self._deadline.remaining()
            if self._adapter is None:
                self._adapter = open_adapter(self._route, self._bounds, self._deadline, self._resolve)
            return self._exchange(self._adapter, call, created_s)
        except requests.exceptions.SSLError as fault:
            return NoReply("tls", words_of(fault))
        except (
            requests.exceptions.RequestException,
            urllib3.exceptions.HTTPError,
            http.client.HTTPException,
            OSError,
            UnicodeError,
        ) as fault:
            return NoReply("too_slow" if self._is_over() else "unreachable", words_of(fault))

    def close(self) -> None:
        """End for good, from any thread: a running call returns at once."""
        self._deadline.abort()

    def _exchange(self, adapter: "HTTPAdapter", call: Call, created_s: int) -> Reply | NoReply:
        prepared = _prepare(self._route.url, call)
        if self._signer is not None:
            sign(prepared, self._signer, call.body, created_s)
        # The adapter and not a session: that reads the whole body of a redirect even if it is not to follow it.
        response = adapter.send(
            prepared,
            stream=True,
            timeout=(self._bounds.connect_s, self._bounds.total_s),
            proxies={"http": self._route.proxy, "https": self._route.proxy} if self._route.proxy else {},
        )
        try:
            headers = {name.lower(): value for name, value in response.headers.items()}
            if headers.get("content-encoding", "identity").lower() != "identity":
                return NoReply("unusable", "the answer is encoded, which was not asked for")
            body = bytearray()
            while chunk := response.raw.read(_CHUNK, decode_content=False):
                body += chunk
                if len(body) > call.answer_limit:
                    return NoReply("unusable", f"the answer is longer than {call.answer_limit} bytes")
            return Reply(response.status_code, headers, bytes(body))
        finally:
            response.close()

    def _is_over(self) -> bool:
        try:
            self._deadline.remaining()
        except TimeoutError:
            return True
        return False


def sign(prepared: "requests.PreparedRequest", signer: Signer, body: bytes, created_s: int) -> None:
    """Sign a request in place (RFC 9421, Ed25519), its body by Content-Digest (RFC 9530)."""
    import datetime

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms

    key = Ed25519PrivateKey.from_private_bytes(signer.private_key)
    keys = MappingKeyResolver(public_keys={}, private_keys={signer.key_id: key})
    HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=keys).sign(
        prepared,
        key_id=signer.key_id,
        created=datetime.datetime.fromtimestamp(created_s, tz=datetime.UTC),
        label=SIGNATURE_LABEL,
        tag=SIGNATURE_LABEL,
        covered_component_ids=[name for name in SIGNED if body or not name.startswith("content-")],
        body=body or None,
    )


def _prepare(url: str, call: Call) -> "requests.PreparedRequest":
    import requests

    headers: dict[str, str] = {
        PROTOCOL_HEADER: str(PROTOCOL),
        "Accept": "application/json, application/problem+json",
        "Accept-Encoding": "identity",
        **call.headers,
    }
    if call.body:
        headers["Content-Type"] = "application/json"
    if call.gzipped:
        headers["Content-Encoding"] = "gzip"
    request = requests.Request(call.method, url.rstrip("/") + BASE + call.path, headers, data=call.body or None)
    return request.prepare()


def open_adapter(route: Route, bounds: Bounds, deadline: Deadline, resolve: Resolve) -> "HTTPAdapter":
    """What sends requests along this route, every operation of its sockets bound by the deadline."""
    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

    class Bound(HTTPConnection):
        def _new_conn(self) -> Any:
            options = self.socket_options or ()
            return connect(self._dns_host, self.port or 80, deadline, bounds.connect_s, options, resolve)

    class BoundTLS(HTTPSConnection):
        def _new_conn(self) -> Any:
            options = self.socket_options or ()
            return connect(self._dns_host, self.port or 443, deadline, bounds.connect_s, options, resolve)

    class Pool(HTTPConnectionPool):
        ConnectionCls = Bound

    class PoolTLS(HTTPSConnectionPool):
        ConnectionCls = BoundTLS

    pools = {"http": Pool, "https": PoolTLS}
    over_tls = any(address.startswith("https:") for address in (route.url, route.proxy))
    context = bound_tls_context(deadline, route.ca_file or None) if over_tls else None

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, **kwargs)
            self.poolmanager.pool_classes_by_scheme = pools

        def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
            manager = super().proxy_manager_for(proxy, **kwargs)
            manager.pool_classes_by_scheme = pools
            return manager

        def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
            host, _ = super().build_connection_pool_key_attributes(request, verify, cert)
            return host, {"ssl_context": context}

        def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
            conn.cert_reqs = "CERT_REQUIRED"

    return Adapter(pool_connections=1, pool_maxsize=1)


def words_of(fault: BaseException) -> str:
    """The innermost reason, which is what a technician can use."""
    seen: Mapping[int, None] = {}
    while True:
        inner = getattr(fault, "reason", None) or fault.__cause__ or (fault.args[0] if fault.args else None)
        if not isinstance(inner, BaseException) or id(inner) in seen:
            return f"{type(fault).__name__}: {fault}"[:300]
        seen = {**seen, id(inner): None}
        fault = inner
