"""What databases, registers and Google Scholar export: whole, in variants, and broken."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review import publication_types
from review.model import Record, is_register
from review.sources.file_preview import preview
from review.sources.file_reading import FileContent, iter_bytes, read_bytes
from tests.sources.test_workbook import book

Row = dict[str, str]


def table(rows: list[Row], delimiter: str = ",") -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def read(text: str, name: str = "export.csv", source: str | None = None) -> FileContent:
    return read_bytes(text.encode(), name, source=source)


def only(text: str, name: str = "export.csv") -> Record:
    content = read(text, name)
    assert content.mistakes == ()
    (record,) = content.records
    return record


PUBMED: Row = {
    "PMID": "30000011", "Title": "Leaf tea and the rest of older people",
    "Authors": "Sand R, de Oliveira Filho ASB, Marsh D.",
    "Citation": "Ann Rest. 2021 Mar;75(2):101-110. doi: 10.5555/rest.21. Epub 2021 Jan 3.",
    "First Author": "Sand R", "Journal/Book": "Ann Rest", "Publication Year": "2021",
    "Create Date": "2020/12/31", "PMCID": "PMC7000001", "NIHMS ID": "",
    "DOI": "10.5555/rest.21",
}  # fmt: skip

EMBASE: Row = {
    "Title": "Leaf tea and the rest of older people", "Author Names": "Sand R., Marsh D.",
    "Author Addresses": "(Sand R.) Dept of Rest", "Source title": "Annals of Rest",
    "Source": "Annals of Rest (2021) 75:2 (101-110). Date of Publication: 1 Mar 2021",
    "Publication Year": "2021", "Volume": "75", "Issue": "2", "First Page": "101",
    "Last Page": "110", "Publication Type": "Article", "Abstract": "We gave tea.",
    "Author Keywords": "tea, rest", "Emtree Drug Index Terms (Major Focus)": "leaf extract",
    "Emtree Medical Index Terms": "adult, sleep quality",
    "Clinical Trial Numbers": "ClinicalTrials.gov (NCT01234567)", "Article Language": "English",
    "Embase Accession ID": "2003456789", "Medline PMID": "30000011", "PUI": "L2003456789",
    "DOI": "10.5555/rest.21", "Embase Link": "https://www.embase.com/records?id=L2003456789",
}  # fmt: skip

REGISTER: Row = {
    "NCT Number": "NCT01234567", "Study Title": "Leaf Tea for Rest",
    "Study URL": "https://clinicaltrials.gov/study/NCT01234567", "Acronym": "LEAF",
    "Study Status": "COMPLETED", "Brief Summary": "A trial of tea, in adults.",
    "Study Results": "NO", "Conditions": "Insomnia|Pain",
    "Interventions": "DRUG: Leaf tea|DRUG: Placebo",
    "Primary Outcome Measures": "Sleep quality, 4 weeks", "Secondary Outcome Measures": "",
    "Other Outcome Measures": "", "Sponsor": "Sharp & Sons LLC", "Collaborators": "Town",
    "Sex": "ALL", "Age": "ADULT", "Phases": "PHASE2", "Enrollment": "60", "Funder Type": "OTHER",
    "Study Type": "INTERVENTIONAL", "Study Design": "Allocation: RANDOMIZED|Masking: DOUBLE",
    "Other IDs": "LEAF-1|2015-004321-12", "Start Date": "2019-02",
    "Primary Completion Date": "2020-01-01", "Completion Date": "", "First Posted": "2018-12-04",
    "Results First Posted": "", "Last Update Posted": "2021-01-01", "Locations": "Town, North",
    "Study Documents": "",
}  # fmt: skip

OLD_REGISTER: Row = {
    "Rank": "1", "NCT Number": "NCT01234567", "Title": "Leaf Tea for Rest", "Acronym": "",
    "Status": "Completed", "Study Results": "No Results Available", "Conditions": "Insomnia|Pain",
    "Interventions": "Drug: Leaf tea", "Outcome Measures": "Sleep quality",
    "Sponsor/Collaborators": "Sharp & Sons LLC|Town", "Gender": "All", "Age": "18 Years and older",
    "Phases": "Phase 2", "Enrollment": "60", "Funded Bys": "Other", "Study Type": "Interventional",
    "Study Designs": "Allocation: Randomized", "Other IDs": "LEAF-1", "Start Date": "February 2019",
    "First Posted": "December 4, 2018", "Locations": "Town",
    "URL": "https://ClinicalTrials.gov/show/NCT01234567",
}  # fmt: skip

PLATFORM: Row = {
    "TrialID": "ChiCTR1900021234", "Last Refreshed on": "21 September 2020",
    "Public title": "Leaf tea for rest", "Scientific title": "A randomised trial of leaf tea",
    "Acronym": "", "Primary sponsor": "University of Rest", "Date registration": "04/12/2018",
    "Date registration3": "20181204", "Source Register": "ChiCTR",
    "web address": "https://www.chictr.org.cn/showproj.html?proj=1",
    "Recruitment Status": "Recruiting", "Inclusion Criteria": "Adults", "Target size": "A:30;B:30;",
    "Date enrollement": "01/02/2019", "Study type": "Interventional study",
    "Study design": "Parallel", "Phase": "N/A", "Countries": "China", "Condition": "Insomnia",
    "Intervention": "A: leaf tea", "Primary outcome": "Sleep;", "Secondary ID": "NCT01234567",
}  # fmt: skip

PERISH: Row = {
    "Cites": "12", "Authors": "R Sand, D Marsh", "Title": "Leaf tea and rest", "Year": "2021",
    "Source": "Annals of Rest", "Publisher": "rest.example", "ArticleURL": "https://rest.example/1",
    "CitesURL": "https://scholar.example/1", "GSRank": "1", "QueryDate": "2024-05-01 10:11:12",
    "Type": "PDF", "DOI": "10.5555/rest.21", "ISSN": "", "CitationURL": "", "Volume": "75",
    "Issue": "2", "StartPage": "101", "EndPage": "110", "ECC": "12", "CitesPerYear": "2.4",
    "CitesPerAuthor": "4", "AuthorCount": "2", "Age": "5", "Abstract": "We gave tea …",
    "FullTextURL": "", "RelatedURL": "",
}  # fmt: skip

SCHOLAR: Row = {
    "Authors": "Sand, Rita; Marsh, D E; ", "Title": "Leaf tea and rest",
    "Publication": "Annals of Rest", "Volume": "75", "Number": "2", "Pages": "101-110",
    "Year": "2021", "Publisher": "Rest Press",
}  # fmt: skip

TABLES = {
    "PubMed": PUBMED, "Embase": EMBASE, "ClinicalTrials.gov": REGISTER, "WHO ICTRP": PLATFORM,
    "Publish or Perish": PERISH, "Google Scholar": SCHOLAR,
}  # fmt: skip


def test_pubmeds_own_table() -> None:
    record = only(table([PUBMED]), "csv-tea-set.csv")
    assert record.authors == ("Sand R", "de Oliveira Filho ASB", "Marsh D")
    assert (record.title, record.year, record.journal) == (PUBMED["Title"], 2021, "Ann Rest")
    assert (record.volume, record.issue, record.pages) == ("75", "2", "101-110")
    assert (record.doi, record.pmid, record.pmcid) == ("10.5555/rest.21", "30000011", "PMC7000001")


def test_one_author_of_pubmeds_table_has_no_full_stop() -> None:
    assert only(table([PUBMED | {"Authors": "Marsh D."}])).authors == ("Marsh D",)


def test_a_pubmed_row_without_a_year_has_that_of_its_creation() -> None:
    assert only(table([PUBMED | {"Publication Year": ""}])).year == 2020


def check_embase(record: Record) -> None:
    assert record.authors == ("Sand R.", "Marsh D.")
    assert (record.title, record.year, record.journal) == (EMBASE["Title"], 2021, "Annals of Rest")
    assert (record.volume, record.issue, record.pages) == ("75", "2", "101-110")
    assert (record.doi, record.pmid, record.type) == ("10.5555/rest.21", "30000011", "Article")
    assert (record.abstract, record.language) == ("We gave tea.", "English")
    assert record.keywords == ("tea", "rest", "leaf extract", "adult", "sleep quality")


def blocks(*entries: Row, delimiter: str = ",", quoting: int = csv.QUOTE_ALL) -> str:
    """Entries as Embase writes them with a line a field: lists in several cells."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]
    for entry in entries:
        for name, value in entry.items():
            several = "Names" in name or "Terms" in name or "Keywords" in name
            more = ["http://www.ncbi.nlm.nih.gov/pubmed/1"] if name == "Medline PMID" else []
            writer.writerow([name.upper(), *(value.split(", ") if several else [value]), *more])
        writer.writerow([])
    return out.getvalue()


def test_the_register_of_clinicaltrials() -> None:
    record = only(table([REGISTER]), "ctg-studies.csv")
    assert (record.title, record.year, record.url) == (
        "Leaf Tea for Rest", 2018, REGISTER["Study URL"],
    )  # fmt: skip
    assert (record.journal, record.pages) == ("ClinicalTrials.gov", "NCT01234567")
    assert record.authors == ("Sharp & Sons LLC",)
    assert record.type == publication_types.REGISTRATION
    assert record.keywords == ("Insomnia", "Pain")
    said = record.abstract.splitlines()
    assert said[0] == "A trial of tea, in adults."
    assert "Interventions: DRUG: Leaf tea; DRUG: Placebo" in said
    assert "Primary outcome measures: Sleep quality, 4 weeks" in said
    assert "Study design: Allocation: RANDOMIZED; Masking: DOUBLE" in said
    assert "Other identifiers: LEAF-1; 2015-004321-12" in said
    assert record.raw == REGISTER


def test_the_same_register_before_2023() -> None:
    record = only(table([OLD_REGISTER], ";"), "SearchResults.csv")
    assert (record.source, record.title, record.year) == (
        "ClinicalTrials.gov", "Leaf Tea for Rest", 2018,
    )  # fmt: skip
    assert (record.pages, record.authors) == ("NCT01234567", ("Sharp & Sons LLC", "Town"))
    assert "Outcome measures: Sleep quality" in record.abstract


STUDY: dict[str, Any] = {
    "protocolSection": {
        "identificationModule": {
            "nctId": "NCT01234567", "briefTitle": "Leaf Tea for Rest",
            "officialTitle": "A Randomized Trial of Leaf Tea", "acronym": "LEAF",
            "orgStudyIdInfo": {"id": "LEAF-1"}, "secondaryIdInfos": [{"id": "2015-004321-12"}],
        },
        "statusModule": {
            "overallStatus": "COMPLETED", "startDateStruct": {"date": "2019-02"},
            "studyFirstPostDateStruct": {"date": "2018-12-04"},
        },
        "sponsorCollaboratorsModule": {
            "leadSponsor": {"name": "Sharp & Sons LLC"}, "collaborators": [{"name": "Town"}],
        },
        "descriptionModule": {"briefSummary": "A trial of tea, in adults."},
        "conditionsModule": {"conditions": ["Insomnia", "Pain"]},
        "designModule": {
            "studyType": "INTERVENTIONAL", "phases": ["PHASE2"], "enrollmentInfo": {"count": 60},
            "designInfo": {"allocation": "RANDOMIZED", "maskingInfo": {"masking": "DOUBLE"}},
        },
        "armsInterventionsModule": {"interventions": [{"type": "DRUG", "name": "Leaf tea"},
                                                      {"type": "DRUG", "name": "Placebo"}]},
        "outcomesModule": {"primaryOutcomes": [{"measure": "Sleep quality, 4 weeks"}]},
        "eligibilityModule": {"sex": "ALL", "stdAges": ["ADULT"]},
        "referencesModule": {"references": []},
    },
    "hasResults": False,
}  # fmt: skip


@pytest.mark.parametrize(
    "wrap",
    [
        lambda s: [s],
        lambda s: s,
        lambda s: {"studies": [s]},
        lambda s: {"totalCount": 1, "studies": [s], "nextPageToken": "abc"},
    ],
)
def test_a_study_in_json_is_what_it_is_in_the_table(wrap: Any) -> None:
    content = read(json.dumps(wrap(STUDY)), "ctg-studies.json")
    assert (content.format, content.mistakes) == ("clinicaltrials-json", ())
    (record,) = content.records
    row = only(table([REGISTER]))
    for name in ("source", "key", "title", "authors", "year", "journal", "pages", "url", "type",
                 "keywords"):  # fmt: skip
        assert getattr(record, name) == getattr(row, name), name
    told = "Official title: A Randomized Trial of Leaf Tea"
    assert set(record.abstract.splitlines()) == {*row.abstract.splitlines(), told}
    assert record.raw == STUDY
    assert "hasResults" not in content.account.read
    assert "referencesModule" in content.account.left


def test_a_page_of_results_is_said_to_be_one() -> None:
    page = read(json.dumps({"studies": [STUDY], "nextPageToken": "abc"}), "studies.json")
    assert "more pages follow" in " ".join(page.account.sentences())
    assert "more pages" not in " ".join(read(json.dumps([STUDY]), "s.json").account.sentences())


def trials(*rows: Row) -> str:
    """Rows as the XML that the platform exports."""
    parts = []
    for row in rows:
        tags = {name.replace(" ", "_"): value.replace("&", "&amp;") for name, value in row.items()}
        cells = (f"<{tag}>{value}\n    </{tag}>" for tag, value in tags.items())
        parts.append(f"<Trial><Internal_Number>1</Internal_Number>{''.join(cells)}</Trial>")
    return (
        "<?xml version='1.0' encoding='UTF-8' ?>\n<Trials_downloaded_from_ICTRP>\n"
        + "\n".join(parts)
        + "\n</Trials_downloaded_from_ICTRP>"
    )


@pytest.mark.parametrize(
    ("text", "name", "format"),
    [
        (table([PLATFORM]), "ICTRP-Results.csv", "csv"),
        (trials(PLATFORM), "ICTRP-Results.xml", "ictrp-xml"),
        (trials(PLATFORM), "download", "ictrp-xml"),
    ],
)
def test_the_platform_of_who(text: str, name: str, format: str) -> None:
    content = read(text, name)
    assert (content.format, content.source, content.mistakes) == (format, "WHO ICTRP", ())
    (record,) = content.records
    assert (record.title, record.year) == ("Leaf tea for rest", 2018)
    assert (record.journal, record.pages) == ("ChiCTR", "ChiCTR1900021234")
    assert (record.authors, record.url) == (("University of Rest",), PLATFORM["web address"])
    assert record.type == publication_types.REGISTRATION
    said = record.abstract.splitlines()
    assert said[0] == "Scientific title: A randomised trial of leaf tea"
    for part in ("Conditions: Insomnia", "Interventions: A: leaf tea", "Primary outcomes: Sleep",
                 "Inclusion criteria: Adults", "Other identifiers: NCT01234567"):  # fmt: skip
        assert part in said


def test_line_breaks_written_as_marks_are_line_breaks() -> None:
    criteria = "Inclusion criteria: 1. Adults&#x0D;&lt;br&gt;2. Sleepless"
    text = trials(PLATFORM).replace("<Inclusion_Criteria>Adults", f"<Inclusion_Criteria>{criteria}")
    (record,) = read(text, "a.xml").records
    assert "Inclusion criteria: 1. Adults\n2. Sleepless" in record.abstract


def test_publish_or_perish() -> None:
    record = only(table([PERISH]), "PoPCites.csv")
    assert (record.authors, record.year) == (("R Sand", "D Marsh"), 2021)
    assert (record.journal, record.url) == ("Annals of Rest", "https://rest.example/1")
    assert (record.volume, record.issue, record.pages) == ("75", "2", "101-110")
    assert (record.doi, record.abstract) == ("10.5555/rest.21", "We gave tea …")


@pytest.mark.parametrize(("type", "read"), [("PDF", ""), ("CITATION", ""), ("BOOK", "BOOK")])
def test_the_kind_of_file_scholar_found_is_no_type(type: str, read: str) -> None:
    assert only(table([PERISH | {"Type": type}])).type == read


def test_a_library_of_google_scholar() -> None:
    record = only("\ufeff" + table([SCHOLAR]), "citations.csv")
    assert record.authors == ("Sand, Rita", "Marsh, D E")
    assert (record.journal, record.year) == ("Annals of Rest", 2021)
    assert (record.volume, record.issue, record.pages) == ("75", "2", "101-110")


# ---- variants ----------------------------------------------------------------------------------


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(sorted(TABLES)), st.data())
def test_neither_order_nor_delimiter_nor_encoding_changes_what_a_table_says(
    origin: str, data: st.DataObject
) -> None:
    row = TABLES[origin]
    whole = only(table([row]))
    heads = data.draw(st.permutations(list(row)))
    delimiter = data.draw(st.sampled_from(",;\t"))
    text = table([{name: row[name] for name in heads}], delimiter)
    encoded = text.encode(data.draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])))
    content = read_bytes(encoded, data.draw(st.sampled_from(["a.csv", "a.txt", "a.tsv"])))
    (record,) = content.records
    assert content.account.named.startswith(origin)
    for name in ("title", "authors", "year", "journal", "pages", "doi", "pmid", "abstract", "type",
                 "url"):  # fmt: skip
        assert getattr(record, name) == getattr(whole, name), name


@pytest.mark.parametrize("origin", sorted(TABLES))
def test_a_workbook_is_read_as_its_table(origin: str) -> None:
    row = TABLES[origin]
    content = read_bytes(book([[*row], [*row.values()]]), "export.xlsx")
    assert content.account.named == f"{origin} (Excel)"
    assert content.records[0].title == only(table([row])).title
    assert bool(content.account.register) == is_register(origin)


@pytest.mark.parametrize("gone", ["Study URL", "Acronym", "Sponsor", "First Posted", "Conditions"])
def test_columns_that_were_not_asked_for_may_be_missing(gone: str) -> None:
    record = only(table([{name: v for name, v in REGISTER.items() if name != gone}]))
    assert (record.source, record.pages) == ("ClinicalTrials.gov", "NCT01234567")


@pytest.mark.parametrize(
    "heads",
    [
        ["Study Title", "Study URL", "Study Status", "Conditions"],
        ["Study Title", "Study URL", "Conditions", "Interventions"],
    ],
)
def test_without_its_column_the_number_is_taken_from_the_address(heads: list[str]) -> None:
    record = only(table([{name: REGISTER[name] for name in heads}]))
    assert (record.source, record.pages) == ("ClinicalTrials.gov", "NCT01234567")


def test_the_columns_that_the_register_showed_before_2023() -> None:
    heads = ["Rank", "Title", "Status", "Study Results", "Conditions", "Interventions", "URL"]
    record = only(table([{name: OLD_REGISTER[name] for name in heads}]))
    assert (record.source, record.pages) == ("ClinicalTrials.gov", "NCT01234567")


def test_lines_of_fields_are_no_table_even_when_asked_to_be_one() -> None:
    (record,) = read_bytes(blocks(EMBASE).encode(), "a.csv", "csv").records
    check_embase(record)


def test_a_list_of_articles_with_a_column_of_registrations_is_no_register() -> None:
    row = {"NCT Number": "NCT01234567", "Title": "Tea", "Authors": "Sand R", "Status": "x"}
    assert read(table([row]), "mine.csv").source == "mine"


# ---- the source, and what is said --------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "source"),
    [
        (None, "ClinicalTrials.gov"),
        ("clinicaltrials.gov, March", "clinicaltrials.gov, March"),
        ("CT.gov", "CT.gov"),
        ("second update", "ClinicalTrials.gov (second update)"),
    ],
)
def test_the_source_of_a_registers_file_is_named_as_a_register(
    said: str | None, source: str
) -> None:
    content = read(table([REGISTER]), "SearchResults.csv", said)
    assert content.source == content.records[0].source == source
    assert is_register(source)
    parts = list(iter_bytes(table([REGISTER]).encode(), "SearchResults.csv", source=said))
    assert [part.source for part in parts] == [source]


def test_registrations_joined_to_articles_count_with_the_databases_and_that_is_said() -> None:
    content = read(table([REGISTER]) + table([PUBMED]), "joined.csv")
    assert [r.title for r in content.records] == [REGISTER["Study Title"], PUBMED["Title"]]
    assert content.source == "joined"
    assert "Import the registrations as a file of their own" in " ".join(
        content.account.sentences()
    )


@pytest.mark.parametrize("origin", sorted(TABLES))
def test_the_first_look_and_the_account_name_the_format(origin: str) -> None:
    text = table([TABLES[origin]])
    look = preview(text.encode(), "a.csv")
    assert look.told
    assert look.account.sentences()[0] == f"Format: {origin} (CSV)."
    assert read(text).account.sentences()[0] == f"Format: {origin} (CSV)."
    assert look.account.read == read(text).account.read


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (blocks(EMBASE), "Embase (CSV, a line a field)"),
        (trials(PLATFORM), "WHO ICTRP (XML)"),
        (json.dumps([STUDY]), "ClinicalTrials.gov (JSON)"),
        (table([{"Title": "Tea", "Year": "2020"}]), "CSV"),
        ("TY  - JOUR\nTI  - Tea\nER  - \n", "RIS"),
    ],
)
def test_other_formats_are_named_too(text: str, named: str) -> None:
    look = preview(text.encode(), "a.txt")
    assert look.account.sentences()[0] == f"Format: {named}."
    assert len(look.records) == 1
    assert read(text, "a.txt").account.named == named


@pytest.mark.parametrize("origin", sorted(TABLES))
def test_every_column_is_read_or_named_as_left_aside(origin: str) -> None:
    row = {name: value or "x" for name, value in TABLES[origin].items()}
    account = read(table([row])).account
    assert {*account.read, *account.left} == {*row}
