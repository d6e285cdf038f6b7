"""The flow diagram as a picture and as a file for the PRISMA2020 R package."""

from __future__ import annotations

import csv
import io
import re
from xml.etree import ElementTree

from review.model import Decision
from review.reporting.flow_diagram import CSV_COLUMNS, prisma2020_csv, svg
from review.reporting.prisma import BOXES, Flow, RecordRow, ReportRow, flow

REASONS = {"no_outcome": "No pain, sleep; or safety outcome", "evil": "<script>alert(1)</script>"}


def example() -> Flow:
    reasons = ["no_outcome", "no_outcome", "evil", ""]
    records = [RecordRow(f"R{n}", "a & b <i>", f"P{n}") for n in range(5)]
    reports = [
        ReportRow(f"P{n}", f"S{n}", Decision.INCLUDE, Decision.EXCLUDE, reason)
        for n, reason in enumerate(reasons)
    ]
    return flow(
        records, [*reports, ReportRow("P4", "S4", Decision.AWAITING, Decision.AWAITING, "")]
    )


def rows(text: str) -> dict[str, dict[str, str]]:
    return {row["data"]: row for row in csv.DictReader(io.StringIO(text))}


def test_the_csv_has_every_box_in_the_columns_of_the_package() -> None:
    text = prisma2020_csv(example(), REASONS)
    assert text.splitlines()[0] == ",".join(CSV_COLUMNS)
    found = rows(text)
    ours = {"records_not_screened", "other_not_screened"}  # no boxes of the template
    assert set(BOXES) - ours <= set(found)
    assert found["records_screened"]["n"] == "5"
    assert found["database_specific_results"]["n"] == "a & b <i>, 5"


def test_reasons_in_the_csv_are_parted_by_semicolons_and_hold_none() -> None:
    listed = rows(prisma2020_csv(example(), REASONS))["dbr_excluded"]["n"]
    assert re.fullmatch(r"[^,;]+, \d+(; [^,;]+, \d+)*", listed)
    assert listed.startswith("No pain / sleep / or safety outcome, 2; ")


def test_one_reason_and_none_are_lists_too() -> None:
    none = flow([], [])
    assert rows(prisma2020_csv(none, {}))["dbr_excluded"]["n"] == "None, 0"
    out = ReportRow("P1", "S1", Decision.INCLUDE, Decision.EXCLUDE, "language")
    one = flow([RecordRow("R1", "openalex", "P1")], [out])
    assert rows(prisma2020_csv(one, {}))["dbr_excluded"]["n"] == "language, 1"


def test_the_picture_is_well_formed_escaped_and_says_what_waits() -> None:
    text = svg(example(), REASONS, 'Kratom & "sleep" \x07')
    root = ElementTree.fromstring(text)
    words = " ".join("".join(root.itertext()).replace("\xa0", " ").split())
    assert "<script>" not in text and "<script>alert(1)</script>" in words
    assert "a & b <i> (n = 5)" in words
    assert "Awaiting a decision (n = 1)" in words


def test_nothing_is_called_done_of_which_some_is_still_to_do() -> None:
    begun = "".join(ElementTree.fromstring(svg(example(), REASONS)).itertext())
    assert "Records to screen" in begun and "Records screened" not in begun
    out = ReportRow("P1", "S1", Decision.INCLUDE, Decision.EXCLUDE, "language")
    ended = flow([RecordRow("R1", "openalex", "P1")], [out])
    words = "".join(ElementTree.fromstring(svg(ended, {})).itertext())
    assert "Records screened" in words and "Reports assessed" in words


def test_the_picture_is_grey_and_holds_everything_inside_its_edges() -> None:
    text = svg(example(), REASONS)
    for colour in re.findall(r"#([0-9a-f]{3,6})\b", text):
        assert len(set(colour)) == 1
    root = ElementTree.fromstring(text)
    height, width = float(root.attrib["height"]), float(root.attrib["width"])
    for box in root.iter("{http://www.w3.org/2000/svg}rect"):
        left, top = float(box.get("x", 0)), float(box.get("y", 0))
        assert 0 <= left and left + float(box.attrib["width"]) <= width
        assert 0 <= top and top + float(box.attrib["height"]) <= height


def test_a_review_with_many_sources_and_reasons_still_fits() -> None:
    records = [RecordRow(f"R{n}", f"source number {n} " * 6, f"P{n}") for n in range(30)]
    reports = [
        ReportRow(f"P{n}", "S", Decision.INCLUDE, Decision.EXCLUDE, f"reason {n} " * 9)
        for n in range(30)
    ]
    root = ElementTree.fromstring(svg(flow(records, reports), {}))
    assert "22 other sources" in "".join(root.itertext())
