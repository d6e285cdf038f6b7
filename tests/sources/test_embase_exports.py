"""Exports of Embase: a row an entry, or a line a field."""

from __future__ import annotations

import csv

import pytest

from tests.sources.test_database_exports import EMBASE, blocks, check_embase, only, read, table


def test_embases_own_table() -> None:
    check_embase(only(table([EMBASE])))


def test_what_embase_says_in_its_source_alone_is_read_too() -> None:
    gone = {"Source title", "Volume", "Issue", "First Page", "Last Page"}
    check_embase(only(table([{name: v for name, v in EMBASE.items() if name not in gone}])))


@pytest.mark.parametrize(
    "text",
    [
        blocks(EMBASE),
        "\ufeff" + blocks(EMBASE),
        blocks(EMBASE, delimiter=";"),
        blocks(EMBASE, delimiter="\t"),
        blocks(EMBASE, quoting=csv.QUOTE_MINIMAL),
        '"SEARCH QUERY","\'tea\'/exp AND [2021]/py"\n\n' + blocks(EMBASE),
        blocks({"Title": EMBASE["Title"]} | dict(reversed(EMBASE.items()))),
    ],
)
@pytest.mark.parametrize("name", ["records.csv", "records.txt"])
def test_embase_with_a_line_a_field(text: str, name: str) -> None:
    content = read(text, name)
    assert (content.format, content.mistakes) == ("embase", ())
    (record,) = content.records
    check_embase(record)
    assert record.raw["MEDLINE PMID"].startswith("30000011\n")
    assert content.account.named == "Embase (CSV, a line a field)"
    assert content.account.left == {
        "AUTHOR ADDRESSES": content.account.left["AUTHOR ADDRESSES"],
    }


def test_entries_of_embase_begin_with_their_titles() -> None:
    more = [EMBASE | {"Title": f"Paper {n}", "DOI": f"10.5555/{n}"} for n in range(3)]
    content = read(blocks(*more).replace("\r\n\r\n", "\r\n"))
    assert [r.title for r in content.records] == ["Paper 0", "Paper 1", "Paper 2"]
    assert content.account.entries == 3


def test_an_embase_entry_without_a_title_is_named_and_lands_on_no_neighbour() -> None:
    nameless = {name: value for name, value in EMBASE.items() if name != "Title"}
    content = read(blocks(EMBASE, nameless | {"DOI": "10.5555/other"}, EMBASE))
    assert [r.doi for r in content.records] == ["10.5555/rest.21"] * 2
    assert ["no title" in m.message for m in content.mistakes] == [True]


def test_a_quote_in_embase_that_does_not_close_costs_no_field_after_it() -> None:
    text = '"TITLE","Tea"\n"ABSTRACT","We gave "tea" and\n"DOI","10.5555/x.1"\n\n"TITLE","Rest"\n'
    content = read(text + '"PUI","L1"\n')
    assert [(r.title, r.doi) for r in content.records] == [("Tea", "10.5555/x.1"), ("Rest", "")]
