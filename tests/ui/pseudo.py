"""A language nobody speaks, made of English: accented, in brackets and a third longer than it was."""

import json
import re
from pathlib import Path

ACCENTS = str.maketrans("aceginorsuyACEGINORSUY", "äçéĝîñöŕšûýÄÇÉĜÎÑÖŔŠÛÝ")
LONGER = 1.35
KEPT = ("language.columns", "language.keyboard")
_PLACES = re.compile(r"(\{\w+(?::\w+)?\})")


def pseudo(text: str) -> str:
    """This text as the language has it; what has no letters is no text."""
    if not any(sign.isalpha() for sign in _PLACES.sub("", text)):
        return text
    parts = _PLACES.split(text)
    accented = "".join(part if _PLACES.fullmatch(part) else part.translate(ACCENTS) for part in parts)
    fill = "·" * max(0, round(len(text) * LONGER) - len(text) - 2)
    return f"⟦{accented}{fill}⟧"


def write_pseudo(english: Path, folder: Path, tag: str = "x-pseudo") -> Path:
    """The language's file, made from the English one."""
    texts = json.loads(english.read_bytes())
    path = folder / f"{tag}.json"
    path.write_text(json.dumps({key: text if key in KEPT else pseudo(text) for key, text in texts.items()}), "utf-8")
    return path
