"""Checks this very program, frozen or not, in a home of its own: journal, keys, TLS, screens, updates, handwriting.

One line a check; exit 1 if any fails. It touches nothing of the unit it runs on.
"""

import contextlib
import datetime
import http.server
import os
import ssl
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from kiosk.core.entry import Draft
from kiosk.device.clock import SystemClock
from kiosk.device.paths import assets_folder, open_home
from kiosk.device.secrets import open_vault
from kiosk.unit import new_id, open_journal


def selftest() -> int:
    """Run every check; 0 if all hold."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("QT_QUICK_BACKEND", "software")
    checks: tuple[tuple[str, Callable[[Path], str]], ...] = (
        ("journal", check_journal),
        ("key store", check_key_store),
        ("TLS", check_tls),
        ("screens", check_screens),
        ("updates", check_updates),
        ("handwriting", check_handwriting),
    )
    failed = 0
    with tempfile.TemporaryDirectory(prefix="kiosk-selftest-") as folder:
        for name, check in checks:
            began = time.monotonic()
            try:
                words = check(Path(folder))
            except Exception as fault:  # whatever a broken bundle raises is the finding
                failed += 1
                words = f"FAILED  {type(fault).__name__}: {fault}"
            print(f"{name:<11} {words}  ({time.monotonic() - began:.1f} s)", flush=True)
    print("selftest passed" if not failed else f"selftest: {failed} of {len(checks)} failed")
    return 1 if failed else 0


def check_journal(folder: Path) -> str:
    """Write entries, close, read them back, verify the chain."""
    home, clock = open_home(folder / "journal-home"), SystemClock()
    vault = open_vault(home, "file", "file")
    drafts = [
        Draft(new_id(), "selftest", clock.wall_ms(), clock.mono_ms(), clock.boot_id(), None, {"n": n})
        for n in range(20)
    ]
    with open_journal(home, vault, clock) as journal:
        for draft in drafts:
            journal.append(draft)
    with open_journal(home, vault, clock) as journal:
        found = [record["entry_id"] for record in journal.read(1, 100)]
        report = journal.verify()
    if found != [draft.entry_id for draft in drafts] or report.fault is not None:
        raise RuntimeError(f"read back {len(found)} of {len(drafts)} entries, chain {report.fault}")
    return f"ok  {report.entries} entries written, read back and verified"


def check_key_store(folder: Path) -> str:
    """Keep a secret and get it back, in whatever store this machine has."""
    home = open_home(folder / "key-home")
    vault, secret = open_vault(home, "auto", "file"), os.urandom(32)
    vault.put("selftest", secret)
    if open_vault(home, "auto", "file").get("selftest") != secret:
        raise RuntimeError("the secret that came back is another one")
    return f"ok  {vault.kind}"


def check_screens(_folder: Path) -> str:
    """Lay out every screen and see that each can be used."""
    from kiosk.ui.targets import targets

    with tempfile.TemporaryDirectory() as scratch:
        pages = targets(1280, 800, "zh-CN", None, assets_folder(), Path(scratch))
    levels = [name for name in pages.get("inviting", {}) if name.startswith("level.")]
    if len(levels) != 5:
        raise RuntimeError(f"the inviting page offers {len(levels)} levels")
    return f"ok  {len(pages)} pages laid out"


def check_updates(_folder: Path) -> str:
    """What fetches other versions is part of the program, and believes no publisher's root that is none."""
    from kiosk.update.metadata import MetadataRefused, read_root

    try:
        read_root(b"{}")
    except MetadataRefused:
        return "ok  what is no publisher's root is refused"
    raise RuntimeError("a root was believed that is none")


def check_handwriting(_folder: Path) -> str:
    """Read one character, where the optional extra is part of the program."""
    from kiosk import handwriting

    model = handwriting.model_path()
    if model is None or not handwriting.installed():
        return "ok  not installed; the pad is not offered"
    from kiosk.handwriting.recogniser import Recogniser

    ten = [[(0.0, 40.0), (100.0, 40.0)], [(50.0, 0.0), (50.0, 100.0)]]
    found = [reading.text for reading in Recogniser(model).read(ten)]
    if found[:1] != ["十"]:
        raise RuntimeError(f"a cross was read as {' '.join(found)}")
    return f"ok  {len(found)} characters offered for a cross"


def check_tls(folder: Path) -> str:
    """A connection to a server of our own: taken with its authority, refused without, refused under another name."""
    import requests

    certificate, key = _certificate(folder)
    with _served(certificate, key) as port, requests.Session() as session:
        session.trust_env = False
        if session.get(f"https://localhost:{port}/", verify=str(certificate), timeout=10).text != "ok":
            raise RuntimeError("the server's answer came back changed")
        for url, authority in ((f"https://localhost:{port}/", True), (f"https://127.0.0.1:{port}/", str(certificate))):
            try:
                session.get(url, verify=authority, timeout=10)
            except requests.exceptions.SSLError:
                continue
            raise RuntimeError(f"{url} was trusted and must not be")
    return f"ok  {ssl.OPENSSL_VERSION}"


def _certificate(folder: Path) -> tuple[Path, Path]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )  # fmt: skip
    return paths


class _Ok(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: the checks speak."""


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A refused handshake is what two of the checks are for."""


@contextlib.contextmanager
def _served(certificate: Path, key: Path) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = _Server(("127.0.0.1", 0), _Ok)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


if __name__ == "__main__":
    sys.exit(selftest())
