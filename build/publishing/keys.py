"""A publisher's keys: one file each, PEM, for its owner alone. The root's lie apart, for they belong offline."""

import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner

ROLES = ("root", "targets", "snapshot", "timestamp")


class Keys:
    """Keys in a folder: `root-1.pem`, `targets-1.pem`, and so on; the highest number of a role is in force."""

    def __init__(self, folder: Path, passphrase: bytes | None = None) -> None:
        """`passphrase`: of the root's keys; the others sign unattended and have none."""
        self._folder, self._passphrase = folder, passphrase

    def make(self, role: str) -> CryptoSigner:
        """Another key for this role, in force from now on."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = Ed25519PrivateKey.generate()
        locked: serialization.KeySerializationEncryption = serialization.NoEncryption()
        if role == "root" and self._passphrase:
            locked = serialization.BestAvailableEncryption(self._passphrase)
        pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
        file = self._file(role, len(self._numbers(role)) + 1)
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(pem)
        return CryptoSigner(key)

    def newest(self, role: str) -> CryptoSigner:
        """The key in force. Raises FileNotFoundError: there is none here, as for the root on a server it should be."""
        numbers = self._numbers(role)
        if not numbers:
            raise FileNotFoundError(f"{self._folder} holds no key of {role}")
        return self._read(role, numbers[-1])

    def all(self, role: str) -> list[CryptoSigner]:
        """Every key this role ever had, oldest first."""
        return [self._read(role, number) for number in self._numbers(role)]

    def _read(self, role: str, number: int) -> CryptoSigner:
        pem = self._file(role, number).read_bytes()
        key = serialization.load_pem_private_key(pem, self._passphrase if role == "root" else None)
        assert isinstance(key, Ed25519PrivateKey)
        return CryptoSigner(key)

    def _numbers(self, role: str) -> list[int]:
        return sorted(int(file.stem.rpartition("-")[2]) for file in self._folder.glob(f"{role}-*.pem"))

    def _file(self, role: str, number: int) -> Path:
        return self._folder / f"{role}-{number}.pem"
