"""Broken exports of databases: whole entries come in, and what is wrong is said."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.errors import FileError, ReviewError
from review.sources import file_formats
from review.sources.file_preview import preview
from review.sources.file_reading import guess_format, read_bytes
from tests.sources.test_database_exports import (
    EMBASE,
    PLATFORM,
    REGISTER,
    STUDY,
    blocks,
    read,
    table,
    trials,
)

WHOLE = {
    "embase": blocks(EMBASE, EMBASE | {"Title": "Second", "DOI": "10.5555/2"}),
    "ictrp-xml": trials(PLATFORM, PLATFORM | {"TrialID": "ISRCTN12345678"}),
    "clinicaltrials-json": json.dumps({"studies": [STUDY, STUDY]}, indent=1),
    "csv": table([REGISTER, REGISTER | {"NCT Number": "NCT02234567"}]),
}


@settings(deadline=None, max_examples=80)
@given(st.sampled_from(sorted(WHOLE)), st.floats(0, 1))
def test_half_a_file_gives_whole_entries_or_says_what_is_wrong(format: str, part: float) -> None:
    text = WHOLE[format]
    whole = [r.title for r in read_bytes(text.encode(), "f.csv", format).records]
    try:
        content = read_bytes(text[: int(len(text) * part)].encode(), "f.csv", format)
    except ReviewError as error:
        assert str(error).endswith(".")
    else:
        assert len(content.records) <= len(whole)
        found = len(content.records) + len(content.mistakes)
        assert found >= content.account.entries
        assert content.account.entries or content.mistakes or format == "csv"


def test_a_file_that_may_be_cut_off_is_said_to_be() -> None:
    cut = table([REGISTER])
    assert "cut off" in " ".join(read(cut[: cut.index("DRUG: Placebo")]).account.sentences())
    assert "cut off" not in " ".join(read(cut).account.sentences())
    whole = trials(PLATFORM, PLATFORM)
    assert "cut off" in " ".join(
        read(whole[: whole.index("</Trial>") + 9], "a.xml").account.remarks
    )
    assert not read(whole, "a.xml").account.remarks


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(sorted(WHOLE)), st.text(max_size=300), st.floats(0, 1))
def test_rubbish_in_a_file_never_breaks_the_reader(format: str, rubbish: str, at: float) -> None:
    text = WHOLE[format]
    place = int(len(text) * at)
    data = (text[:place] + rubbish + text[place:]).encode("utf-8", "replace")
    try:
        read_bytes(data, "f.csv", format)
    except ReviewError as error:
        assert str(error).endswith(".")


@pytest.mark.parametrize("name", ["records.csv", "ctg-studies.json", "ICTRP-Results.xml", "a.txt"])
def test_a_web_page_instead_of_an_export_is_said_to_be_one(name: str) -> None:
    page = "<!DOCTYPE html>\n<html><head><title>503</title></head><body>Sorry</body></html>"
    with pytest.raises(FileError, match="web page"):
        read(page, name)
    with pytest.raises(FileError, match="web page"):
        preview(page.encode(), name)


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("embase", "\n\n"),
        ("embase", "x,y\n1,2\n"),
        ("ictrp-xml", "<Trials_downloaded_from_ICTRP></Trials_downloaded_from_ICTRP>"),
        ("clinicaltrials-json", '{"studies": []}'),
        ("clinicaltrials-json", '[{"protocolSection": 3}]'),
    ],
)
def test_a_file_without_any_entry_says_what_to_do(format: str, text: str) -> None:
    with pytest.raises(FileError, match="again"):
        read_bytes(text.encode(), "f", format)


def test_entities_of_its_own_are_refused() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]>' + trials(PLATFORM).partition("?>")[2]
    with pytest.raises(FileError, match="declares entities"):
        read(bomb, "a.xml")


def test_other_files_are_told_as_before() -> None:
    csl = json.dumps([{"type": "article-journal", "title": "Tea"}])
    assert guess_format(csl.encode(), "a.json") == "csl-json"
    assert guess_format(table([EMBASE]).encode(), "a.csv") == "csv"
    endnote = b"<xml><records><record><titles/></record></records></xml>"
    assert guess_format(endnote, "a.xml") == "endnote-xml"
    assert {"embase", "ictrp-xml", "clinicaltrials-json"} <= file_formats.FORMATS.keys()
