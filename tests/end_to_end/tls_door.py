"""A door with TLS before a server that has none, whose certificate can be changed while it stands open."""

import contextlib
import datetime
import ipaddress
import socket
import ssl
import threading
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_LOOK_S = 0.2


class TlsDoor:
    """On a port of loopback of its own, until the block ends. `authority`: the file to trust."""

    def __init__(self, folder: Path, inner: int) -> None:
        self._folder, self._inner = folder, inner
        self.authority = folder / "authority.pem"
        self._key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.datetime.now(datetime.UTC)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hall's authority")])
        self._issuer = name
        own = self._builder(self._key, name, now - datetime.timedelta(days=1000), now + datetime.timedelta(days=1000))
        own = own.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        own = own.add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
        own = own.add_extension(_may_sign(), critical=True)
        self.authority.write_bytes(own.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        self._context = self._made("127.0.0.1", -1, 300)
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(_LOOK_S)
        self.port = int(self._listener.getsockname()[1])
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._begin(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        for thread in self._threads:
            thread.join(60)
        self._listener.close()

    def show(self, name: str = "127.0.0.1", days_from: int = -1, days_to: int = 300, by_itself: bool = False) -> None:
        """Whoever comes from now on sees this certificate."""
        self._context = self._made(name, days_from, days_to, by_itself)

    def _made(self, name: str, days_from: int, days_to: int, by_itself: bool = False) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "central")])
        now = datetime.datetime.now(datetime.UTC)
        builder = self._builder(
            key, subject, now + datetime.timedelta(days=days_from), now + datetime.timedelta(days=days_to),
            subject if by_itself else self._issuer,
        )  # fmt: skip
        builder = builder.add_extension(x509.SubjectAlternativeName([_alternative(name)]), critical=False)
        signed = builder.sign(key if by_itself else self._key, hashes.SHA256())
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path = self._folder / "door.pem"
        path.write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _builder(
        self, key: ec.EllipticCurvePrivateKey, subject: x509.Name, start: datetime.datetime, end: datetime.datetime,
        issuer: x509.Name | None = None,
    ) -> x509.CertificateBuilder:  # fmt: skip
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        return (
            x509.CertificateBuilder().subject_name(subject).issuer_name(issuer or subject)
            .public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(start).not_valid_after(end).add_extension(authority, critical=False)
        )  # fmt: skip

    def _begin(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(daemon=True, target=work, args=arguments)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._closing.is_set():
            with contextlib.suppress(TimeoutError):
                plain, _ = self._listener.accept()
                self._begin(self._serve, plain)

    def _serve(self, plain: socket.socket) -> None:
        plain.settimeout(10)
        with (
            contextlib.suppress(OSError),
            plain,
            self._context.wrap_socket(plain, server_side=True) as outer,
            socket.create_connection(("127.0.0.1", self._inner)) as inner,
        ):
            back = threading.Thread(daemon=True, target=_copy, args=(inner, outer, self._closing))
            back.start()
            _copy(outer, inner, self._closing)
            with contextlib.suppress(OSError):
                inner.shutdown(socket.SHUT_RDWR)
            back.join(60)


def _copy(source: socket.socket, target: socket.socket, closing: threading.Event) -> None:
    source.settimeout(_LOOK_S)
    with contextlib.suppress(OSError):
        while not closing.is_set():
            with contextlib.suppress(TimeoutError):
                data = source.recv(65536)
                if not data:
                    return
                target.sendall(data)


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _may_sign() -> x509.KeyUsage:
    return x509.KeyUsage(True, False, False, False, False, True, True, False, False)
