"""The words of the screen, from translation files: one JSON file a language, all with the same keys.

Adding a language is adding a file. The first language is the one the screen comes home to.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Formatter

FIRST = "zh-CN"
"""The language whose keys all others must have."""


class WordsError(ValueError):
    """A translation file is missing, broken, or does not have the keys the others have; the message names it."""


@dataclass(frozen=True, slots=True)
class Words:
    """Every text by language tag and key. `languages` has the home language first; `digests`: SHA-256 (hex) of each
    language's file, which a rating carries as part of what was seen."""

    languages: tuple[str, ...]
    texts: Mapping[str, Mapping[str, str]]
    digests: Mapping[str, str] = field(default_factory=dict)

    @property
    def home(self) -> str:
        """The language the screen comes home to."""
        return self.languages[0]

    def text(self, language: str, key: str, **values: object) -> str:
        """The text for a key, with its places filled. Raises KeyError for a key that no file has."""
        return self.texts[language][key].format_map(values)

    def digest(self, language: str) -> str:
        """Which words these are; empty where they were not read from a file."""
        return self.digests.get(language, "")

    def has(self, key: str) -> bool:
        """Whether there are words for this key."""
        return key in self.texts[self.home]

    def after(self, language: str) -> str:
        """The language that one tap on the language button brings."""
        return self.languages[(self.languages.index(language) + 1) % len(self.languages)]

    def beside(self, language: str) -> str:
        """The language that stands small beside the shown one: the home language, or the next where home is shown."""
        return self.home if language != self.home else self.after(language)


def load_words(folder: Path, home: str = FIRST, left_out: Callable[[str], None] | None = None) -> Words:
    """Read every `<language>.json` in `folder`; all must have the keys of the first language, with the same places.

    Raises WordsError. Where `left_out` is given, only for the home language: another one that does not hold is told to
    it and left out, for a file that somebody added must not keep a terminal from serving.
    """
    texts: dict[str, dict[str, str]] = {}
    digests: dict[str, str] = {}
    faults: dict[str, WordsError] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            texts[path.stem], digests[path.stem] = _read(path)
        except WordsError as fault:
            faults[path.stem] = fault
    model = FIRST if FIRST in texts else home
    for language in texts if model in texts else ():
        try:
            _compare(language, texts[language], model, texts[model])
        except WordsError as fault:
            faults[language] = fault
    for language, wrong in faults.items():
        if left_out is None or language == home:
            raise wrong
        left_out(str(wrong))
    if home not in texts:
        raise WordsError(f"there is no {home}.json in {folder}")
    return Words((home, *(one for one in texts if one != home and one not in faults)), texts, digests)


def _read(path: Path) -> tuple[dict[str, str], str]:
    raw = path.read_bytes()
    try:
        found = json.loads(raw)
    except ValueError as fault:
        raise WordsError(f"{path.name} is not JSON: {fault}") from fault
    if not (isinstance(found, dict) and all(isinstance(text, str) for text in found.values())):
        raise WordsError(f"{path.name} is not one object of texts")
    for key, text in found.items():
        try:
            _places(text)
        except ValueError as fault:
            raise WordsError(f"{path.name}: {key} cannot be filled: {fault}") from fault
    return found, hashlib.sha256(raw).hexdigest()


def _compare(language: str, found: Mapping[str, str], model: str, ours: Mapping[str, str]) -> None:
    if odd := sorted(found.keys() ^ ours.keys()):
        raise WordsError(f"{language}.json and {model}.json differ in {', '.join(odd)}")
    if odd := sorted(key for key, text in found.items() if _places(text) != _places(ours[key])):
        raise WordsError(f"{language}.json and {model}.json have other {{places}} in {', '.join(odd)}")


def _places(text: str) -> frozenset[str]:
    """The names of the places to be filled. Raises ValueError where the braces do not match."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)
