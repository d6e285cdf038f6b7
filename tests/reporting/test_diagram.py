"""The flow diagram as a picture and as a file for the PRISMA2020 R package."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from PIL import Image

from review.model import Decision
from review.reporting import flow_boxes, flow_csv, flow_diagram
from review.reporting.earlier_version import earlier
from review.reporting.flow_boxes import Choices, Drawing
from review.reporting.flow_csv import CSV_COLUMNS
from review.reporting.offline import raster
from review.reporting.prisma import BOXES, Flow, RecordRow, ReportRow, flow
from tests.reporting.test_prisma import reviews

REASONS = {"no_outcome": "No pain, sleep; or safety outcome", "evil": "<script>alert(1)</script>"}


def prisma2020_csv(found: Flow, reasons: Mapping[str, str], **chosen: Any) -> str:
    return flow_csv.prisma2020_csv(found, Choices(reasons, **chosen))


def svg(
    found: Flow,
    reasons: Mapping[str, str],
    title: str = "",
    before: Flow | None = None,
    **chosen: Any,
) -> str:
    return flow_diagram.svg(Drawing(found, Choices(reasons, **chosen), before, title))


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


@pytest.mark.parametrize(
    "words", ["WRONG POPULATION " * 9, "W" * 150, "\u7720\u308a" * 60, "mm " * 60]
)
def test_long_words_stay_inside_their_box(words: str) -> None:
    """Measured by what resvg draws: nothing of the words is right of their box."""
    alone = flow([RecordRow("R1", "s", "P1")], [ReportRow("P1", "S1", NO, WAITS, "")])
    drawn = svg(alone, {}, words={"records_excluded": words})
    box = next(
        r for r in ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}rect")
        if r.get("width") == "318"
    )  # fmt: skip
    right = float(box.attrib["x"]) + float(box.attrib["width"])
    picture = Image.open(io.BytesIO(raster.png(drawn))).convert("L")
    assert picture.info.get("dpi", (0, 0))[0] == pytest.approx(300, abs=1)
    beyond = picture.crop((int(right * raster.ZOOM) + 4, 0, picture.width, picture.height))
    assert beyond.getextrema()[0] > 200  # white, and the grey of the head


def words_of(picture: str) -> str:
    """All words of a picture, in the order in which they are drawn."""
    root = ElementTree.fromstring(picture)
    return " ".join(" ".join(root.itertext()).replace("\xa0", " ").split())


YES, NO, WAITS = Decision.INCLUDE, Decision.EXCLUDE, Decision.AWAITING


def two_arms() -> tuple[list[RecordRow], list[ReportRow]]:
    records = [RecordRow("R1", "openalex", "P1"), RecordRow("R2", "openalex citations", "P2")]
    return records, [
        ReportRow("P1", "S1", NO, WAITS, "no_outcome"),
        ReportRow("P2", "S2", YES, YES, ""),
    ]


def test_other_methods_have_a_column_of_their_own_where_there_are_any() -> None:
    alone = words_of(svg(example(), REASONS))
    assert "via databases and registers" in alone and "via other methods" not in alone
    both = words_of(svg(flow(*two_arms()), REASONS))
    assert "Identification of studies via other methods" in both
    assert "Citation searching (n = 1)" in both


def test_the_boxes_have_the_words_of_the_template() -> None:
    records = [
        *(RecordRow(f"R{n}", "openalex", f"P{n}") for n in range(1, 4)),
        RecordRow("R4", "CENTRAL", "P1"), RecordRow("R5", "ISRCTN", "P4"),
        RecordRow("R6", "openalex citations", "P5"), RecordRow("R7", "Websites: WHO", "P6"),
        RecordRow("R8", "Organisations", "P7"), RecordRow("R9", "Citation searching: hand", "P1"),
    ]  # fmt: skip
    lost = Decision.NOT_RETRIEVED
    ends = [(NO, WAITS), (YES, NO), (YES, YES), (YES, YES), (YES, YES), (YES, lost), (YES, NO)]
    reports = [
        ReportRow(f"P{n}", f"S{n}", *end, "no_outcome" if NO in end else "")
        for n, end in enumerate(ends, start=1)
    ]
    found = flow(records, reports)
    assert found.failed_sums == []
    drawn = words_of(svg(found, REASONS, sources={"openalex": "OpenAlex"})).split("</desc>")[-1]
    for words in (
        "Identification of studies via databases and registers",
        "Records identified (n = 5) from: Databases (n = 4) OpenAlex (n = 3) CENTRAL (n = 1) "
        "Registers (n = 1) ISRCTN (n = 1)",
        "Records removed before screening: Duplicate records removed (n = 1) Records marked as "
        "ineligible by automation tools (n = 0) Records removed for other reasons (n = 0)",
        "Records screened (n = 4)", "Records excluded (n = 1)",
        "Reports sought for retrieval (n = 3)", "Reports not retrieved (n = 0)",
        "Reports assessed for eligibility (n = 3)", "Reports excluded (n = 1)",
        "Identification of studies via other methods",
        "Websites (n = 1) WHO (n = 1) Organisations (n = 1) Citation searching (n = 2) "
        "hand (n = 1) OpenAlex (n = 1)",
        "Duplicate records removed (n = 1)", "Reports not retrieved (n = 1)",
        "Studies included in review (n = 3)", "Reports of included studies (n = 3)",
    ):  # fmt: skip
        assert words in drawn, words


def test_reasons_at_title_and_abstract_are_listed_on_demand() -> None:
    found = flow(*two_arms())
    reason = REASONS["no_outcome"].split(";")[0]
    assert reason not in words_of(svg(found, REASONS))
    assert f"{reason}; or safety outcome (n = 1)" in words_of(
        svg(found, REASONS, screening_reasons=True)
    )


def test_what_holds_nothing_is_left_out_on_demand_and_nothing_else() -> None:
    whole = words_of(svg(flow(*two_arms()), REASONS))
    without = words_of(svg(flow(*two_arms()), REASONS, without_empty=True))
    assert "automation tools (n = 0)" in whole and "Reports sought for retrieval" in whole
    assert "automation tools" not in without and "Reports sought" not in without
    lost = [ReportRow("P1", "S1", YES, Decision.NOT_RETRIEVED, "")]
    kept = flow([RecordRow("R1", "openalex", "P1")], lost)
    assert "Reports not retrieved (n = 1)" in words_of(svg(kept, REASONS, without_empty=True))


def test_a_box_can_be_put_in_other_words_and_its_number_stays() -> None:
    said = {"records_excluded": "Titles <left> aside", "records_screened": "Titles read"}
    ended = flow(*two_arms())
    words = words_of(svg(ended, REASONS, words=said))
    assert "Titles <left> aside (n = 1)" in words and "Titles read (n = 1)" in words
    row = rows(prisma2020_csv(ended, REASONS, words=said))["records_excluded"]
    assert (row["boxtext"], row["n"]) == ("Titles <left> aside", "1")


def test_own_words_do_not_call_done_what_is_not() -> None:
    said = {"records_screened": "Titles read"}
    assert "Records to screen (n = 5)" in words_of(svg(example(), REASONS, words=said))
    row = rows(prisma2020_csv(example(), REASONS, words=said))["records_screened"]
    assert row["boxtext"] == "Records to screen"


def test_an_update_shows_the_version_before_and_a_living_review_both_numbers() -> None:
    then = two_arms()
    now = (
        [*then[0], RecordRow("R3", "openalex", "P3")],
        [
            *then[1],
            ReportRow("P3", "S3", YES, YES, ""),
        ],
    )
    update = flow(*now, earlier("version 1", date(2026, 3, 1), *then))
    drawn = words_of(svg(update, REASONS))
    assert "Studies included in previous version of review (n = 1)" in drawn
    assert "Total studies included in review (n = 2)" in drawn
    assert "New studies included in review (n = 1)" in drawn
    living = words_of(svg(update, REASONS, before=flow(*then)))
    assert "to version 1 since Records identified from: 1 1" in living
    assert "Total studies included in review (n = 2)" in living


def test_what_waited_then_stands_in_the_column_of_then() -> None:
    then = [RecordRow("R1", "openalex", "P1")], [ReportRow("P1", "S1", WAITS, WAITS, "")]
    before = flow(*then)
    update = flow(*then, earlier("version 1", date(2026, 3, 1), *then))
    drawn = flow_boxes.diagram(Drawing(update, Choices(), before))
    for line in flow_boxes.lines(drawn):
        if len(line.n) > 1:
            behind = tuple(len(flow_boxes.ids_of(f, line.key)) for f in (before, update))
            assert line.n == behind, line
    assert "Awaiting a decision 1 1" in words_of(svg(update, REASONS, before=before))


@given(reviews())
def test_every_number_of_a_picture_lists_what_it_counts(
    review: tuple[list[RecordRow], list[ReportRow]],
) -> None:
    found = flow(*review)
    drawn = flow_boxes.diagram(Drawing(found, Choices(screening_reasons=True)))
    for line in flow_boxes.lines(drawn):
        ids = flow_boxes.ids_of(found, line.key)
        assert line.n == (len(set(ids)),), line
