"""What one database takes the other takes too: long, odd and impossible values."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from review.coding import csv_io
from review.errors import DecisionError, FileError
from review.model import Record, RunStatus
from review.screening import service as screening
from review.search.importing import import_bytes
from review.spreadsheet import read_time
from review.store import Store, filters, records
from review.workspace import Workspace
from tests import reviews


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    found = reviews.workspace(tmp_path, db_url)
    yield found
    found.store.close()


def bring(
    ws: Workspace, text: str, name: str, source: str | None = None
) -> tuple[Record, list[str]]:
    """Import a file of one entry."""
    result = import_bytes(ws, text.encode(), name, None, source, actor="Ann")
    assert result.new == 1
    with ws.store.read() as conn:
        return records.get(conn, "R000001"), [str(mistake) for mistake in result.mistakes]


LONG = "x" * 30_000


def test_long_fields_are_cut_and_long_identifiers_left_out_with_a_sentence(ws: Workspace) -> None:
    item = {
        "type": "article", "title": LONG, "DOI": "10.1000/" + "d" * 700, "volume": LONG,
        "author": [{"literal": LONG}], "PMCID": "PMC12",
    }  # fmt: skip
    kept, mistakes = bring(ws, json.dumps([item]), "a.json")
    assert (len(kept.title), len(kept.volume), len(kept.authors[0])) == (10_000, 200, 1_000)
    assert kept.doi == "" and kept.pmcid == "PMC12"
    assert kept.raw["title"] == LONG, "the entry as it came is whole"
    assert mistakes == [
        "a.json:1: title has 30,000 signs; cut to 10,000",
        "a.json:1: volume has 30,000 signs; cut to 200",
        "a.json:1: doi has 708 signs, more than 600; left out",
        "a.json:1: authors are too long or too many; cut",
    ]


def test_a_number_in_the_source_that_is_too_long_for_a_key_is_none(ws: Workspace) -> None:
    entry = f"TY  - JOUR\nTI  - A\nAN  - {'9' * 500}\nER  - \n"
    kept, _ = bring(ws, entry, "a.ris")
    assert kept.key.startswith("hash:")
    assert import_bytes(ws, entry.encode(), "a.ris", actor="Ann").known == 1


def test_a_key_fits_with_a_long_doi_too(ws: Workspace) -> None:
    entry = f"TY  - JOUR\nTI  - A\nDO  - 10.1000/{'d' * 500}\nER  - \n"
    kept, mistakes = bring(ws, entry, "a.ris")
    assert len(kept.doi) == 508 and len(kept.key) <= 400 and not mistakes


def test_the_name_of_a_source_has_a_limit_and_no_hidden_signs(ws: Workspace) -> None:
    entry = "TY  - JOUR\nTI  - A\nER  - \n"
    with pytest.raises(FileError, match="name of the source has 300 signs"):
        bring(ws, entry, "a.ris", "s" * 300)
    kept, _ = bring(ws, entry, "a.ris", "Em\u200bba\x00se ")
    assert kept.source == "Embase"
    import_bytes(ws, entry.encode() * 2, "n" * 240 + ".ris", actor="Ann")


def test_numbers_that_are_none_and_signs_nobody_sees_are_taken(ws: Workspace) -> None:
    item = '{"type": "article", "title": "A\\u0000\u200bB", "x": [NaN, Infinity, 1e999]}'
    kept, _ = bring(ws, f"[{item}]", "a.json")
    assert kept.title == "A\u200bB"
    assert kept.raw["x"] == ["nan", "inf", "inf"]
    assert import_bytes(ws, f"[{item}]".encode(), "a.json", actor="Ann").known == 1


def test_records_of_any_source_are_within_the_limits(store: Store) -> None:
    with store.write() as conn:
        run = records.start_run(conn, "Ann", "core", "openalex")
        long = Record("openalex", "W1", title=LONG, doi="d" * 700, language=LONG)
        records.add_records(conn, "Ann", run, [long])
        records.finish_run(conn, "Ann", run, RunStatus.COMPLETE)
        kept = records.get(conn, "R000001")
    assert (len(kept.title), kept.doi, len(kept.language)) == (10_000, "", 200)


def test_searching_for_a_sign_that_no_text_holds_is_no_fault(ws: Workspace) -> None:
    with ws.store.read() as conn:
        assert filters.ids(conn, "sle\x00ep") == []


# ---- times at the door -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["9999-12-31T23:59:59-10:00", "9999-01-01", "0001-01-01T00:00:00+10:00", "1850-01-01"],
)
def test_times_when_nobody_can_have_decided_are_refused(text: str) -> None:
    with pytest.raises(DecisionError, match="time '"):
        read_time(text)


def test_the_time_of_a_clock_ahead_of_ours_is_taken() -> None:
    now = datetime.now(UTC)
    assert read_time((now + timedelta(hours=13)).replace(tzinfo=None).isoformat())
    with pytest.raises(DecisionError, match="lies in the future"):
        read_time((now + timedelta(days=1)).isoformat())


ROWS = [
    (
        "report,stage,reviewer,vote,reason,note,time",
        "P000001,title_abstract,Ann,include,,,{time}",
        screening.import_votes,
    ),
    (
        "report,dimension,value,reviewer,quote,time",
        "P000001,population,mouse,Ann,,{time}",
        csv_io.import_tags,
    ),
    (
        "report,exposure,population,outcome,instrument,study_design,comparator,duration,"
        "direction,quote,reviewer,time",
        "P000001,{exposure},mouse,{outcome},,cohort,,,better,,Ann,{time}",
        csv_io.import_findings,
    ),
]


@pytest.mark.parametrize(("columns", "row", "load"), ROWS, ids=["votes", "tags", "findings"])
def test_a_row_of_a_time_to_come_is_named_and_left_out(
    ws: Workspace, tmp_path: Path, columns: str, row: str, load: object
) -> None:
    reviews.add(ws, [Record("f", "1", title="Sleep")])
    values = {d.role: d.values[0].id for d in ws.protocol.codebook.dimensions}
    path = tmp_path / "rows.csv"
    assert callable(load)
    for time, added in (("9999-12-31T00:00:00", 0), ("2024-01-31T12:00:00", 1)):
        path.write_text(
            f"{columns}\n"
            + row.format(time=time, exposure=values.get("exposure"), outcome=values.get("outcome"))
        )
        done = load(ws, path, "Ann")
        assert done.added == added
        assert ("lies in the future" in str(done.mistakes)) == (not added)
