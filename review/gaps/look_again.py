"""A ready query to look again for what a place of the map lacks. Pure: words in, a string out.

The part on the exposure is that of a search of the protocol which asks for nothing else; the words
of rows and columns are those by which the codebook knows them. Study designs are left out: titles
and abstracts often do not state them, and a search that asks for them misses what they hide.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from itertools import zip_longest

from review.gaps.column_groups import label
from review.gaps.model import DESIGN
from review.protocol.codebook import Codebook, Dimension
from review.protocol.model import Protocol, Search
from review.protocol.value_types import EVERYTHING

MOST_WORDS = 12
"""Words of one dimension; a longer string is refused by some sources."""

LONGEST = 1_400
"""Characters of a query; OpenAlex refuses more than 1,500."""


def query_for(protocol: Protocol, wanted: Mapping[str, Collection[str]]) -> str:
    """A search string for works with a value of every dimension.

    Args:
        wanted: name of a dimension -> ids of values of which one is looked for.

    Returns:
        ``((kratom OR ketum) AND ("sleep quality" OR insomnia))``; ``""`` where no words are known.
    """
    book, frame = protocol.codebook, set(protocol.frame.exposure)
    parts: list[str] = []
    whole = "exposure" not in wanted or bool(frame and frame <= set(wanted["exposure"]))
    if whole and (subject := subject_query(protocol)):
        parts.append(subject)
    for name, values in wanted.items():
        if name == DESIGN or (name == "exposure" and whole and parts):
            continue
        if words := words_of(book.dimension(name), values):
            parts.append(f"({' OR '.join(words)})")
    while len(query := _joined(parts)) > LONGEST and len(parts) > 1:
        parts.pop()
    return query


def like_words(protocol: Protocol, at: Iterable[tuple[str, str]]) -> str:
    """A place in plain words, with the exposure of the question: what works should be like.

    Args:
        at: dimension and value, or group, of each side.
    """
    said = {name: label(protocol.codebook.dimension(name), id_) for name, id_ in at}
    subject = [] if "exposure" in said else [protocol.question.exposure]
    return ". ".join(" ".join(words.split()).rstrip(".") for words in (*said.values(), *subject))


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({' AND '.join(parts)})" if parts else ""


def subject_query(protocol: Protocol) -> str:
    """The string of the protocol's search on the exposure and nothing else; ``""`` for none."""
    broad = [s for s in protocol.searches if _is_broad(s, protocol.codebook) and not s.filters]
    return min((" ".join(s.query.split()) for s in broad), key=len, default="")


def _is_broad(search: Search, book: Codebook) -> bool:
    """Whether a search asks for every outcome and every population."""
    covers = {book.name_of(name): values for name, values in search.covers.items()}
    return all(EVERYTHING in covers.get(name, (EVERYTHING,)) for name in ("outcome", "population"))


def words_of(dimension: Dimension, values: Collection[str]) -> list[str]:
    """Words and phrases by which values are known, in turn, each once, phrases in quotes."""
    known = [
        [t for t in value.triggers if not t.startswith("re:")] or [value.label]
        for value in dimension.values
        if value.id in values
    ]
    in_turn = (word for turn in zip_longest(*known) for word in turn if word)
    return list(dict.fromkeys(_quoted(one) for one in _plain(in_turn)))[:MOST_WORDS]


def _plain(words: Iterable[str]) -> Iterable[str]:
    """Words without signs that a search string would read."""
    for one in words:
        plain = " ".join(re.sub(r'["()*?~|!,/:<>\[\]]+', " ", one).split())
        if plain and plain.upper() not in ("AND", "OR", "NOT"):
            yield plain


def _quoted(words: str) -> str:
    return words if re.fullmatch(r"\w+", words) else f'"{words}"'
