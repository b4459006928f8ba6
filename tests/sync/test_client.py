"""One signed request, against servers that answer as nobody should."""

import http.client
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from http_message_signatures import InvalidSignature

from kiosk.protocol.central import PROTOCOL
from kiosk.sync.client import Bounds, HttpExchange, PlainHttpRefused, Route, Signer
from kiosk.sync.deadline import Deadline, connect
from kiosk.sync.ports import Call, NoReply, Reply
from tests.sync.standins import JSON, KEY, KEY_ID, Seen, raw, serving

SIGNER = Signer(KEY_ID, KEY)
POST = Call("POST", "/device/journal", b'{"entries":[]}')
GET = Call("GET", "/device/profile", headers={"If-None-Match": '"p1"'})
OK = raw(Reply(200, JSON, b"{}"))
QUICK = Bounds(total_s=0.2, connect_s=0.2)


def now_s() -> int:
    return int(time.time())


def test_a_request_with_a_body_is_signed_as_the_standard_has_it() -> None:
    with serving(lambda seen: OK) as server:
        assert HttpExchange(Route(server.url + "/"), SIGNER).call(POST, now_s()) == Reply(
            200, {**JSON, "content-length": "2"}, b"{}"
        )
        (seen,) = server.seen
        seen.verify(server.url)
        assert (seen.method, seen.target) == ("POST", "/api/v1/device/journal")
        assert seen.headers["kiosk-protocol"] == str(PROTOCOL)
        assert seen.headers["content-type"] == "application/json"
        assert seen.headers["accept-encoding"] == "identity"


def test_a_request_without_a_body_is_signed_too() -> None:
    with serving(lambda seen: OK) as server:
        HttpExchange(Route(server.url), SIGNER).call(GET, now_s())
        (seen,) = server.seen
        seen.verify(server.url)
        assert "content-digest" not in seen.headers
        assert seen.headers["if-none-match"] == '"p1"'


def test_the_digest_covers_the_bytes_on_the_wire() -> None:
    import gzip

    with serving(lambda seen: OK) as server:
        HttpExchange(Route(server.url), SIGNER).call(
            Call("POST", "/device/journal", gzip.compress(b"{}"), gzipped=True), now_s()
        )
        (seen,) = server.seen
        seen.verify(server.url)
        assert seen.headers["content-encoding"] == "gzip"
        assert seen.text == b"{}"


@pytest.mark.parametrize("change", ["body", "target", "kiosk-protocol", "content-digest"])
def test_what_is_changed_on_the_way_no_longer_verifies(change: str) -> None:
    with serving(lambda seen: OK) as server:
        HttpExchange(Route(server.url), SIGNER).call(POST, now_s())
        (seen,) = server.seen
        match change:
            case "body":
                seen.body += b" "
            case "target":
                seen.target += "?x=1"
            case header:
                seen.headers[header] = seen.headers[header].replace("1", "2") + "2"
        with pytest.raises(InvalidSignature):
            seen.verify(server.url)


def test_the_time_of_the_signature_is_the_one_given() -> None:
    with serving(lambda seen: OK) as server:
        HttpExchange(Route(server.url), SIGNER).call(GET, 1_700_000_000)
        assert ";created=1700000000;" in server.seen[0].headers["signature-input"]


def test_without_a_key_nothing_is_signed() -> None:
    with serving(lambda seen: OK) as server:
        HttpExchange(Route(server.url), None).call(POST, now_s())
        assert "signature" not in server.seen[0].headers


def test_the_connection_is_kept_between_calls_and_made_anew_when_the_server_ended_it() -> None:
    answers = iter([OK, OK, raw(Reply(200, JSON, b"{}"), close=True), OK])
    with serving(lambda seen: next(answers)) as server:
        exchange = HttpExchange(Route(server.url), SIGNER)
        for connections in (1, 1, 1, 2):
            assert isinstance(exchange.call(POST, now_s()), Reply)
            assert server.connections == connections


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
def test_a_proxy_in_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    with serving(lambda seen: OK) as server, serving(lambda seen: OK) as proxy:
        monkeypatch.setenv(variable, proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        HttpExchange(Route(server.url), SIGNER).call(GET, now_s())
        assert (len(server.seen), len(proxy.seen)) == (1, 0)


def test_a_password_in_the_users_netrc_is_not_sent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with serving(lambda seen: OK) as server:
        HttpExchange(Route(server.url), SIGNER).call(GET, now_s())
        assert "authorization" not in server.seen[0].headers


def test_a_proxy_in_the_settings_is_used() -> None:
    with serving(lambda seen: OK) as proxy:
        route = Route("http://central.invalid:7800", proxy=proxy.url, allow_plain_http=True)
        assert isinstance(HttpExchange(route, SIGNER).call(GET, now_s()), Reply)
        assert proxy.seen[0].target == "http://central.invalid:7800/api/v1/device/profile"
        assert proxy.connections == 1


def test_a_redirect_is_handed_back_and_not_followed() -> None:
    with serving(lambda seen: OK) as portal:
        location = {"location": portal.url + "/login"}
        with serving(lambda seen: raw(Reply(302, location, b"<html>"))) as server:
            reply = HttpExchange(Route(server.url), SIGNER).call(POST, now_s())
        assert isinstance(reply, Reply)
        assert reply.status == 302
        assert portal.seen == []


def test_a_cookie_is_not_sent_back() -> None:
    with serving(lambda seen: raw(Reply(200, {**JSON, "set-cookie": "track=1; Path=/"}, b"{}"))) as server:
        exchange = HttpExchange(Route(server.url), SIGNER)
        exchange.call(GET, now_s())
        exchange.call(GET, now_s())
        assert "cookie" not in server.seen[1].headers


@pytest.mark.parametrize("url", ["http://central.example", "http://10.0.0.1:7800", "ftp://127.0.0.1", "127.0.0.1:7800"])
def test_plain_http_to_another_machine_is_refused(url: str) -> None:
    with pytest.raises(PlainHttpRefused):
        HttpExchange(Route(url), SIGNER)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "http://localhost/base", "http://[::1]:1", "https://central.example"]
)
def test_loopback_and_tls_need_no_permission(url: str) -> None:
    HttpExchange(Route(url), SIGNER)


# -- answers that never come -----------------------------------------------------------------------------------------


def drip(head: bytes, byte: bytes) -> Callable[[socket.socket], None]:
    def send(connection: socket.socket) -> None:
        connection.sendall(head)
        pause = threading.Event()
        while not pause.wait(0.02):
            connection.sendall(byte)

    return send


DRIPS = {
    "body": drip(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n", b" "),
    "chunks": drip(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "one header": drip(b"HTTP/1.1 200 OK\r\nx: ", b"y"),
    "headers": drip(b"HTTP/1.1 200 OK\r\n", b"x: y\r\n"),
    "status": drip(b"HTTP/1.1 ", b"2"),
    "continue": drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "nothing": drip(b"", b""),
}


def test_a_call_has_twenty_seconds_in_all() -> None:
    """RELIABILITY 14. The tests below lower the bound, and show that it holds whatever the other side does."""
    assert Bounds().total_s == 20
    assert Bounds().connect_s <= Bounds().total_s


@pytest.mark.parametrize("where", DRIPS)
def test_a_server_that_drips_does_not_outlast_the_bound(where: str) -> None:
    with serving(lambda seen: DRIPS[where]) as server:
        reply = HttpExchange(Route(server.url), SIGNER, QUICK).call(POST, now_s())
    assert isinstance(reply, NoReply)
    assert reply.kind in (
        "too_slow",
        "unreachable",
    )  # http.client gives up on very many headers before the time is over


def test_a_server_that_reads_nothing_does_not_outlast_the_bound() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        call = Call("POST", "/device/journal", b"x" * 20_000_000)
        assert _kind(HttpExchange(Route(url), SIGNER, QUICK).call(call, now_s())) == "too_slow"


def test_a_full_backlog_does_not_outlast_the_bound() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as busy:
        address = busy.getsockname()
        held = []
        for _ in range(4):
            waiting = socket.socket()
            waiting.setblocking(False)
            waiting.connect_ex(address)
            held.append(waiting)
        url = f"http://127.0.0.1:{address[1]}"
        assert _kind(HttpExchange(Route(url), SIGNER, QUICK).call(POST, now_s())) == "too_slow"
        for waiting in held:
            waiting.close()


def test_a_name_look_up_that_hangs_does_not_outlast_the_bound() -> None:
    answered = threading.Event()

    def hang(host: str, port: int) -> list[tuple[int, int, int, str, tuple[object, ...]]]:
        answered.wait(60)
        return []

    exchange = HttpExchange(Route("https://central.example"), SIGNER, QUICK, resolve=hang)
    assert _kind(exchange.call(GET, now_s())) == "too_slow"
    answered.set()


def _kind(reply: Reply | NoReply) -> str:
    assert isinstance(reply, NoReply)
    assert reply.why
    return reply.kind


def test_a_name_that_is_not_found_is_told() -> None:
    def unknown(host: str, port: int) -> list[tuple[int, int, int, str, tuple[object, ...]]]:
        raise socket.gaierror(-2, "Name or service not known")

    reply = HttpExchange(Route("https://central.example"), SIGNER, resolve=unknown).call(GET, now_s())
    assert isinstance(reply, NoReply)
    assert "Name or service not known" in reply.why


def test_a_name_without_addresses_is_told() -> None:
    exchange = HttpExchange(Route("https://central.example"), SIGNER, resolve=lambda host, port: [])
    assert _kind(exchange.call(GET, now_s())) == "unreachable"


def test_the_next_address_is_tried_when_one_refuses() -> None:
    with serving(lambda seen: OK) as server, socket.create_server(("127.0.0.1", 0)) as gone:
        closed = gone.getsockname()
        gone.close()
        port = int(server.url.rpartition(":")[2])
        found = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", address) for address in (closed, ("127.0.0.1", port))]
        deadline = Deadline()
        deadline.begin(5)
        with connect("central.example", 80, deadline, 5, resolve=lambda host, port: found) as connection:  # type: ignore[arg-type, return-value]
            assert connection.getpeername()[1] == port


def test_nobody_listening_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        url = f"http://127.0.0.1:{gone.getsockname()[1]}"
    assert _kind(HttpExchange(Route(url), SIGNER).call(POST, now_s())) == "unreachable"


def test_a_reset_is_unreachable() -> None:
    def reset(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        connection.close()

    with serving(lambda seen: reset) as server:
        assert _kind(HttpExchange(Route(server.url), SIGNER).call(POST, now_s())) == "unreachable"


def test_an_answer_cut_at_any_byte_is_no_reply_or_shorter_than_it_says() -> None:
    whole = raw(Reply(200, JSON, b'{"a":1}'))
    cuts = iter(range(len(whole) + 1))

    def script(seen: Seen) -> Callable[[socket.socket], None]:
        part = whole[: next(cuts)]
        return lambda connection: connection.sendall(part)

    with serving(script) as server:
        exchange = HttpExchange(Route(server.url), SIGNER)
        for _ in range(len(whole)):
            reply = exchange.call(POST, now_s())
            assert isinstance(reply, NoReply) or reply.body != b'{"a":1}' or "content-length" not in reply.headers
        reply = exchange.call(POST, now_s())
        assert isinstance(reply, Reply)
        assert reply.body == b'{"a":1}'


def test_an_answer_longer_than_its_limit_is_not_read_to_its_end() -> None:
    sent = []

    def script(seen: Seen) -> Callable[[socket.socket], None]:
        def flood(connection: socket.socket) -> None:
            connection.sendall(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000000\r\n\r\n"
            )
            for _ in range(1000):
                connection.sendall(b" " * 100_000)
                sent.append(100_000)

        return flood

    with serving(script) as server:
        reply = HttpExchange(Route(server.url), SIGNER).call(POST, now_s())
    assert _kind(reply) == "unusable"
    assert sum(sent) < 50_000_000


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "x-unknown"])
def test_an_encoded_answer_is_unusable_and_never_unpacked(encoding: str) -> None:
    answer = raw(Reply(200, {**JSON, "content-encoding": encoding}, b"\x1f\x8bgarbage"))
    with serving(lambda seen: answer) as server:
        assert _kind(HttpExchange(Route(server.url), SIGNER).call(POST, now_s())) == "unusable"


@pytest.mark.parametrize(
    "answer",
    [
        b"\x15\x03\x01\x00\x02\x02\x28",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\xff\xfe: \xff\r\ncontent-length: 2\r\n\r\n{}",
    ],
)
def test_what_is_not_http_raises_nothing(answer: bytes) -> None:
    with serving(lambda seen: lambda connection: connection.sendall(answer)) as server:
        assert isinstance(HttpExchange(Route(server.url), SIGNER, QUICK).call(POST, now_s()), NoReply | Reply)


def test_closing_ends_a_running_call_and_all_later_ones() -> None:
    reached = threading.Event()

    def script(seen: Seen) -> Callable[[socket.socket], None]:
        def hang(connection: socket.socket) -> None:
            reached.set()
            connection.recv(1)

        return hang

    with serving(script) as server:
        exchange = HttpExchange(Route(server.url), SIGNER, Bounds(total_s=60))
        replies: list[Reply | NoReply] = []
        calling = threading.Thread(daemon=True, target=lambda: replies.append(exchange.call(POST, now_s())))
        calling.start()
        assert reached.wait(60)
        exchange.close()
        calling.join(10)
        assert [_kind(reply) for reply in replies] == ["too_slow"]
        assert _kind(exchange.call(POST, now_s())) == "too_slow"
        assert len(server.seen) == 1


def test_closing_does_not_wait_for_a_name_look_up_that_hangs() -> None:
    asked, answered = threading.Event(), threading.Event()

    def hang(host: str, port: int) -> list[tuple[int, int, int, str, tuple[object, ...]]]:
        asked.set()
        answered.wait(60)
        return []

    exchange = HttpExchange(Route("https://central.example"), SIGNER, Bounds(total_s=60), resolve=hang)
    replies: list[Reply | NoReply] = []
    calling = threading.Thread(daemon=True, target=lambda: replies.append(exchange.call(GET, now_s())))
    calling.start()
    assert asked.wait(60)
    exchange.close()
    calling.join(10)
    assert [_kind(reply) for reply in replies] == ["too_slow"]
    answered.set()


# -- TLS -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `ca.pem`, and `good` and `other`: certificates for 127.0.0.1 and for another name."""
    import datetime
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    folder = tmp_path_factory.mktemp("tls")
    now = datetime.datetime.now(datetime.UTC)

    def build(name: str, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        builder = x509.CertificateBuilder().subject_name(
            x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        )
        builder = builder.issuer_name(issuer).public_key(key.public_key()).serial_number(x509.random_serial_number())
        day = datetime.timedelta(days=1)
        return builder.not_valid_before(now - day).not_valid_after(now + day)

    ca_key = ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "ca")])
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    identifier = x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key())
    ca = build("ca", ca_name, ca_key).add_extension(x509.BasicConstraints(True, None), True)
    ca = ca.add_extension(usage, True).add_extension(identifier, False)
    (folder / "ca.pem").write_bytes(ca.sign(ca_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    names: dict[str, x509.GeneralName] = {
        "good": x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
        "other": x509.DNSName("other.example"),
    }
    for name, subject in names.items():
        key = ec.generate_private_key(ec.SECP256R1())
        builder = build(name, ca_name, key).add_extension(x509.SubjectAlternativeName([subject]), False)
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), False
        )
        certificate = builder.sign(ca_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (folder / f"{name}.pem").write_bytes(private + certificate)
    return folder


def tls(certificate: Path) -> Callable[[socket.socket], socket.socket]:
    def wrap(plain: socket.socket) -> socket.socket:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        return context.wrap_socket(plain, server_side=True)

    return wrap


def test_a_certificate_of_the_named_authority_is_trusted(authority: Path) -> None:
    with serving(lambda seen: OK, tls(authority / "good.pem")) as server:
        exchange = HttpExchange(Route(server.url, ca_file=str(authority / "ca.pem")), SIGNER)
        assert isinstance(exchange.call(POST, now_s()), Reply)
        assert isinstance(exchange.call(POST, now_s()), Reply)
        assert server.connections == 1
        server.seen[0].verify(server.url)


@pytest.mark.parametrize(("certificate", "ca"), [("good.pem", ""), ("other.pem", "ca.pem")])
def test_a_certificate_that_is_unknown_or_for_another_name_is_refused(
    authority: Path, certificate: str, ca: str
) -> None:
    with serving(lambda seen: OK, tls(authority / certificate)) as server:
        ca_file = str(authority / ca) if ca else ""
        reply = HttpExchange(Route(server.url, ca_file=ca_file), SIGNER).call(POST, now_s())
        assert _kind(reply) == "tls"
        assert server.seen == []


def test_authorities_in_the_environment_are_not_trusted(authority: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(variable, str(authority / "ca.pem"))
    with serving(lambda seen: OK, tls(authority / "good.pem")) as server:
        assert _kind(HttpExchange(Route(server.url), SIGNER).call(POST, now_s())) == "tls"


def test_a_file_of_authorities_that_is_not_there_is_told(tmp_path: Path) -> None:
    exchange = HttpExchange(Route("https://127.0.0.1:1", ca_file=str(tmp_path / "none.pem")), SIGNER)
    assert _kind(exchange.call(POST, now_s())) == "unreachable"


@pytest.mark.parametrize("where", ["body", "headers"])
def test_a_drip_within_tls_does_not_outlast_the_bound(authority: Path, where: str) -> None:
    with serving(lambda seen: DRIPS[where], tls(authority / "good.pem")) as server:
        route = Route(server.url, ca_file=str(authority / "ca.pem"))
        assert isinstance(HttpExchange(route, SIGNER, Bounds(0.4, 0.4)).call(POST, now_s()), NoReply)


def test_a_handshake_that_never_ends_does_not_outlast_the_bound() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        route = Route(f"https://127.0.0.1:{silent.getsockname()[1]}")
        assert _kind(HttpExchange(route, SIGNER, QUICK).call(POST, now_s())) == "too_slow"


def test_a_large_body_goes_through_tls(authority: Path) -> None:
    with serving(lambda seen: OK, tls(authority / "good.pem")) as server:
        route = Route(server.url, ca_file=str(authority / "ca.pem"))
        call = Call("POST", "/device/journal", b"x" * 1_000_000)
        assert isinstance(HttpExchange(route, SIGNER).call(call, now_s()), Reply)
        assert len(server.seen[0].body) == 1_000_000


def test_nothing_heavy_is_imported_before_the_first_call() -> None:
    heavy = ["requests", "urllib3", "ssl", "cryptography", "http_message_signatures", "certifi", "email"]
    code = (
        "import sys, kiosk.sync.lane, kiosk.sync.enrol, kiosk.sync.client as c\n"
        "c.HttpExchange(c.Route('https://central.example'), c.Signer('k', bytes(32)))\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == "[]\n"
    assert http.client  # the server's side of this test needs it, the terminal's does not
