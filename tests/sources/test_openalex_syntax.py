"""Queries and filters that OpenAlex would refuse or read otherwise are refused here first."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.sources.openalex.syntax import check_filter, check_query


class TestQueries:
    @pytest.mark.parametrize(
        ("query", "part"),
        [
            ("", "empty"),
            ("(kratom AND sleep", "not closed"),
            ("kratom) AND (sleep", "no opening one"),
            ('kratom AND "sleep quality', "quote is not closed"),
            ("kratom AND Thailand", 'last "and" or "not"'),
            ('"sleep quality" and kratom', "write AND in capitals"),
            ("(kratom AND)", "AND has no word after it"),
            ("(OR kratom)", "OR has no word before it"),
            ("(kratom OR NOT tea)", "AND NOT"),
            ("(kratom AND ())", "are empty"),
            ("kratom AND mitragyn*", "scope that ends in .exact"),
            ("kratom|ketum", "write OR"),
            ("kratom !tea", "write NOT"),
            ("(kratom AND 7-hydroxymitragynine)", "hyphenated"),
            ('("kratom/tea" AND sleep)', "drops /"),
            ("(" + " OR ".join(f"word{n}" for n in range(200)) + ")", "characters"),
            ("(" + " OR ".join('"' + f"{n} word" * 14 + '"' for n in range(4)) + ")", "pass 80"),
        ],
    )
    def test_what_the_server_would_break_is_refused(self, query: str, part: str) -> None:
        assert any(part in text for text in check_query(query)), check_query(query)

    @pytest.mark.parametrize(
        "query",
        [
            "kratom",
            "kratom Thailand",
            "(kratom AND Thailand)",
            '"7-hydroxymitragynine"',
            '(kratom AND "band and island") NOT (poster)',
            '"kratom sleep"~5',
            "\u201cMitragyna speciosa\u201d",
        ],
    )
    def test_what_it_takes_as_it_stands_is_not(self, query: str) -> None:
        assert check_query(query) == []

    def test_wildcards_may_stand_where_words_are_not_stemmed(self) -> None:
        assert check_query("mitragyn*", "title_and_abstract.exact") == []
        assert check_query("mi*", "title_and_abstract.exact")
        assert check_query("*gynine", "title_and_abstract.exact")

    @settings(deadline=None)
    @given(
        st.recursive(
            st.sampled_from(["kratom", "sleep", '"7-OH"', "Thailand", '"pain and sleep"']),
            lambda q: st.tuples(q, st.sampled_from(["AND", "OR"]), q).map(
                lambda parts: f"({' '.join(parts)})"
            ),
            max_leaves=8,
        )
    )
    def test_a_query_in_brackets_is_never_refused_and_losing_one_is(self, query: str) -> None:
        assert check_query(query) == []
        if query.startswith("("):
            assert check_query(query[:-1])
            assert check_query(query[1:])

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("Publication Year", "2020"),
            ("type", ""),
            ("type", "none"),
            ("title.search", "a,b"),
            ("type", "article|!review"),
            ("doi", "|".join("x" * 101)),
        ],
    )
    def test_filters_are_checked_as_well(self, key: str, value: str) -> None:
        assert check_filter(key, value)

    def test_a_plain_filter_passes(self) -> None:
        assert check_filter("publication_year", "2000-2026") == []
        assert check_filter("type", "!article|review") == []
