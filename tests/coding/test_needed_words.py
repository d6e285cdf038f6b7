"""Only expressions that may match are tried, and what matches is the same as if all were."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from review import protocol
from review.coding.needed_words import NeededWords, beginnings, needs
from review.coding.sentences import Words
from review.coding.triggers import Trigger
from review.coding.wording_patterns import CUES, NEEDED, OUTCOME_WORDS
from review.protocol.phrases import REGEX_MARK, phrase_pattern

DATA = Path(__file__).resolve().parents[2] / "data"
CODEBOOK = protocol.load(DATA).codebook
PHRASES = sorted(
    {p for d in CODEBOOK.dimensions for v in d.values for p in (*v.triggers, *v.vetoes)}
)
WORDING = [one.pattern for one in (*CUES, *OUTCOME_WORDS)]
EXPRESSIONS = [Trigger.of(p) for p in PHRASES if p.startswith(REGEX_MARK)]
BY_NEED = NeededWords([trigger.pattern for trigger in EXPRESSIONS])

_SIGNS = re.compile(r"\\[bswdWSD]|\[[^\]]*\]|[(){}|\\^$?*+:<>=!,]|\d")
PIECES = sorted(
    {
        piece.strip()
        for source in (*(p.pattern for p in WORDING), *PHRASES)
        for piece in _SIGNS.split(source.lower())
        if piece.strip()
    }
)
"""Words of which the expressions are made; texts of them come close to matching."""

texts = st.lists(
    st.one_of(st.sampled_from(PIECES), st.sampled_from(["a", "of", "12", "7", "non-", "ﬁ", "µ"])),
    max_size=25,
).flatmap(lambda words: st.sampled_from([" ", "-", ", ", "", ". "]).map(lambda by: by.join(words)))


def spans(matches: list[re.Match[str]]) -> list[tuple[int, int]]:
    return [match.span() for match in matches]


def library() -> list[str]:
    with (DATA / "library" / "papers.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [Words.of(row["title"], row.get("abstract", "")).lower for row in rows]


def agrees(text: str) -> None:
    words = set(re.findall(r"\w+", text))
    held = NEEDED.held(words)
    for number, pattern in enumerate(WORDING):
        match, plain = NEEDED.search(number, text, held), pattern.search(text)
        assert (match and match.span()) == (plain and plain.span()), pattern.pattern
        assert spans(NEEDED.every(number, text, held)) == spans(list(pattern.finditer(text)))
    held = BY_NEED.held(words)
    for number, trigger in enumerate(EXPRESSIONS):
        plain_matches = spans(list(trigger.pattern.finditer(text)))
        assert spans(BY_NEED.every(number, text, held)) == plain_matches, trigger.phrase


@given(texts)
@example("non-randomized patients were randomly allocated in mice; c. elegans was fed")
@example("case of a case of a")
def test_what_is_tried_only_where_it_may_match_matches_all_the_same(text: str) -> None:
    agrees(text.lower())


def test_the_same_holds_of_every_paper_of_the_library() -> None:
    for text in library():
        agrees(text)


def test_a_phrase_stands_where_its_expression_finds_it_in_the_library() -> None:
    text = "\n".join(library())
    for phrase in PHRASES:
        if not phrase.startswith(REGEX_MARK):
            found = [(hit.start, hit.end) for hit in Trigger.of(phrase).hits(text)]
            plain = re.compile(phrase_pattern(phrase).pattern.lower())
            assert found == spans(list(plain.finditer(text))), phrase


@given(texts)
def test_words_are_those_between_other_signs(text: str) -> None:
    assert Words.of(text, "").tokens == set(re.findall(r"\w+", Words.of(text, "").lower))


@pytest.mark.parametrize(
    ("expression", "needed"),
    [
        (r"\b(?:was|were) (?:randomly )?assigned\b", [{"assigned"}, {"was", "were"}]),
        (r"randomi[sz]ed", [{"randomi"}, {"ed"}]),
        (r"(?:cells?|tissue)+", [{"cell", "tissue"}]),
        (r"(?:cells?|)", []),
        (r"(?:cells?){0,3}", []),
        (r"(?!cells)\w+", []),
        (r"(?i:cells)", []),
        (r"\d+", []),
    ],
)
def test_what_an_expression_needs(expression: str, needed: list[set[str]]) -> None:
    assert [set(group) for group in needs(re.compile(expression))] == needed


def test_nothing_is_known_of_an_expression_that_regards_no_case() -> None:
    assert needs(re.compile("cells", re.IGNORECASE)) == ()
    assert beginnings(re.compile("cells", re.IGNORECASE)) == ()


def test_an_expression_of_many_ways_to_begin_is_not_followed_for_ever() -> None:
    assert beginnings(re.compile("(?:a||b)" * 120)) == ()
    assert beginnings(re.compile("(?:a|bc)" * 120)) != (), "four letters are enough to begin with"


def test_a_set_made_later_knows_the_words_met_before() -> None:
    assert NEEDED.held({"zyxomatic"}) >= 0
    later = NeededWords([re.compile("xomat")])
    assert later.search(0, "zyxomatic", later.held({"zyxomatic"})) is not None
