"""A quote is kept with the place at which it stands."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from review.coding import quotes

TITLE = "Kratom and sleep: a trial"
ABSTRACT = (
    "BACKGROUND: Pain is common.\nMETHODS: 48 adults, double-blind.\n"
    "RESULTS: Pain fell by 1.2 points (95% CI 0.4 to 2.0) on kratom."
)


def at(quote: str) -> str:
    found = quotes.find(quote, TITLE, ABSTRACT)
    return quotes.at(str(found), TITLE, ABSTRACT) if found else ""


def test_a_quote_is_found_whatever_the_line_breaks() -> None:
    assert at("is common. METHODS: 48") == "is common.\nMETHODS: 48"
    assert at("(95% CI 0.4 to 2.0)") == "(95% CI 0.4 to 2.0)"


def test_the_title_is_looked_at_after_the_abstract() -> None:
    assert quotes.find("sleep: a trial", TITLE, ABSTRACT) == quotes.Place("title", 11, 25)
    found = quotes.find("kratom", TITLE, ABSTRACT)
    assert found is not None and found.field == "abstract"


def test_labels_as_the_page_shows_them_and_words_cut_by_a_selection() -> None:
    assert at("Methods. 48 adults") == "METHODS: 48 adults"
    assert at("ain fell by 1.2 poi") == "ain fell by 1.2 poi"


def test_what_is_not_there_has_no_place() -> None:
    for quote in ("", " ", "—", "slept longer", "pain fell by 12 points"):
        assert quotes.find(quote, TITLE, ABSTRACT) is None


def test_a_place_that_a_person_wrote_stays_and_a_wrong_one_is_worked_out_anew() -> None:
    def placed(quote: str, place: str) -> str:
        return quotes.placed(quote, place, TITLE, ABSTRACT)

    right = placed("48 adults", "")
    assert right == str(quotes.find("48 adults", TITLE, ABSTRACT))
    assert placed("48 adults", "Table 2, p. 5") == "Table 2, p. 5"
    assert placed("48 adults", "abstract 0-9") == right
    assert placed("48 adults", "abstract 9-99999") == right
    assert placed("no such words", "abstract 0-9") == ""
    assert placed(" ", "Table 2") == ""
    assert quotes.words(right) == "abstract" and quotes.words("Table 2") == "Table 2"


@given(st.text(max_size=80), st.data())
def test_every_part_of_a_text_is_found_and_stands_at_its_place(
    text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    part = text[start : data.draw(st.integers(start, len(text)))]
    found = quotes.find(part, "", text)
    if any(sign.isalnum() for sign in part):
        assert found is not None
    if found is not None:
        there = quotes.at(str(found), "", text)
        assert there.split() == part.split()
