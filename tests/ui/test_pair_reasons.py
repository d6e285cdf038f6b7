"""The card of a pair says in plain words why it is asked, and what speaks for either side."""

from __future__ import annotations

import pytest

from review.model import Record
from review.ui.duplicates.reasons import reason_lines
from review.ui.style import CSS

HEADS = ("P1", "P2")
NONE = (Record("a", "1"), Record("b", "1"))


def test_both_sides_have_a_line_of_their_own() -> None:
    why = "Same author, title 95 % alike; but the journals differ."
    html = reason_lines(why, NONE, HEADS, texts=True, asked=True)
    assert "<dt>For one text</dt>" in html and "titles that differ by a few letters" in html
    assert "<dt>For two texts</dt>" in html and "The journals differ." in html
    html = reason_lines(why, NONE, HEADS, texts=False)
    assert "<dt>For one study</dt>" in html and "<dt>For two studies</dt>" in html


def test_where_nothing_speaks_against_it_is_said_why_somebody_is_asked() -> None:
    assert "too little is known" in reason_lines("Same DOI.", NONE, HEADS, texts=True, asked=True)
    assert "too little" not in reason_lines("Same DOI.", NONE, HEADS, texts=True)


@pytest.mark.parametrize("length", [10, 400, 4000])
def test_a_reason_of_any_length_is_there_whole(length: int) -> None:
    words = " ".join(f"word{n}" for n in range(length // 7 + 1))
    html = reason_lines(f"{words}; but {words} <b>.", NONE, HEADS, texts=True)
    assert html.count(f"word{length // 7}") == 2 and "…" not in html
    assert "&lt;b&gt;" in html and "<b>" not in html


def test_its_lines_break_and_are_not_cut() -> None:
    rule = CSS[CSS.index(".rt-facts { display") :].split("}")[0]
    assert "overflow-wrap: anywhere" in rule and "ellipsis" not in rule and "nowrap" not in rule
