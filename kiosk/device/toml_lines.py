"""On which line of a TOML text each key stands, which `tomllib` does not tell.

Only for a text that `tomllib` has accepted: this walks over values without judging them.
"""

from collections.abc import Iterator

Key = tuple[str, ...]

_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b", '"': '"', "\\": "\\"}
_CODE_LENGTHS = {"x": 2, "u": 4, "U": 8}
_BRACKETS = {"[": 1, "{": 1, "]": -1, "}": -1}


def key_lines(text: str) -> dict[Key, int]:
    """The line, counted from 1, of each table header and each key, by its full dotted path.

    The tables of a list, `[[name]]`, are numbered from 1: `("name", "[1]", …)`. Keys inside an inline table or an array
    are not listed: they stand on the line of the key that holds them.
    """
    lines: dict[Key, int] = {}
    for key, line in _Walk(text).statements():
        for depth in range(1, len(key) + 1):
            lines.setdefault(key[:depth], line)
    return lines


class _Walk:
    def __init__(self, text: str) -> None:
        self._text = text.replace("\r\n", "\n")
        self._at = 0
        self._lists: dict[Key, int] = {}

    def statements(self) -> Iterator[tuple[Key, int]]:
        table: Key = ()
        while self._skip_to_statement():
            line = self._text.count("\n", 0, self._at) + 1
            if self._peek() == "[":
                of_list = self._text.startswith("[[", self._at)
                self._at += 2 if of_list else 1
                table = self._numbered(self._dotted_key(), of_list)
                yield table, line
                self._to_line_end()
            else:
                yield (*table, *self._dotted_key()), line
                self._at += 1
                self._skip_value()

    def _numbered(self, key: Key, opens: bool) -> Key:
        """The path through the tables of lists that are open; `opens`: this header begins one more of its list."""
        path: Key = ()
        for part in key[:-1]:
            path = (*path, part)
            if path in self._lists:
                path = (*path, f"[{self._lists[path]}]")
        path = (*path, key[-1])
        if not opens:
            return path
        self._lists[path] = self._lists.get(path, 0) + 1
        return (*path, f"[{self._lists[path]}]")

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _skip_to_statement(self) -> bool:
        while character := self._peek():
            if character == "#":
                self._to_line_end()
            elif character.isspace():
                self._at += 1
            else:
                return True
        return False

    def _skip_blanks(self) -> None:
        while self._peek() in (" ", "\t"):
            self._at += 1

    def _to_line_end(self) -> None:
        end = self._text.find("\n", self._at)
        self._at = len(self._text) if end < 0 else end

    def _dotted_key(self) -> Key:
        parts = []
        while True:
            self._skip_blanks()
            parts.append(self._simple_key())
            self._skip_blanks()
            if self._peek() != ".":
                return tuple(parts)
            self._at += 1

    def _simple_key(self) -> str:
        if self._peek() in ("'", '"'):
            return self._string()
        start = self._at
        while self._peek() and self._peek() not in " \t.=]\n":
            self._at += 1
        return self._text[start : self._at]

    def _string(self) -> str:
        quote = self._peek()
        if self._text.startswith(quote * 3, self._at):
            self._skip_long_string(quote)
            return ""
        self._at += 1
        found = []
        while (character := self._peek()) and character != quote:
            found.append(self._escape() if character == "\\" and quote == '"' else character)
            self._at += 1
        self._at += 1
        return "".join(found)

    def _escape(self) -> str:
        self._at += 1
        character = self._peek()
        if length := _CODE_LENGTHS.get(character):
            digits = self._text[self._at + 1 : self._at + 1 + length]
            self._at += length
            return chr(int(digits, 16))
        return _ESCAPES[character]

    def _skip_long_string(self, quote: str) -> None:
        self._at += 3
        while not self._text.startswith(quote * 3, self._at):
            self._at += 2 if quote == '"' and self._peek() == "\\" else 1
        while self._peek() == quote:  # up to two quotes may stand before the closing three
            self._at += 1

    def _skip_value(self) -> None:
        depth = 0
        while character := self._peek():
            if character in ("'", '"'):
                self._string()
                continue
            if character == "#":
                self._to_line_end()
                continue
            if character == "\n" and depth == 0:
                return
            depth += _BRACKETS.get(character, 0)
            self._at += 1
