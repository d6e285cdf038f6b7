"""The reasons of a pair in plain words, with the sentences they rest on."""

from __future__ import annotations

from review.dedupe.pair_words import in_one_line, pair_words


def test_what_speaks_for_and_against_is_parted_and_no_share_is_left() -> None:
    why = "Same DOI and year, title 100 % alike; but the pages differ and the volumes differ."
    said = pair_words(why, ("", ""))
    assert said.same == "Same DOI and year, the same title."
    assert said.other == "The pages differ and the volumes differ."
    assert said.quotes == ("", "")


def test_nothing_against_is_nothing() -> None:
    assert pair_words("Title 71 % alike.", ("", "")).other == ""


def test_a_number_of_people_comes_with_its_sentences() -> None:
    left = "Kratom is used. We asked 1,100 people about sleep. Of 100 of them, 11 slept."
    right = "In all, 100 patients took part. Sleep was better."
    said = pair_words("Both have a sample of 100 people and share authors.", (left, right))
    assert said.quotes == ("Of 100 of them, 11 slept.", "In all, 100 patients took part.")


def test_a_sentence_is_quoted_whole_and_a_very_long_one_round_what_it_holds() -> None:
    whole = "We asked " + "many more or less willing " * 15 + "people, 357 in all, in one town."
    said = pair_words("Both have a sample of 357 people.", (whole, whole))
    assert said.quotes == (whole, whole) and len(whole) > 300
    endless = "word " * 500 + "357 people " + "word " * 500
    quote = pair_words("Both have a sample of 357 people.", (endless, "")).quotes[0]
    assert "357" in quote and quote.startswith("… word") and quote.endswith("word …")
    assert pair_words("Both have a sample of 357 people.", ("x" * 900 + " 357", "")).quotes[0]


def test_a_reason_on_one_line_says_what_speaks_against_it() -> None:
    why = "Same author, title 49 % alike; but the journals differ."
    assert in_one_line(why) == (
        "Same author, titles that have little in common. Against it: the journals differ."
    )
    assert in_one_line("Same DOI.") == "Same DOI."
