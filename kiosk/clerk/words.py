"""The console's words, from `clerk-<language>.json`: every file has the same keys, Chinese comes first."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PREFIX = "clerk-"
HOME = "zh-CN"


class WordsError(ValueError):
    """A translation file is missing, broken, or does not have the keys the others have; the message names it."""


@dataclass(frozen=True, slots=True)
class Words:
    """Every text by language tag and key; `languages` in the order a switch goes through them."""

    languages: tuple[str, ...]
    texts: Mapping[str, Mapping[str, str]]

    def text(self, language: str, key: str, **values: object) -> str:
        """The text for a key, with its places filled. Raises KeyError for a key that no file has."""
        return self.texts[language][key].format_map(values)

    def after(self, language: str) -> str:
        """The language that the switch brings next."""
        return self.languages[(self.languages.index(language) + 1) % len(self.languages)]

    def has(self, key: str) -> bool:
        """Whether there are words for this key."""
        return key in self.texts[self.languages[0]]


def load_words(folder: Path) -> Words:
    """Read the console's translation files in `folder` and check that all have the same keys.

    Raises WordsError.
    """
    texts: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob(f"{PREFIX}*.json")):
        try:
            texts[path.stem.removeprefix(PREFIX)] = json.loads(path.read_text("utf-8"))
        except ValueError as fault:
            raise WordsError(f"{path.name} is not JSON: {fault}") from fault
    if HOME not in texts:
        raise WordsError(f"there is no {PREFIX}{HOME}.json in {folder}")
    for language, found in texts.items():
        if odd := sorted(found.keys() ^ texts[HOME].keys()):
            raise WordsError(f"{PREFIX}{language}.json and {PREFIX}{HOME}.json differ in {', '.join(odd)}")
    return Words((HOME, *(language for language in texts if language != HOME)), texts)
