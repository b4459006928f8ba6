"""The terminal's own certificate for the hall's network: made once, and known by its fingerprint alone.

Key and certificate are one text, so that no cut can part them. One that does not hold is refused and never replaced
here: whoever pinned it must hear of that, and a person decide.
"""

import datetime
import ipaddress
import ssl
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kiosk.protocol.pinning import fingerprint_of

if TYPE_CHECKING:
    from cryptography import x509

_FROM = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
_TO = datetime.datetime(2099, 12, 31, 23, 59, 59, tzinfo=datetime.UTC)
"""Whatever this machine's clock says: a pin has no date, and a certificate that runs out closes a hall."""


class CertificateBroken(Exception):
    """The text holds no certificate with its key; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What may be told of it. `text`: the certificate in PEM, without the key; `names`: whom it was made out to."""

    fingerprint: str
    names: tuple[str, ...]
    text: str = field(repr=False)


def make_certificate(names: Iterable[str]) -> bytes:
    """A new key (EC P-256) and its self-signed certificate for these host names and addresses, as one PEM text."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "kiosk terminal")])
    alternatives = x509.SubjectAlternativeName([_alternative(name) for name in dict.fromkeys(names)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(_TO)
        .add_extension(alternatives, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return secret + certificate.public_bytes(serialization.Encoding.PEM)


def read_certificate(text: bytes) -> Certificate:
    """The certificate in such a text, whose key must be there and be its own.

    Raises CertificateBroken.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    try:
        key = serialization.load_pem_private_key(text, None)
        certificate = x509.load_pem_x509_certificate(text)
        if key.public_key() != certificate.public_key():
            raise CertificateBroken("its key is another certificate's")
        der = certificate.public_bytes(serialization.Encoding.DER)
        alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = tuple(str(name.value) for name in alternatives)
    except (ValueError, TypeError, x509.ExtensionNotFound) as fault:
        raise CertificateBroken(f"it cannot be read ({type(fault).__name__})") from fault
    return Certificate(fingerprint_of(der), names, ssl.DER_cert_to_PEM_cert(der))


def _alternative(name: str) -> "x509.GeneralName":
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
