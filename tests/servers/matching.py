"""What the pretended OpenAlex finds: Boolean search and the filters the tests use.

Good enough to tell searches apart, far from Elasticsearch: words match whole, a plural "s" is
ignored, NOT binds before AND before OR.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Work = dict[str, Any]
Test = Callable[[str], bool]

_TOKEN = re.compile(r'"[^"]*"|\(|\)|[^\s()"]+')
_PARTS = re.compile(r'(?:[^,"]|"[^"]*")+')


class Unparsable(Exception):
    """The real server answers such a search with HTTP 500."""


class Refused(Exception):
    """The real server answers with HTTP 400 and this message."""


def words_of(text: str) -> str:
    """Text as single words with a space on both sides, plural s taken off, lower case."""
    found = re.findall(r"[^\W_]+", text.lower())
    return " " + " ".join(w[:-1] if w.endswith("s") and len(w) > 3 else w for w in found) + " "


def texts_of(work: Work) -> dict[str, str]:
    """The searchable texts of a work."""
    index = work["abstract_inverted_index"] or {}
    placed = sorted((position, word) for word, positions in index.items() for position in positions)
    title = words_of(re.sub(r"<[^>]*>|&\w+;", " ", work["title"] or ""))
    abstract = words_of(" ".join(word for _, word in placed))
    return {"title": title, "abstract": abstract, "title_and_abstract": title + abstract}


def search_test(text: str) -> Test:
    """A test of searchable text.

    Raises:
        Unparsable: quotes or brackets are not balanced.
    """
    if text.count('"') % 2:
        raise Unparsable(text)
    tokens = _TOKEN.findall(text)
    test, rest = _either(tokens)
    if rest:
        raise Unparsable(text)
    return test


def _either(tokens: list[str]) -> tuple[Test, list[str]]:
    test, tokens = _both(tokens)
    while tokens and tokens[0] == "OR":
        right, tokens = _both(tokens[1:])
        test = _or(test, right)
    return test, tokens


def _both(tokens: list[str]) -> tuple[Test, list[str]]:
    test, tokens = _one(tokens)
    while tokens and tokens[0] not in ("OR", ")"):
        right, tokens = _one(tokens[1:] if tokens[0] == "AND" else tokens)
        test = _and(test, right)
    return test, tokens


def _or(left: Test, right: Test) -> Test:
    return lambda text: left(text) or right(text)


def _and(left: Test, right: Test) -> Test:
    return lambda text: left(text) and right(text)


def _one(tokens: list[str]) -> tuple[Test, list[str]]:
    if not tokens:
        raise Unparsable("the search ends early")
    head, rest = tokens[0], tokens[1:]
    if head == "NOT":
        inner, rest = _one(rest)
        return (lambda t: not inner(t)), rest
    if head == "(":
        inner, rest = _either(rest)
        if not rest or rest[0] != ")":
            raise Unparsable("a bracket is open")
        return inner, rest[1:]
    if head == ")":
        raise Unparsable("a bracket too many")
    needle = words_of(head)
    return (lambda t: needle in t), rest


def date_bounds(text: str) -> tuple[tuple[str, str], str]:
    """First and last day of publication that a ``filter`` parameter allows, and the rest of it.

    Raises:
        Refused: a bound is no date.
    """
    bounds = {"from_publication_date": "0000", "to_publication_date": "9999"}
    rest = []
    for part in _PARTS.findall(text):
        key, _, value = part.partition(":")
        if key not in bounds:
            rest.append(part)
        elif re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            bounds[key] = value
        else:
            raise Refused(f"Value for param {key} is an invalid date.")
    first, last = bounds.values()
    return (first, last), ",".join(rest)


def filter_tests(text: str) -> list[Callable[[Work, dict[str, str]], bool]]:
    """Tests of a work and its texts for one ``filter`` parameter.

    Raises:
        Refused: a filter is not known or has no value.
    """
    return [_filter(part) for part in _PARTS.findall(text)]


def _filter(part: str) -> Callable[[Work, dict[str, str]], bool]:
    if ":" not in part:
        raise Refused(f"Invalid query parameter: {part}. Filters look like key:value.")
    key, value = part.split(":", 1)
    value = value.strip()
    if value in ("", "none", "undefined"):
        raise Refused(f"Invalid query parameter: {key} has no value.")
    if key.endswith(".search"):
        test = search_test(value)
        name = key.removesuffix(".search")
        field = {"default": "title_and_abstract", "display_name": "title"}.get(name, name)
        if field not in ("title", "abstract", "title_and_abstract"):
            raise Refused(f"{key} is not a valid field.")
        return lambda work, texts: test(texts[field])
    getter = _GETTERS.get(key)
    if getter is None:
        raise Refused(f"{key} is not a valid field. Valid fields are: {', '.join(_GETTERS)}.")
    wanted, negated = value.removeprefix("!"), value.startswith("!")
    choices = wanted.split("|")
    if len(choices) > 100:
        raise Refused("Maximum number of values exceeded for one filter.")
    return lambda work, texts: any(_fits(getter(work), c) for c in choices) != negated


def _short(names: list[str]) -> list[str]:
    return [name.rsplit("/", 1)[-1] for name in names]


_GETTERS: dict[str, Callable[[Work], Any]] = {
    "publication_year": lambda w: w["publication_year"],
    "type": lambda w: w["type"],
    "language": lambda w: w["language"],
    "is_retracted": lambda w: w["is_retracted"],
    "has_abstract": lambda w: w["abstract_inverted_index"] is not None,
    "has_doi": lambda w: w["doi"] is not None,
    "has_pmid": lambda w: "pmid" in w["ids"],
    "cited_by_count": lambda w: w["cited_by_count"],
    "doi": lambda w: (w["doi"] or "").removeprefix("https://doi.org/") or None,
    "openalex": lambda w: w["id"].rsplit("/", 1)[-1],
    "cites": lambda w: _short(w["referenced_works"]),
    "cited_by": lambda w: _short(w.get("cited_by", ())),
    "study_designs.id": lambda w: [d["id"].rsplit("/", 1)[-1] for d in w["study_designs"]],
}


def _fits(have: Any, wanted: str) -> bool:
    wanted = wanted.strip('"')
    if isinstance(have, list):
        return any(_fits(item, wanted) for item in have)
    if wanted == "null" or have is None:
        return have is None and wanted == "null"
    if isinstance(have, bool):
        return wanted.lower() == str(have).lower()
    if isinstance(have, int):
        return _number_fits(have, wanted)
    bare = wanted.lower().removeprefix("https://doi.org/").removeprefix("https://openalex.org/")
    return str(have).lower() == bare.removeprefix("study-designs/")


def _number_fits(have: int, wanted: str) -> bool:
    match = re.fullmatch(r"([<>]?)(\d+)|(\d*)-(\d*)", wanted)
    if match is None:
        raise Refused(f"{wanted} is not a number or a range.")
    sign, number, low, high = match.groups()
    if number:
        return {"": have == int(number), "<": have < int(number), ">": have > int(number)}[sign]
    return int(low or 0) <= have <= int(high or 9999)
