"""The maker's signature under the sums of the packages: Ed25519, by OpenSSL, so that a hall needs nothing of ours.

openssl genpkey -algorithm ed25519 -out maker.pem                      (once; kept off this machine)
openssl pkeyutl -verify -pubin -inkey maker.pub.pem -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig
"""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from developer.steps import Trouble


def sign(sums: Path, key: Path) -> list[Path]:
    """Sign this file with the private key at `key`; the signature and the public key, beside it.

    Raises Trouble where OpenSSL or the key will not do, or the signature just made does not hold.
    """
    signature, public = sums.with_name(f"{sums.name}.sig"), sums.with_name("maker.pub.pem")
    _openssl(["pkey", "-in", key, "-pubout", "-out", public])
    _openssl(["pkeyutl", "-sign", "-inkey", key, "-rawin", "-in", sums, "-out", signature])
    _openssl(["pkeyutl", "-verify", "-pubin", "-inkey", public, "-rawin", "-in", sums, "-sigfile", signature])
    return [signature, public]


def _openssl(arguments: Sequence[str | Path]) -> None:
    try:
        done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError as fault:
        raise Trouble("There is no openssl.", "the unsigned packages", "install OpenSSL 3.") from fault
    if done.returncode != 0:
        raise Trouble(f"openssl {arguments[0]} failed:\n{done.stderr}", "the unsigned packages", "see to the key.")
