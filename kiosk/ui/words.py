"""The words of the screen, from translation files: one JSON file a language, all with the same keys.

Adding a language is adding a file. The first language is the one the screen comes home to.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


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


def load_words(folder: Path, home: str = "zh-CN") -> Words:
    """Read every `<language>.json` in `folder` and check that all have the same keys.

    Raises WordsError.
    """
    texts: dict[str, dict[str, str]] = {}
    digests: dict[str, str] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            raw = path.read_bytes()
            texts[path.stem] = json.loads(raw)
            digests[path.stem] = hashlib.sha256(raw).hexdigest()
        except ValueError as fault:
            raise WordsError(f"{path.name} is not JSON: {fault}") from fault
    if home not in texts:
        raise WordsError(f"there is no {home}.json in {folder}")
    for language, found in texts.items():
        if odd := sorted(found.keys() ^ texts[home].keys()):
            raise WordsError(f"{language}.json and {home}.json differ in {', '.join(odd)}")
    return Words((home, *(language for language in texts if language != home)), texts, digests)
