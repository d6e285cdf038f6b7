"""Decisions of Covidence, EPPI-Reviewer and Colandr in their exports: whose, where, and why."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.model import Stage, VoteValue
from review.sources import embedded_votes
from review.sources.file_entries import FileVote
from review.sources.file_preview import preview
from review.sources.file_reading import read_bytes

FIRST, FULL = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
IN, OUT, MAYBE = VoteValue.INCLUDE, VoteValue.EXCLUDE, VoteValue.MAYBE
COVIDENCE = (
    "Title", "Authors", "Abstract", "Published Year", "Published Month", "Journal", "Volume",
    "Issue", "Pages", "Accession Number", "DOI", "Ref", "Covidence #", "Study", "Notes", "Tags",
)  # fmt: skip
PAPER = {
    "Title": "Mitragynine and sleep", "Authors": "Vale, F.; Moss, A.", "Published Year": "2021",
    "Journal": "J Tea", "DOI": "10.1000/tea.1", "Ref": "7", "Covidence #": "#311",
    "Study": "Vale 2021",
}  # fmt: skip


def table(*rows: dict[str, str], head: tuple[str, ...] = (), delimiter: str = ",") -> bytes:
    out = io.StringIO()
    names = head or tuple(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(out, names, restval="", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def covidence(name: str, notes: str = "", **more: str) -> tuple[FileVote, ...]:
    data = table({**PAPER, "Notes": notes, **more}, head=COVIDENCE)
    return read_bytes(data, name).votes


def said(votes: tuple[FileVote, ...]) -> list[tuple[Stage, VoteValue]]:
    return [(vote.stage, vote.vote) for vote in votes]


# ---- Covidence -------------------------------------------------------------------------------

LISTS = {
    "screen": [],
    "select": [(FIRST, IN)],
    "irrelevant": [(FIRST, OUT)],
    "included": [(FIRST, IN), (FULL, IN)],
    "excluded": [(FIRST, IN), (FULL, OUT)],
}
NAMES = (
    "review_211650_{}_csv_20240303130126.csv",
    "pilot_review_9_{}_csv_2024 (1).csv",
    "Review_12_{}.csv",
)


@pytest.mark.parametrize("listed", LISTS)
@pytest.mark.parametrize("name", NAMES)
def test_the_list_of_covidence_stands_in_the_name_of_its_file(listed: str, name: str) -> None:
    votes = covidence(name.format(listed))
    assert said(votes) == LISTS[listed]
    assert {vote.reviewer for vote in votes} <= {""}, "Covidence names nobody"


@pytest.mark.parametrize("listed", LISTS)
@pytest.mark.parametrize("format", ["ris", "bib"])
def test_other_formats_of_covidence_tell_it_in_the_same_way(listed: str, format: str) -> None:
    text = {
        "ris": "TY  - JOUR\nTI  - Kratom\nER  - \n",
        "bib": "@article{a, title={Kratom}}",
    }[format]
    votes = read_bytes(text.encode(), f"review_5_{listed}_{format}_20240101.{format}").votes
    assert said(votes) == LISTS[listed]


def test_a_word_in_the_name_is_enough_where_the_columns_are_covidences() -> None:
    assert said(covidence("irrelevant.csv")) == [(FIRST, OUT)]
    plain = table({"Title": "Kratom", "DOI": "10.1000/1"})
    assert read_bytes(plain, "irrelevant.csv").votes == ()
    assert read_bytes(plain, "preview_5_included_fields.csv").votes == ()


def test_the_reason_is_that_of_the_full_text_and_other_notes_stay_notes() -> None:
    name = "review_1_excluded_csv_20240101.csv"
    first, full = covidence(name, "Exclusion reason: Wrong outcomes; Ann: see table 2")
    assert (first.reason, first.note) == ("", "")
    assert (full.reason, full.note) == ("Wrong outcomes", "Ann: see table 2")
    assert covidence("covidence.csv", "Exclusion reason: Wrong outcomes")[1].vote is OUT
    (kept,) = covidence("review_1_irrelevant_csv_2.csv", "not sure about the dose")
    assert kept.note == "not sure about the dose"


def test_a_list_that_nothing_tells_is_said_and_no_decision_made_up() -> None:
    data = table(PAPER, head=COVIDENCE)
    content = read_bytes(data, "export.csv")
    assert content.votes == ()
    assert any("Covidence" in sentence for sentence in content.account.sentences())
    assert read_bytes(data, "review_1_screen_csv_1.csv").account.remarks == {}


def test_tags_of_covidence_are_labels_of_the_record() -> None:
    data = table({**PAPER, "Tags": "Ongoing study; Pain, chronic"}, head=COVIDENCE)
    (record,) = read_bytes(data, "review_1_select_csv_1.csv").records
    assert record.labels == ("Ongoing study", "Pain, chronic")
    assert (record.authors, record.year) == (("Vale, F.", "Moss, A."), 2021)


# ---- Colandr ---------------------------------------------------------------------------------


def colandr(first: str, full: str = "", **more: str) -> tuple[FileVote, ...]:
    row = {
        "study_id": "12", "study_tags": "pilot; pain", "citation_screening_status": first,
        "fulltext_screening_status": full, "citation_title": "Kratom",
        "citation_authors": "Vale, F.; Moss, A.", **more,
    }  # fmt: skip
    content = read_bytes(table(row, delimiter=";"), "colandr.csv")
    assert content.records[0].labels == ("pilot", "pain")
    return content.votes


@pytest.mark.parametrize(
    ("first", "full", "votes"),
    [
        ("included", "included", [(FIRST, IN), (FULL, IN)]),
        ("included", "excluded", [(FIRST, IN), (FULL, OUT)]),
        ("excluded", "not_screened", [(FIRST, OUT)]),
        ("screened_once", "", []),
        ("conflict", "", []),
        ("", "", []),
    ],
)
def test_colandr_tells_how_either_stage_ended(
    first: str, full: str, votes: list[tuple[Stage, VoteValue]]
) -> None:
    assert said(colandr(first, full)) == votes


def test_colandr_gives_its_reasons_stage_by_stage() -> None:
    (first,) = colandr("excluded", citation_exclude_reasons="wrong species; no outcome")
    assert first.reason == "wrong species; no outcome"
    _, full = colandr("included", "excluded", fulltext_exclude_reasons="no outcome")
    assert (full.stage, full.reason) == (FULL, "no outcome")


# ---- EPPI-Reviewer ---------------------------------------------------------------------------


def code(id_: int, kind: str, name: str, *inside: dict[str, Any]) -> dict[str, Any]:
    return {
        "AttributeId": id_, "AttributeType": kind, "AttributeName": name,
        "Attributes": {"AttributesList": list(inside)},
    }  # fmt: skip


CODES = [
    {
        "SetName": "Screening",
        "SetType": {"SetTypeName": "Screening"},
        "Attributes": {
            "AttributesList": [
                code(
                    1, "Not selectable (no checkbox)", "Title & abstract",
                    code(2, "Exclude", "EXCLUDE on population"),
                    code(3, "Include", "INCLUDE on title & abstract"),
                    code(4, "Include", "INCLUDE for second opinion"),
                    code(8, "Exclude", "EXCLUDE on language"),
                ),
                code(5, "Exclude", "Exclude: no outcome (full text)"),
                code(6, "Include", "Include on full text"),
            ]
        },
    },
    {
        "SetName": "Data extraction",
        "SetType": {"SetTypeName": "Standard"},
        "Attributes": {"AttributesList": [code(7, "Selectable (show checkbox)", "Include maps")]},
    },
]  # fmt: skip


def eppi(*codes: int, **more: object) -> tuple[FileVote, ...]:
    chosen = [{"AttributeId": id_, "AdditionalText": f"words {id_}"} for id_ in codes]
    paper = {"ItemId": 4711001, "Title": "Kratom", "ItemStatus": "I", "Codes": chosen, **more}
    return read_bytes(
        json.dumps({"CodeSets": CODES, "References": [paper]}).encode(), "e.json"
    ).votes


@pytest.mark.parametrize(
    ("codes", "votes"),
    [
        ((3,), [(FIRST, IN)]),
        ((2,), [(FIRST, OUT)]),
        ((4,), [(FIRST, MAYBE)]),
        ((3, 5), [(FIRST, IN), (FULL, OUT)]),
        ((3, 6), [(FIRST, IN), (FULL, IN)]),
        ((7,), []),
        ((2, 3), []),
        ((), []),
    ],
)
def test_codes_for_screening_are_votes(
    codes: tuple[int, ...], votes: list[tuple[Stage, VoteValue]]
) -> None:
    assert said(eppi(*codes)) == votes


def test_reasons_are_the_names_of_the_codes_without_the_words_for_the_stage() -> None:
    (vote,) = eppi(2, 8)
    assert (vote.reason, vote.note) == ("population; language", "words 2 | words 8")
    assert eppi(3, 5)[1].reason == "no outcome"
    (flag,) = eppi(ItemStatus="E", ItemStatusTooltip="Excluded from review")
    assert flag.vote is OUT and "Excluded from review" in flag.note


def test_fields_of_eppi_reviewer() -> None:
    paper = {
        "ItemId": 4711001, "Title": "A chapter", "ParentTitle": "Handbook",
        "Authors": "Vale F;Moss A;",
        "Year": "2014", "Pages": "3-9", "StandardNumber": "978-1-4822-0000-9", "DOI": "10.1000/c",
        "TypeName": "Book, Chapter", "Keywords": "eppi-reviewer4\r\nPain, chronic\r\nTea",
        "Abstract": "One.", "ItemStatus": "D", "Publisher": "P",
    }  # fmt: skip
    content = read_bytes(json.dumps({"CodeSets": [], "References": [paper]}).encode(), "e.json")
    (record,) = content.records
    assert content.format == "eppi-json"
    assert (record.authors, record.journal, record.pages) == (
        ("Vale F", "Moss A"), "Handbook", "3-9"
    )  # fmt: skip
    assert record.keywords == ("Pain, chronic", "Tea")
    assert (record.isbn, record.doi, record.key) == ("9781482200009", "10.1000/c", "doi:10.1000/c")
    assert "Publisher" in content.account.left
    assert any("deleted" in words for words in content.account.remarks)


def test_half_a_file_of_eppi_reviewer_costs_the_reference_that_is_cut() -> None:
    papers = [{"ItemId": n, "Title": f"Kratom {n}", "Codes": []} for n in range(3)]
    text = json.dumps({"CodeSets": CODES, "References": papers}, indent=1)
    content = read_bytes(text[:-40].encode(), "e.json")
    assert [record.title for record in content.records] == ["Kratom 0", "Kratom 1"]
    assert len(content.mistakes) == 1 and content.account.entries == 3


def test_the_ris_of_eppi_reviewer_comes_without_its_mark() -> None:
    text = "TY  - JOUR\nT1  - Kratom\nKW  - eppi-reviewer4\nPain, chronic\nTea\n"
    text += "KW  - Sleep\nU1  - 47\nER  - \n"
    (record,) = read_bytes(text.encode(), "e.ris").records
    assert record.keywords == ("Pain, chronic", "Tea", "Sleep")


# ---- before and whatever comes ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (table(PAPER, head=COVIDENCE), "review_1_irrelevant_csv_1.csv"),
        (table({"citation_title": "A", "citation_screening_status": "excluded"}), "c.csv"),
        (json.dumps({"CodeSets": CODES, "References": [
            {"ItemId": 1, "Title": "K", "Codes": [{"AttributeId": 2}]}]}).encode(), "e.json"),
    ],
)  # fmt: skip
def test_the_first_look_shows_the_votes_and_asks_whose_they_are(data: bytes, name: str) -> None:
    look = preview(data, name)
    assert look.votes and look.nameless
    ((vote,),) = look.decisions
    assert (vote.stage, vote.vote) == (FIRST, OUT)


pieces = st.sampled_from(
    ["review_1_", "excluded", "irrelevant", "_csv_", ".csv", "Exclusion reason:", ";", "\n"]
)


@given(notes=st.lists(st.lists(pieces | st.text(max_size=4)).map("".join), max_size=3),
       name=st.lists(pieces | st.text(max_size=4)).map("".join), known=st.booleans())  # fmt: skip
def test_no_name_and_no_note_breaks_the_reading(notes: list[str], name: str, known: bool) -> None:
    votes = embedded_votes.in_notes(notes, name, covidence=known)
    assert len({vote.stage for vote in votes}) == len(votes), "one vote a stage"


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["AttributesList", "Attributes", "AttributeId", "SetType",
                                       "AttributeType", "AttributeName"]), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip


@given(codes=values, chosen=values)
def test_no_set_of_codes_breaks_the_reading(codes: object, chosen: object) -> None:
    paper = {"ItemId": 1, "Title": "Kratom", "Codes": chosen}
    data = json.dumps({"CodeSets": [codes], "References": [paper]}).encode()
    content = read_bytes(data, "e.json", "eppi-json")
    assert [record.title for record in content.records] == ["Kratom"]
