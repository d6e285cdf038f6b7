"""What OpenAlex's search accepts, checked before anything is sent.

The server answers some broken queries with an error and silently changes others, which is worse: a
search would then not be the one that was reported. Rules as documented by OpenAlex
(https://docs.openalex.org, "Search") and as its server was seen to behave.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from review.protocol.search_strings import (
    OPERATORS,
    operators,
    phrases,
    straight_quotes,
    tokens_of,
    without_phrases,
)
from review.sources.openalex.foreign import foreign, without_habits
from review.sources.source import Remark

MAX_QUERY = 1_500
"""Characters; a longer query may not fit a request address beside filters and key."""

SLOW_OPERATORS = 5
"""Operators above which OpenAlex answers at most five, without a key one request a second."""

MAX_LONG_PHRASES = 3
LONG_PHRASE = 80
MAX_FILTER_VALUES = 100

_DROPPED = "/:[]<>"


def hints(text: str) -> list[Remark]:
    """What a search string that OpenAlex takes may mean otherwise than it was meant."""
    found: list[Remark] = []
    if operators(text) > SLOW_OPERATORS:
        slow = f"More than {SLOW_OPERATORS} AND, OR and NOT: OpenAlex answers at a slower pace."
        found.append(Remark(slow, wrong=False))
    if re.search("[\u201c-\u201f]", text):
        curly = "Curly quotes are read as straight ones; the search is kept as you typed it."
        found.append(Remark(curly, wrong=False))
    if re.search(r"\S\s+[NW]\d+\s+\S", without_phrases(text)):
        near = 'N3 and W3 are searched as words. If words are to stand near: "pain relief"~3'
        found.append(Remark(near, wrong=False))
    mixed = " AND " in text and " OR " in text
    if mixed and "(" not in text and not check_query(text):
        found.append(
            Remark("AND binds before OR: put brackets round what belongs together.", wrong=False)
        )
    return found


def check_query(query: str, scope: str = "title_and_abstract") -> list[str]:
    """Return what is wrong with a search string, one whole sentence a mistake.

    Args:
        query: the string exactly as it would be sent.
        scope: the field searched; only scopes that end in ``.exact`` allow wildcards.
    """
    plain = straight_quotes(query).strip()  # the server folds these as well
    if not plain:
        return ["the query is empty"]
    found: list[str] = []
    if len(plain) > MAX_QUERY:
        found.append(f"the query has {len(plain)} characters; keep it under {MAX_QUERY}")
    if plain.count('"') % 2:
        return [*found, 'a double quote is not closed; quotes come in pairs: "sleep quality"']
    found += foreign(plain)
    found += _check_brackets(plain)
    found += _check_words(plain, scope)
    found += _check_operators(plain)
    if is_boolean(plain):
        found += _check_boolean(plain)
    return found


def is_boolean(query: str) -> bool:
    """Tell whether the server parses the query instead of taking it as plain words."""
    return bool(re.search(r'["*?~()]|(?<!\S)(?:AND|OR|NOT)(?!\S)', query))


def check_filter(key: str, value: str) -> list[str]:
    """Return what is wrong with one OpenAlex filter."""
    found: list[str] = []
    if not re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*", key):
        found.append("a filter's name is lower-case words with _ and dots, as in publication_year")
    if value.strip() in ("", "none", "undefined"):
        found.append("a filter needs a value; write null for missing and !null for present")
    if "," in value and not (value.startswith('"') and value.endswith('"')):
        found.append("a comma separates filters: put a value that holds one in double quotes")
    if value.count("|") >= MAX_FILTER_VALUES:
        found.append(f"at most {MAX_FILTER_VALUES} values are allowed in one filter")
    if re.search(r"\|!", value):
        found.append("! is allowed only before the first value and then applies to all of them")
    return found


def _check_brackets(query: str) -> Iterator[str]:
    depth = 0
    for char in without_phrases(query):
        depth += (char == "(") - (char == ")")
        if depth < 0:
            yield "a closing bracket has no opening one before it"
            return
    if depth:
        yield "an opening bracket is not closed"


def _check_words(query: str, scope: str) -> Iterator[str]:
    outside = without_phrases(query)
    if "|" in query.replace("||", ""):
        yield "| is refused in a search; write OR"
    if re.search(r"(?<!\S)!", outside):
        yield "a word may not begin with !; write NOT before it"
    wildcards = "*" in query or "?" in query
    if wildcards and not scope.endswith(".exact"):
        yield f"wildcards (* and ?) need a scope that ends in .exact, and this one is {scope}"
    elif re.search(r"(?<![^\s()\"])[*?]|(?<!\w)\w{1,2}\*", query):
        yield "a wildcard needs at least three letters before it"
    long = [phrase for phrase in phrases(query) if len(phrase) > LONG_PHRASE]
    if len(long) > MAX_LONG_PHRASES:
        yield f"at most {MAX_LONG_PHRASES} quoted phrases may pass {LONG_PHRASE} characters"


def _check_operators(query: str) -> Iterator[str]:
    """Find operators in small letters, side by side, or without a word on either side."""
    tokens = tokens_of(query)
    for token in tokens:
        if token.upper() in OPERATORS and token not in OPERATORS:
            yield f'write {token.upper()} in capitals, or quote the phrase that holds "{token}"'
    padded = ["(", *tokens, ")"]
    for before, token, after in zip(padded, padded[1:], padded[2:], strict=False):
        if token in ("AND", "OR") and (before == "(" or before in OPERATORS):
            yield f"{token} has no word before it"
        if token in OPERATORS and (after == ")" or after in ("AND", "OR")):
            yield f"{token} has no word after it"
        if token == "(" and after == ")":
            yield "the brackets are empty"
        if token == "NOT" and before == "OR":
            yield "OR NOT finds nearly everything; write AND NOT"


def _check_boolean(query: str) -> Iterator[str]:
    if query.lower().endswith(("and", "not")):
        yield 'the server cuts off a last "and" or "not", even inside a word: close with a bracket'
    quoted = "".join(phrases(query))
    dropped = sorted({char for char in quoted + without_habits(query) if char in _DROPPED})
    if dropped:
        yield f"the server drops {' '.join(dropped)} from a query with operators or quotes"
    for token in tokens_of(query):
        if token[0] not in '"()-' and re.search(r"\w-\w", token):
            yield f'put the hyphenated word in quotes: "{token}"'
