"""Makes the sheet: the doctor's round, what was tried, the unit itself; a PDF of that, and its signature."""

import base64
import os
import platform
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from kiosk.acceptance.signature import ENDING, Signature, signed
from kiosk.acceptance_book import Kept, read_book
from kiosk.core.acceptance import CheckedItem, Sheet, TriedItem
from kiosk.device.files import read_file, write_file
from kiosk.device.identity import DEVICE_KEY, Identity, IdentityBroken, read_identity
from kiosk.device.paths import Home, assets_folder
from kiosk.device.secrets import Vault, VaultError, open_vault
from kiosk.device.settings import Settings
from kiosk.doctor import findings_of
from kiosk.doctor.finding import Finding
from kiosk.profile_file import PROFILE_LIMIT
from kiosk.protocol.profile import ProfileRefused, read_profile
from kiosk.ui.words import Words, load_words
from kiosk.versions import versions


class NotEnrolled(Exception):
    """This unit has no key to sign with; the message says why."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: this unit, by its own key (raw Ed25519)."""

    identity: Identity
    key: bytes


def signer_of(home: Home, settings: Settings) -> Signer:
    """Raises NotEnrolled."""
    try:
        identity = read_identity(home)
        if identity is None or not home.vault.exists():
            raise NotEnrolled("this terminal is not enrolled; get a code from the hall and run `kiosk enroll`")
        vault: Vault = open_vault(home, settings.secrets.store, settings.secrets.fallback)
        key = vault.get(DEVICE_KEY)
    except (IdentityBroken, VaultError, OSError) as fault:
        raise NotEnrolled(str(fault)) from fault
    if key is None:
        raise NotEnrolled("this terminal's key is not in the key store; enrol it again")
    return Signer(identity, key)


def gathered(
    home: Home, identity: Identity, language: str, technician: str, found: Sequence[Finding] | None = None
) -> Sheet:
    """All that stands on it. `found`: of the doctor, or its round is made now."""
    checks = list(findings_of(home.root, language)) if found is None else found
    hall, window = _place(home)
    return Sheet(
        language=language,
        hall=hall,
        window=window,
        device_id=identity.device_id,
        key_id=identity.key_id,
        central=identity.central_url,
        technician=technician,
        made_at=_local(time.time()),
        hardware=_hardware(),
        versions=versions(),
        checks=tuple(CheckedItem(one.check, one.result, one.found, one.remedy) for one in checks),
        tests=tuple(
            TriedItem(one.test, one.passed, _local(one.wall_ms / 1000), one.technician, one.numbers)
            for one in _tried(home).values()
        ),
    )


def sheet_words() -> Words:
    """Every word of the sheet. Raises WordsError."""
    return load_words(assets_folder() / "translations" / "acceptance")


def drawn(sheet: Sheet, picture: bytes) -> bytes:
    """The PDF. Uses Qt without a screen."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from kiosk.ui.acceptance_pdf import sheet_as_pdf
    from kiosk.ui.shell import FONTS

    return sheet_as_pdf(sheet, sheet_words(), picture, FONTS)


def kept(pdf: bytes, signer: Signer, target: Path) -> Signature:
    """Write the PDF and its signature, which is there only once the PDF is. Raises OSError."""
    signed_at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    signature = signed(pdf, signer.identity.device_id, signer.identity.key_id, signer.key, signed_at)
    write_file(target, pdf)
    write_file(target.with_name(target.name + ENDING), msgspec.json.encode(signature) + b"\n")
    return signature


def _tried(home: Home) -> Mapping[str, Kept]:
    try:
        return read_book(home)
    except (OSError, ValueError):
        return {}  # the sheet then says that nothing was tried, which is true of what can be shown


def _place(home: Home) -> tuple[str, str]:
    try:
        profile = read_profile(read_file(home.profile, PROFILE_LIMIT))
    except (OSError, ValueError, ProfileRefused):
        return "–", "–"
    return profile.hall.name, f"{profile.window.number} {profile.window.name}".strip()


def _hardware() -> dict[str, str]:
    told = {"system": platform.platform(), "processor": platform.machine()}
    if sys.platform == "linux":
        for name, path in (("maker", "sys_vendor"), ("model", "product_name")):
            try:
                told[name] = (Path("/sys/class/dmi/id") / path).read_text("utf-8", "replace").strip()
            except OSError:
                continue
    return told


def _local(wall_s: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(wall_s))


def public_key_of(key: bytes) -> str:
    """The public half of a raw Ed25519 key, base64."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    public = Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()
    return base64.b64encode(public).decode()
