"""A search string of PubMed or Web of Science in OpenAlex's words, as far as that can be said.

The string is parsed by the ``search-query`` package, which knows both databases; there is no parser
for Ovid. Whatever changes its meaning on the way is named: nothing is dropped without a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import lru_cache
from itertools import accumulate, product
from typing import Any

from search_query.exception import SearchQueryException
from search_query.pubmed.constants import syntax_str_to_generic_field_set as pubmed_fields
from search_query.pubmed.parser import PubmedParser
from search_query.wos.constants import syntax_str_to_generic_field_set as wos_fields
from search_query.wos.parser import WOSParser

from review.protocol.search_strings import straight_quotes
from review.sources.source import Translation

LONGEST = 5_000
DEEPEST = 12
"""Characters and brackets inside brackets: the parser's time grows steeply with both."""

_MARKS = {
    "PubMed": re.compile(r"\[[a-z][a-z /-]*(?::(?:noexp|~\d+))?\]", re.IGNORECASE),
    "Web of Science": re.compile(r"(?<!\w)(?:TS|TI|AB|AK|KP|SO|AU|PY)\s*=", re.IGNORECASE),
}
_PARSERS: dict[str, tuple[Any, Callable[[str], Collection[str]]]] = {
    "PubMed": (PubmedParser, pubmed_fields),
    "Web of Science": (WOSParser, wos_fields),
}
_TEXT_FIELDS = {"title", "abstract", "all-fields", "text-word", "topic"}
_KEYWORDS = {"keywords-author", "keywords-plus", "keywords", "other-term"}
_HEADINGS = {"mesh-term", "mesh-subheading", "mesh-major", "major-topic", "subject-terms"}
_MOST_PAIRS = 12
_MOST_LISTED = 8


@lru_cache(maxsize=64)
def translated(text: str) -> Translation | None:
    """The string for OpenAlex's titles and abstracts; None where it is not of a known database."""
    plain = straight_quotes(text).strip()
    named = [name for name, mark in _MARKS.items() if mark.search(plain)]
    if len(named) != 1 or len(plain) > LONGEST or _depth(plain) > DEEPEST:
        return None
    parser, fields = _PARSERS[named[0]]
    try:
        tree = parser(plain, silent=True).parse()
        walk = _Walk(fields)
        written = walk.written(tree, "")
    except (SearchQueryException, ValueError, KeyError, IndexError, AttributeError, RecursionError):
        return None  # typed half, or not what it looked like; the remarks stand anyway
    lost = tuple(walk.told())
    if not written or not _whole(plain, named[0], " ".join([written, *walk.places()])):
        return None
    return Translation(named[0], written, lost)


def _depth(text: str) -> int:
    return max(accumulate((char == "(") - (char == ")") for char in text))


def _whole(asked: str, database: str, said: str) -> bool:
    """Whether every word of a string is either carried over or named: a parser may lose some."""
    words = re.findall(r"\w+", _MARKS[database].sub(" ", asked).lower())
    kept = {*re.findall(r"\w+", said.lower()), "and", "or", "not", "near"}
    return all(word in kept for word in words)


class _Walk:
    """One walk over a parsed string, which gathers what cannot be carried over."""

    def __init__(self, fields: Callable[[str], Collection[str]]) -> None:
        self._fields = fields
        self._lost: dict[str, list[str]] = {}

    def places(self) -> list[str]:
        """Everything that is told of, as written."""
        return [place for places in self._lost.values() for place in places]

    def told(self) -> list[str]:
        """What is lost, a sentence a kind, with the places."""
        sentences = []
        for why, places in self._lost.items():
            known = list(dict.fromkeys(places))
            more = f" and {len(known) - _MOST_LISTED} more" if len(known) > _MOST_LISTED else ""
            sentences.append(f"{', '.join(known[:_MOST_LISTED])}{more}: {why}")
        return sentences

    def written(self, node: Any, field: str) -> str:
        """One part of the tree as OpenAlex takes it; ``""`` where nothing of it can be said."""
        field = node.field.value if node.field else field
        kind = str(node.value).upper()
        if not node.children:
            return self._term(str(node.value), field)
        if kind == "NEAR":
            return self._near(node, field)
        if kind not in ("AND", "OR", "NOT"):
            self._miss(node.to_string(), "such a range is a filter in OpenAlex; it is left out.")
            return ""
        parts = [self.written(child, field) for child in node.children]
        if kind == "NOT":
            first, *rest = parts
            rest = [part for part in rest if part]
            return f"({' NOT '.join([first, *rest])})" if first and rest else first
        parts = list(dict.fromkeys(part for part in parts if part))
        return f"({f' {kind} '.join(parts)})" if len(parts) > 1 else "".join(parts)

    def _term(self, value: str, field: str) -> str:
        meant = set(self._fields(field)) if field else set()
        place = f"{value}{field}" if field.startswith("[") else f"{field}{value}"
        if meant & _HEADINGS:
            self._miss(place, "OpenAlex has no subject headings; the words are looked for instead.")
        elif meant == {"title"}:
            self._miss(place, "asked of titles only; here of titles and abstracts.")
        elif meant and meant <= _KEYWORDS:
            self._miss(place, "asked of keywords; here of titles and abstracts.")
        elif meant and not meant & (_TEXT_FIELDS | _KEYWORDS):
            self._miss(place, "this field cannot be searched by words here; it is left out.")
            return ""
        return self._words(value, place)

    def _words(self, value: str, place: str) -> str:
        bare = value.strip().strip("\"'‘’").strip()
        if re.search(r"[*?$#]", bare):
            why = "signs of truncation are dropped, so only this form is found; write the others."
            self._miss(place, why)
            bare = re.sub(r"[*?$#]", "", bare)
        bare = " ".join(re.sub(r"[/:\[\]<>\"]", " ", bare).split())
        if not re.search(r"\w", bare):
            return ""
        plain = re.fullmatch(r"\w+", bare) and bare.upper() not in ("AND", "OR", "NOT")
        return bare if plain else f'"{bare}"'

    def _near(self, node: Any, field: str) -> str:
        """Words near each other: every pair of words as one phrase with the distance after it."""
        distance = node.distance
        if len(node.children) == 1:  # PubMed: a phrase whose words may stand apart
            phrase = self.written(node.children[0], field)
            return f"{phrase}~{distance}" if phrase.startswith('"') else phrase
        sides = [self._alternatives(child, field) for child in node.children]
        pairs = list(product(*sides))
        if not pairs or len(pairs) > _MOST_PAIRS:
            self._miss(f"NEAR/{distance}", "too many words for one distance; here joined by AND.")
            parts = [part for child in node.children if (part := self.written(child, field))]
            return f"({' AND '.join(parts)})" if len(parts) > 1 else "".join(parts)
        near = [f'"{" ".join(word.strip(chr(34)) for word in pair)}"~{distance}' for pair in pairs]
        return near[0] if len(near) == 1 else f"({' OR '.join(near)})"

    def _alternatives(self, node: Any, field: str) -> list[str]:
        """The words of one side of a distance; none where it is more than words joined by OR."""
        field = node.field.value if node.field else field
        if not node.children:
            word = self._term(str(node.value), field)
            return [word] if word else []
        if str(node.value).upper() != "OR" or any(child.children for child in node.children):
            return []
        return [word for child in node.children if (word := self._term(str(child.value), field))]

    def _miss(self, place: str, why: str) -> None:
        self._lost.setdefault(why, []).append(place)
