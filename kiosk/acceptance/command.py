"""`kiosk acceptance FILE.pdf` and `kiosk acceptance verify FILE.pdf`.

The journal is the running terminal's: what was made here is left to it as a note, which it puts on record.
"""

import base64
import hashlib
import json
import shutil
import sys
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import msgspec

from kiosk.acceptance.making import NotEnrolled, drawn, gathered, kept, public_key_of, signer_of
from kiosk.acceptance.signature import ENDING, NotGood, Signature, check, read_signature
from kiosk.acceptance_book import Note, leave_note
from kiosk.device.paths import Home
from kiosk.device.settings import Settings
from kiosk.device.sticks import sticks

BROKEN, CANNOT = 1, 2
_PICTURE_LIMIT = 32 * 1024 * 1024
_ANSWER_LIMIT = 4 * 1024 * 1024
_ASK_S = 20.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for. `target`: None on the unit's own page, which has its place in the home; then the picture of
    the screen comes in on standard input, base64, and the answer is one line of JSON."""

    target: Path | None
    language: str
    technician: str
    folder: Path | None = None


def make(home: Home, settings: Settings, wanted: Wanted) -> int:
    """Exit 0 if it was made, 1 if this unit cannot sign, 2 if it cannot be written."""
    on_unit = wanted.target is None
    picture = base64.b64decode(sys.stdin.buffer.read(_PICTURE_LIMIT)) if on_unit else b""
    try:
        signer = signer_of(home, settings)
    except NotEnrolled as fault:
        print(json.dumps({"code": "not_enrolled"}) if on_unit else fault, file=sys.stdout if on_unit else sys.stderr)
        return BROKEN
    sheet = gathered(home, signer.identity, wanted.language, wanted.technician)
    number = "".join(one for one in sheet.window.partition(" ")[0] if one.isalnum()) or "unit"
    target = wanted.target or home.acceptance / f"{number}-{sheet.made_at.replace(':', '').replace(' ', '-')}.pdf"
    try:
        pdf = drawn(sheet, picture)
        signature = kept(pdf, signer, target)
        if not on_unit:
            leave_note(home, Note(signature.sha256, wanted.technician))
    except OSError as fault:
        print(f"the sheet cannot be written: {fault}", file=sys.stderr)
        return CANNOT
    copies = _copied(target, [wanted.folder] if wanted.folder else sticks() if on_unit else [])
    if on_unit:
        told = {"path": str(target), "copies": [str(copy) for copy in copies], "sha256": signature.sha256}
        print(json.dumps(told), flush=True)
    else:
        print("\n".join(map(str, (target, target.with_name(target.name + ENDING), *copies))))
        print(f"SHA-256 {signature.sha256}, signed by {signature.device_id}")
    return 0


def verify(home: Home | None, settings: Settings, pdf: Path, public_key: str, central: str, token: str) -> int:
    """Exit 0 if this PDF is what that unit signed, 1 if not, 2 if that cannot be told. The key: as given, else as
    central has it, else this home's own."""
    try:
        signature = read_signature(pdf)
        key = public_key or (_key_at(central, token, signature) if central else _own_key(home, settings, signature))
        check(pdf.read_bytes(), signature, key)
    except NotGood as fault:
        print(f"not good: {fault}")
        return BROKEN
    except (OSError, NotEnrolled, ValueError, KeyError, msgspec.MsgspecError) as fault:
        print(f"cannot be told: {fault}", file=sys.stderr)
        return CANNOT
    print(f"good: signed by {signature.device_id} at {signature.signed_at}, SHA-256 {signature.sha256}")
    return 0


def _own_key(home: Home | None, settings: Settings, signature: Signature) -> str:
    if home is None:
        raise NotEnrolled("name the unit's key with --public-key, or central with --central")
    signer = signer_of(home, settings)
    if signer.identity.device_id != signature.device_id:
        raise NotEnrolled("another unit signed it: name its key with --public-key, or central with --central")
    return public_key_of(signer.key)


def _key_at(central: str, token: str, signature: Signature) -> str:
    """The unit's key as central knows it. Raises NotGood where central knows no such unit, OSError, ValueError."""
    after = ""
    while True:
        query = urllib.parse.urlencode({"limit": 100, **({"after": after} if after else {})})
        address = f"{central.rstrip('/')}/api/v1/devices?{query}"
        if not address.startswith(("http://", "https://")):
            raise ValueError("central's address begins with http:// or https://")
        asked = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(asked, timeout=_ASK_S) as answer:
            page = json.loads(answer.read(_ANSWER_LIMIT))
        for device in page["items"]:
            if device["device_id"] == signature.device_id:
                if not device.get("public_key"):
                    raise ValueError("this central does not tell keys")
                return str(device["public_key"])
        after = page["next"]
        if not after:
            raise NotGood(f"central knows no unit {signature.device_id}")


def _copied(target: Path, folders: list[Path]) -> list[Path]:
    """Where copies lie; a stick that takes none is left out, for the sheet itself is there."""
    copies = []
    for folder in folders:
        copy = folder / target.name
        try:
            for ending in ("", ENDING):
                shutil.copyfile(target.with_name(target.name + ending), copy.with_name(copy.name + ending))
        except (OSError, shutil.SameFileError) as fault:
            print(f"{copy}: {fault}", file=sys.stderr)
            continue
        if hashlib.sha256(copy.read_bytes()).digest() == hashlib.sha256(target.read_bytes()).digest():
            copies.append(copy)
    return copies
