"""Search strings are taken apart in one place, and nothing of them is lost."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from review.protocol import search_strings
from review.protocol.search_strings import tokens_of
from review.sources.openalex import syntax

words = st.text("abcdeéß-*0123456789'", min_size=1, max_size=8)
phrases = st.lists(words, min_size=1, max_size=4).map(lambda found: f'"{" ".join(found)}"')
tokens = st.lists(
    st.one_of(words, phrases, phrases.map(lambda p: p + "~3"), st.sampled_from("()"),
              st.sampled_from(search_strings.OPERATORS)),
    max_size=30,
)  # fmt: skip


@given(tokens)
def test_the_tokens_of_a_string_are_what_it_was_made_of(made: list[str]) -> None:
    assert tokens_of(" ".join(made)) == made


@given(st.text('ab "()~1\u201c\u201d', max_size=40))
def test_whatever_is_typed_only_blanks_and_a_lone_quote_are_left_out(typed: str) -> None:
    query = search_strings.straight_quotes(typed)
    left = re.sub(r"\s", "", "".join(tokens_of(typed)))
    given_ = re.sub(r"\s", "", query)
    assert left in (given_, given_[::-1].replace('"', "", 1)[::-1]) or query.count('"') % 2


@given(tokens)
def test_operators_are_counted_outside_phrases_only(made: list[str]) -> None:
    expected = sum(token in search_strings.OPERATORS for token in made)
    assert search_strings.operators(" ".join(made)) == expected


def test_a_phrase_in_curly_quotes_is_one_phrase_for_the_remarks_and_for_the_terms() -> None:
    typed = "\u201csleep quality\u201d AND kratom"
    assert search_strings.terms(typed) == ['"sleep quality"', "kratom"]
    assert syntax.check_query(typed) == []
