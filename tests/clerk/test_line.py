"""The wire to the station: a lost answer, a certificate, the end. Against servers that answer as they are told."""

import http.server
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from kiosk.clerk.line import Done, Line, NoAnswer, Refused, Station
from kiosk.protocol.pinning import WrongCertificate
from tests.clerk.desk import Desk

TOKEN = "key-of-this-console"
PIN_PAUSED = b'{"type":"urn:kiosk:problem:pin_paused","title":"t","status":429,"field":"$.pin"}'


@dataclass
class Heard:
    """What came to a server: method, path, headers; and what it answers, None for hanging up."""

    calls: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], bytes] | None] = field(default_factory=list)


@contextmanager
def serving(heard: Heard, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server on a free port of loopback."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            heard.calls.append((self.command, self.path, dict(self.headers)))
            answer = heard.answers.pop(0)
            if answer is None:
                self.close_connection = True
                return
            status, headers, body = answer
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = answer

        def log_message(self, *_arguments: object) -> None:
            pass

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            pass  # whoever does not like the certificate hangs up in the middle

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(daemon=True, target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join(60)
        server.server_close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, str]:
    """A terminal's certificate, signed by itself, and its SHA-256."""
    from datetime import UTC, datetime, timedelta

    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    folder = tmp_path_factory.mktemp("certificate")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "terminal")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .sign(key, SHA256())
    )  # fmt: skip
    (folder / "both.pem").write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context, signed.fingerprint(SHA256()).hex()


def test_over_the_halls_network_the_paired_certificate_is_believed(certificate: tuple[ssl.SSLContext, str]) -> None:
    context, digest = certificate
    heard = Heard(answers=[(200, {}, b"{}"), (200, {}, b'data: {"x":1}\n\n')])
    with serving(heard, context) as port:
        colons = ":".join(digest[at : at + 2] for at in range(0, 64, 2)).upper()
        for written in (digest, colons):
            line = Line(Station(f"https://127.0.0.1:{port}/v1", TOKEN, written))
            if written == digest:
                assert line.call("GET", "state", b"", {}) == Done(b"{}")
            else:
                events: list[bytes] = []
                assert line.follow(events.append) == 200
                assert events == [b'{"x":1}']
    assert [(method, path) for method, path, _ in heard.calls] == [("GET", "/v1/state"), ("GET", "/v1/events")]
    assert {headers["Authorization"] for _, _, headers in heard.calls} == {f"Bearer {TOKEN}"}


def test_another_certificate_hears_not_a_word(certificate: tuple[ssl.SSLContext, str]) -> None:
    context, digest = certificate
    heard = Heard()
    with serving(heard, context) as port:
        other = Line(Station(f"https://127.0.0.1:{port}", TOKEN, "0" * 64))
        assert other.call("GET", "state", b"", {}) == NoAnswer()
        with pytest.raises(WrongCertificate):
            other.follow(lambda _: None)
        unpinned = Line(Station(f"https://127.0.0.1:{port}", TOKEN))
        assert unpinned.call("GET", "state", b"", {}) == NoAnswer()
    assert heard.calls == []
    with serving(heard) as port, pytest.raises(WrongCertificate):
        Line(Station(f"http://127.0.0.1:{port}", TOKEN, digest)).follow(lambda _: None)
    assert heard.calls == []


def test_a_redirect_is_not_followed() -> None:
    heard, elsewhere = Heard(), Heard()
    with serving(heard) as port, serving(elsewhere) as other:
        heard.answers.append((307, {"Location": f"http://127.0.0.1:{other}/v1/state"}, b""))
        assert Line(Station(f"http://127.0.0.1:{port}", TOKEN)).call("GET", "state", b"", {}) == NoAnswer()
    assert elsewhere.calls == []


@pytest.mark.parametrize(
    ("answer", "read"),
    [
        ((409, {}, b'{"type":"urn:kiosk:problem:busy","title":"t","status":409}'), Refused("busy")),
        (
            (429, {"Retry-After": "30"}, PIN_PAUSED),
            Refused("pin_paused", "$.pin", 30),
        ),
        ((502, {}, b"<html>a proxy's</html>"), NoAnswer()),
        (None, NoAnswer()),
    ],
)  # fmt: skip
def test_an_answer_is_read_for_what_it_is(answer: Any, read: object) -> None:
    heard = Heard(answers=[answer])
    with serving(heard) as port:
        assert Line(Station(f"http://127.0.0.1:{port}", TOKEN)).call("PUT", "staff", b"{}", {}) == read


def test_a_line_that_is_cut_ends_what_waits_and_begins_nothing() -> None:
    class Silent(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            came.set()
            over.wait(60)

        def log_message(self, *_arguments: object) -> None:
            pass

    came, over = threading.Event(), threading.Event()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Silent)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        line = Line(Station(f"http://127.0.0.1:{server.server_address[1]}", TOKEN))
        waiting = threading.Thread(daemon=True, target=line.follow, args=(lambda _: None,))
        waiting.start()
        assert came.wait(60)
        line.cut()
        waiting.join(60)
        assert not waiting.is_alive()
        assert line.call("GET", "state", b"", {}) == NoAnswer()
    finally:
        over.set()
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("url", "certificate", "said"),
    [
        ("127.0.0.1:7801", "", "no address"),
        ("ftp://127.0.0.1", "", "no address"),
        ("https://somebody@10.0.0.1", "", "no address"),
        ("https://10.0.0.1:7802", "abc", "64 hex digits"),
        ("http://10.0.0.1:7801", "ab" * 32, "shows no certificate"),
    ],
)
def test_an_address_that_cannot_be_is_refused_before_a_window_opens(url: str, certificate: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Station(url, TOKEN, certificate).check()
    Station("https://10.0.0.1:7802/v1", TOKEN, "ab:" * 31 + "ab").check()


def test_the_secrets_are_in_no_picture_of_the_values() -> None:
    assert TOKEN not in repr(Station("http://127.0.0.1:1", TOKEN))


def test_a_start_whose_answer_was_lost_is_sent_again_with_the_same_key(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[dict[str, str]] = []
    line = desk.window._client._line
    through = line.call

    def losing(method: str, path: str, body: bytes, headers: dict[str, str]) -> Any:
        answer = through(method, path, body, headers)
        if path != "visits":
            return answer
        sent.append(headers)
        return NoAnswer() if len(sent) == 1 else answer

    monkeypatch.setattr(line, "call", losing)
    desk.press("matter")
    desk.type("3402\r7788")
    desk.press("start")
    desk.until(lambda: desk.shown.trouble_place == "visit")
    assert desk.shown.case_number == "7788"
    desk.until(lambda: len(sent) == 2)
    assert sent[0]["Idempotency-Key"] == sent[1]["Idempotency-Key"]
    desk.until(lambda: desk.shown.running_case == "7788")
    assert desk.house.terminal.kinds == ["visit.started"]
    assert desk.shown.trouble_text == ""
