"""The parts of a question, made safe to send to OpenAlex."""

from __future__ import annotations

import re
from collections.abc import Mapping

from review.errors import QueryRefused
from review.protocol.search_strings import straight_quotes, without_phrases
from review.sources.openalex.syntax import is_boolean

# What a search looks into -> the API's parameter, or its filter where there is no parameter.
# "exact" forms do not stem and allow wildcards; "fulltext" adds title and abstract.
SCOPES: Mapping[str, str] = {
    "title_and_abstract": "search.title_and_abstract",
    "title_and_abstract.exact": "search.title_and_abstract.exact",
    "title": "search.title",
    "abstract": "abstract.search",
    "fulltext": "search",
}

_FILTER_NAME = re.compile(r"[a-z][a-z0-9_.]*")


def checked_text(text: str) -> str:
    """The search text, safe from two things OpenAlex does to Boolean searches without saying so.

    Unbalanced quotes and brackets end in a server error; a text that ends in "and" or "not" loses
    its last three letters ("Thailand" becomes "Thail") unless a bracket closes it.
    """
    text = " ".join(text.split())
    plain = straight_quotes(text)  # the server folds these as well
    if not is_boolean(plain):
        return text
    if plain.count('"') % 2:
        raise QueryRefused("The search has a quotation mark without its partner. Close the phrase.")
    depth = 0
    for character in without_phrases(plain):
        depth += (character == "(") - (character == ")")
        if depth < 0:
            break
    if depth != 0:
        raise QueryRefused("The search has a bracket without its partner. Balance ( and ).")
    return f"({text})" if text.lower().endswith(("and", "not")) else text


def filter_value(name: str, value: str) -> str:
    """A filter value ready to send: one with commas is quoted, since commas part filters."""
    value = value.strip()
    if not _FILTER_NAME.fullmatch(name):
        raise QueryRefused(f"'{name}' is not a filter. Names look like publication_year.")
    if not value:
        raise QueryRefused(f"The filter {name} has no value. Give one, or leave the filter out.")
    quoted = len(value) > 1 and value[0] == value[-1] == '"'
    return f'"{value}"' if "," in value and not quoted else value
