"""Over the hall's network the client speaks to the terminal whose certificate it was told, and to nobody else."""

import datetime
import hashlib
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kiosk.client.line import Away, Misused, Station, Stranger
from tests.client.desk import ROOT

STATE = b'{"state":"ready"}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(STATE), STATE)


@dataclass
class Listener:
    """A TLS server that notes what it hears, and answers with a state."""

    port: int
    digest: str
    heard: list[bytes] = field(default_factory=list)
    gone: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))


def certificate(folder: Path) -> tuple[Path, str]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kiosk")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / "terminal.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path, hashlib.sha256(made.public_bytes(serialization.Encoding.DER)).hexdigest()


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    path, digest = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    listening = socket.create_server(("127.0.0.1", 0))
    found = Listener(listening.getsockname()[1], digest)

    def serve() -> None:
        while True:
            try:
                plain, _ = listening.accept()
            except OSError:
                return
            plain.settimeout(20)
            try:
                with context.wrap_socket(plain, server_side=True) as line:
                    found.heard.append(line.recv(65536))
                    if found.heard[-1]:
                        line.sendall(ANSWER)
            except OSError:
                plain.close()
            finally:
                found.gone.release()

    thread = threading.Thread(daemon=True, target=serve)
    thread.start()
    yield found
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join(20)


def station(listener: Listener, digest: str) -> Station:
    return Station(f"https://127.0.0.1:{listener.port}", "the-peers-key", digest)


def test_the_pinned_terminal_is_spoken_to_whatever_authority_signed_it(listener: Listener) -> None:
    in_pairs = ":".join(listener.digest[at : at + 2] for at in range(0, 64, 2))
    for written in (listener.digest, listener.digest.upper(), in_pairs):
        answer = station(listener, written).call("GET", "/state")
        assert (answer.status, answer.body) == (200, {"state": "ready"})
    assert b"Bearer the-peers-key" in listener.heard[0]


def test_another_certificate_hears_nothing(listener: Listener) -> None:
    other = hashlib.sha256(b"another").hexdigest()
    with pytest.raises(Stranger, match=listener.digest):
        station(listener, other).call("PUT", "/staff", {"number": "A103", "pin": "271828"})
    with pytest.raises(Stranger):
        next(station(listener, other).follow())
    for _ in range(2):
        assert listener.gone.acquire(timeout=20)
    assert b"".join(listener.heard) == b""


@pytest.mark.parametrize("digest", ["", "ab", "g" * 64, "é" * 64])
def test_without_a_whole_fingerprint_nobody_is_called(listener: Listener, digest: str) -> None:
    with pytest.raises(Misused, match="certificate-sha256"):
        station(listener, digest).call("GET", "/state")
    assert listener.heard == []


def test_what_speaks_no_tls_is_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as plain:

        def answer() -> None:
            line, _ = plain.accept()
            with line:
                line.recv(1024)
                line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

        thread = threading.Thread(daemon=True, target=answer)
        thread.start()
        with pytest.raises(Away):
            Station(f"https://127.0.0.1:{plain.getsockname()[1]}", "key", "a" * 64).call("GET", "/state")
        thread.join(20)


def test_the_fingerprint_that_pairing_kept_beside_the_key_is_taken(listener: Listener, tmp_path: Path) -> None:
    key = tmp_path / "window.key"
    key.write_text("the-peers-key\n", "ascii")
    command = [sys.executable, "-m", "kiosk", "state", "--json", "--key-file", str(key)]
    command += ["--station", f"https://127.0.0.1:{listener.port}"]

    def run() -> tuple[int, bytes]:
        done = subprocess.run(command, capture_output=True, timeout=60, cwd=ROOT, check=False)
        return done.returncode, done.stdout

    assert run()[0] == 78
    beside = tmp_path / "window.key.sha256"
    beside.write_text(hashlib.sha256(b"another").hexdigest() + "\n", "ascii")
    assert run()[0] == 77
    assert b"".join(listener.heard) == b""
    beside.write_text(listener.digest + "\n", "ascii")
    assert run() == (0, b'{"state": "ready"}\n')
