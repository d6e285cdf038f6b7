"""Every number of map and claims worked out a second time, from the tables of an export.

A few lines of pandas that share no code with the program: random reviews, random filters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import pytest

from review.coding import service as coding
from review.gaps import service as gaps
from review.gaps.column_groups import CLASS
from review.gaps.filters import Filters
from review.gaps.ledger import Bar
from review.gaps.ledger_state import ledger
from review.gaps.model import Gap, Matrix
from review.protocol.codebook import KINDS
from review.reporting import service as reporting
from review.ui.gap_map.drawn import drawn
from review.workspace import Workspace
from tests.factories import exclude, include, make_workspace

PAPERS = 20
VALUES = {
    "outcome": ("sleep_quality", "pain_intensity", "death", "alkaloid_content"),
    "study_design": ("rct_parallel", "cohort", "animal_in_vivo", "systematic_review", "thesis"),
    "population": ("human_chronic_pain", "human_healthy", "mouse"),
    "exposure": ("extract", "mitragynine", "none_pain_sleep"),
}
PAIRED = tuple(VALUES)
STRENGTH = ["none", "synthesis", "product", "mechanism", "uncontrolled", "controlled"]
PRIMARY = ("controlled", "uncontrolled", "mechanism", "product")
Tables = dict[str, pd.DataFrame]


def made_up(dice: Random, tmp_path: Path, db_url: str) -> Workspace:
    """A review where people tagged, paired, excluded, included and retracted at random."""
    ws, ids = make_workspace(tmp_path, db_url, PAPERS)
    for report in ids:
        for name, values in VALUES.items():
            many = 1 if name == "study_design" else dice.choice([0, 1, 1, 2])
            for value in dice.sample(values, many if dice.random() < 0.8 else 0):
                coding.tag(ws, report, name, value, "Ann")
        for _ in range(dice.choice([0, 0, 1, 2])):
            pairing = {name: dice.choice(values[:3]) for name, values in VALUES.items()}
            way = dice.choice(["better", "worse", "no_difference", "not_stated"])
            coding.add_finding(ws, report, **pairing, direction=way, reviewer="Ann")
        if dice.random() < 0.3:
            coding.tag(ws, report, "region", dice.choice(["Europe", "SE_Asia"]), "Ann")
        if dice.random() < 0.15:
            coding.tag(ws, report, "record_status", "retracted", "Ann")
        if (fate := dice.random()) < 0.15:
            exclude(ws, report)
        elif fate < 0.5:
            include(ws, report)
    return ws


def chosen(dice: Random) -> Filters:
    """Filters at random, each off most of the time."""

    def some(*values: str) -> tuple[str, ...]:
        return tuple(dice.sample(values, dice.choice([1, 2]))) if dice.random() < 0.3 else ()

    def yes() -> bool:
        return dice.random() < 0.3

    years = [(None, None)] * 4 + [(2005, None), (None, 2008), (2003, 2010)]
    return Filters(
        population=some("human", "mouse", "human_healthy"),
        exposure=some("leaf", "mitragynine", "none_pain_sleep"),
        years=dice.choice(years),
        included_only=yes(),
        beyond_frame=yes(),
        forms=yes(),
        country=some("Europe", "SE_Asia"),
        direction=some("better", "worse", "not_stated"),
        confirmed_only=yes(),
        without_retracted=yes(),
    )


@pytest.fixture(scope="module", params=range(3))
def review(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Workspace, Tables, Random]]:
    folder = tmp_path_factory.mktemp("tables")
    dice = Random(request.param)
    ws = made_up(dice, folder, f"sqlite:///{folder}/review.db")
    reporting.export(ws, "xlsx", folder / "all.xlsx", viewer=None)
    sheets = pd.read_excel(folder / "all.xlsx", sheet_name=None, keep_default_na=False)
    yield ws, sheets, dice
    ws.store.close()


# ---- the second way --------------------------------------------------------------------------


def values_of(t: Tables, dimension: str) -> pd.DataFrame:
    """report, value: what people said, by tags and within findings."""
    tags = t["tags"][t["tags"].dimension == dimension][["report", "value"]]
    if dimension not in PAIRED or t["findings"].empty:
        return tags
    found = t["findings"][["report", dimension]].rename(columns={dimension: "value"})
    return pd.concat([tags, found]).drop_duplicates()


def expanded(t: Tables, dimension: str, names: tuple[str, ...]) -> set[str]:
    book = t["codebook"][t["codebook"].dimension == dimension]
    return set(book[book.group.isin(names) | book.value.isin(names)].value)


def left(t: Tables, f: Filters, frame: tuple[str, ...]) -> Tables:
    """The tables of what passes the filters, reports outside the frame aside."""
    r = t["reports"]
    excluded = r.title_abstract.eq("exclude") | r.full_text.isin(["exclude", "not retrieved"])
    r = r[~excluded & r.retracted.eq("")]
    if f.included_only:
        r = r[r.full_text.eq("include")]
    low, high = f.years
    if low or high:
        year = pd.to_numeric(r.year)
        r = r[year.between(low or 0, high or 9999)]
    t = t | {"all findings": t["findings"]}
    if f.direction and "not_stated" not in f.direction:  # only findings have a direction
        found = t["findings"][t["findings"].direction.isin(f.direction)]
        others = t["tags"][~t["tags"].dimension.isin(PAIRED)]
        t = t | {"findings": found, "tags": others, "all findings": found}
        r = r[r.report.isin(found.report)]
    elif f.direction:
        counted = t["findings"][t["findings"].direction.isin(f.direction)]
    keep = t | {"findings": t["all findings"]}
    passing = counted if f.direction and "not_stated" in f.direction else t["findings"]
    for name, names in (("population", f.population), ("exposure", f.exposure),
                        ("region", f.country)):  # fmt: skip
        if names:
            wanted = expanded(t, name, names)
            holding = values_of(keep, name)
            r = r[r.report.isin(holding[holding.value.isin(wanted)].report)]
            passing = passing[passing[name].isin(wanted)] if name in PAIRED else passing
    if not (f.beyond_frame or f.exposure):
        on = values_of(t | {"findings": t["whole"]["findings"], "tags": t["whole"]["tags"]},
                       "exposure")  # fmt: skip
        r = r[r.report.isin(on[on.value.isin(frame)].report) | ~r.report.isin(on.report)]
        passing = passing[passing.exposure.isin(frame)]
    return t | {"reports": r, "findings": t["all findings"], "passing": passing}


def places(t: Tables, rows: str, columns: str, forms: set[str]) -> pd.DataFrame:
    """report, row, column, study: where each report stands."""
    both = values_of(t, rows).merge(values_of(t, columns), on="report", suffixes=("_r", "_c"))
    if {rows, columns} <= set(PAIRED):
        anchor = next(name for name in PAIRED if name in (rows, columns))
        side = "value_r" if anchor == rows else "value_c"
        covered = t["findings"][["report", anchor]].rename(columns={anchor: side}).assign(told=True)
        both = both.merge(covered.drop_duplicates(), on=["report", side], how="left")
        said = t["passing"][["report", rows, columns]].set_axis(["report", "r", "c"], axis=1)
    else:
        both["told"], said = float("nan"), pd.DataFrame(columns=["report", "r", "c"])
    many = both.groupby("report")[["value_r", "value_c"]].nunique().min(axis=1)
    free = both[both.told.isna() & ~both.report.isin(many[many > 1].index)]
    free = free[["report", "value_r", "value_c"]].set_axis(["report", "r", "c"], axis=1)
    found = pd.concat([said, free]).drop_duplicates()
    axis = {rows: "r", columns: "c"}.get("study_design")
    if axis:
        found = found[~found[axis].isin(forms)]
    return found.merge(t["reports"][["report", "study"]], on="report")


def by_tables(t: Tables, rows: str, columns: str, f: Filters, frame: Any) -> pd.DataFrame:
    designs = t["codebook"][t["codebook"].dimension == "study_design"]
    forms = set() if f.forms else set(designs[designs.evidence == "none"].value)
    return places(left(t | {"whole": t}, f, frame), rows, columns, forms)  # type: ignore[dict-item]


# ---- and the first -----------------------------------------------------------------------------

AXES = (
    ("outcome", "study_design"), ("exposure", "outcome"), ("population", "outcome"),
    ("region", "outcome"),
)  # fmt: skip


def agrees(found: Matrix, told: pd.DataFrame, every: pd.DataFrame) -> int:
    """Compare cells, totals and what is hidden; gives the number of studies counted."""
    counts = told.groupby(["r", "c"]).study.nunique().to_dict()
    assert {(c.row, c.column): c.confirmed for c in found.cells if c.confirmed} == counts
    assert found.confirmed_total == told.study.nunique()  # once, in however many cells
    assert {r: n.confirmed for r, n in found.row_totals.items() if n.confirmed} == (
        told.groupby("r").study.nunique().to_dict()
    )
    assert {c: n.confirmed for c, n in found.column_totals.items() if n.confirmed} == (
        told.groupby("c").study.nunique().to_dict()
    )
    now = {place: set(part.report) for place, part in told.groupby(["r", "c"])}
    for place, part in every.groupby(["r", "c"]):
        cell = found.cell(*place)
        hidden = set(cell.hidden_reports) - set(cell.suggested_reports)
        standing = set(cell.suggested_reports)
        assert set(part.report) - now.get(place, set()) - standing <= hidden
    return int(told.study.nunique())


def test_every_cell_and_total_follows_from_the_tables(
    review: tuple[Workspace, Tables, Random],
) -> None:
    ws, tables, dice = review
    frame = ws.protocol.frame.exposure
    seen = 0
    for asked in (Filters(), *(chosen(dice) for _ in range(7))):
        for rows, columns in AXES:
            found = gaps.matrix(ws, rows, columns, asked)
            told = by_tables(tables, rows, columns, asked, frame)
            every = by_tables(tables, rows, columns, asked.whole, frame)
            try:
                seen += agrees(found, told, every)
            except AssertionError as error:
                raise AssertionError(f"{rows} x {columns} under {asked}") from error
    assert seen  # not all of them were empty


def test_joined_columns_and_folded_rows_follow_from_the_tables(
    review: tuple[Workspace, Tables, Random],
) -> None:
    ws, tables, dice = review
    book = tables["codebook"]
    for _ in range(4):
        asked = chosen(dice)
        view = drawn(ws, "outcome", "study_design", asked, True, ("sleep", "pain"), "")
        told = by_tables(tables, "outcome", "study_design", asked, ws.protocol.frame.exposure)
        for axis, name, folded in (
            ("r", "outcome", {"sleep", "pain"}),
            ("c", "study_design", None),
        ):
            group = book[book.dimension == name].set_index("value").group
            told[axis] = [
                CLASS + group[v] if group[v] and (folded is None or group[v] in folded) else v
                for v in told[axis]
            ]
        counts = told.groupby(["r", "c"]).study.nunique().to_dict()
        assert {(c.row, c.column): c.confirmed for c in view.shown.cells if c.confirmed} == counts
        assert sum(s.confirmed for s in view.spots) == sum(counts.values())
        kinds = [sum(d.directions.values()) for d in view.details.values()]
        assert sum(kinds) == sum(counts.values())


def test_every_level_and_direction_follows_from_the_tables(
    review: tuple[Workspace, Tables, Random],
) -> None:
    ws, tables, dice = review
    frame = ws.protocol.frame.exposure
    book = tables["codebook"]
    kind = book[book.dimension == "study_design"].set_index("value").evidence
    plain = [
        c for c in ws.protocol.claims
        if c.testable and c.exposure and c.outcome and c.level_cap is None
        and not (c.outcome_and or c.safety or c.comparator or c.timing or c.duration)
        and not any(kind[d] == "product" for d in c.designs)
    ]  # fmt: skip
    levels, directions = set(), set()
    for asked in (Filters(), *(chosen(dice) for _ in range(5))):
        t = left(tables | {"whole": tables}, asked, frame)  # type: ignore[dict-item]
        states = {s.claim.id: s for s in gaps.claims(ws, asked)}
        for claim in plain:
            best: dict[str, str] = {}
            ways: dict[str, set[str]] = {}
            for report, study in t["reports"][["report", "study"]].itertuples(index=False):
                of = kind_for(t, tables, report, claim, frame, kind)
                if of:
                    best[study] = max(best.get(study, "none"), of, key=STRENGTH.index)
                if of in PRIMARY:
                    said = set(meeting(t, report, asked_of(tables, claim, frame)).direction)
                    ways[study] = ways.get(study, set()) | said
            n = pd.Series(list(best.values()), dtype=object).value_counts().to_dict()
            level = (
                4 if n.get("controlled", 0) > 1 else 3 if n.get("controlled") else
                2 if n.get("uncontrolled") else 1 if n.get("mechanism") or n.get("product") else 0
            )  # fmt: skip
            assert states[claim.id].level == level, (claim.id, asked)
            levels.add(level)
            if claim.expects:
                told = {side(claim.expects, said) for said in ways.values()}
                says = told - {"unclear"} or told
                expected = says.pop() if len(says) == 1 else "mixed" if says else None
                assert states[claim.id].direction == expected, (claim.id, asked)
                directions.add(expected)
    assert len(levels) > 1 and len(directions) > 1


def side(expects: str, found: set[str]) -> str:
    """Where a study stands that found all this: on the side of the claim or against it."""
    better = {"better": "supports", "worse": "against", "no_difference": "against"}
    worse = {"better": "against", "worse": "supports", "no_difference": "against"}
    both = {"better": "supports", "worse": "supports", "no_difference": "against"}
    means = {"better": better, "worse": worse, "difference": both}[expects]
    sides = {means[one] for one in found if one in means}
    return "mixed" if len(sides) > 1 else next(iter(sides), "unclear")


def asked_of(whole: Tables, claim: Any, frame: Any) -> dict[str, set[str]]:
    """What a claim asks for: dimension -> values."""
    book = whole["codebook"]
    forms = expanded(whole, "exposure", claim.exposure)
    meant = book[(book.dimension == "exposure") & book.value.isin(["kratom_unspecified"])].value
    if forms & set(meant):
        forms |= set(frame)
    asked = {"exposure": forms, "population": set(claim.population), "outcome": set(claim.outcome)}
    return {name: values for name, values in asked.items() if values}


def meeting(t: Tables, report: str, asked: dict[str, set[str]]) -> pd.DataFrame:
    """The findings of a report that are on a claim."""
    meets = t["passing"][t["passing"].report == report]
    for name, values in asked.items():
        meets = meets[meets[name].isin(values)]
    return meets


def kind_for(
    t: Tables, whole: Tables, report: str, claim: Any, frame: Any, kind: pd.Series
) -> str | None:
    """The kind of evidence a report is for a claim."""
    asked = asked_of(whole, claim, frame)
    meets = meeting(t, report, asked)
    if len(meets):
        return max((kind[d] for d in meets.study_design), key=STRENGTH.index)
    covered = set(t["findings"][t["findings"].report == report].outcome)
    for name, values in asked.items():
        said = values_of(t, name)
        own = set(said[said.report == report].value) - (covered if name == "outcome" else set())
        if not own & values:
            return None
    said = values_of(t, "study_design")
    designs = {kind[d] for d in said[said.report == report].value}
    return min(designs - {"none"} or designs, key=STRENGTH.index) if designs else None


def why(own: pd.DataFrame, can: set[str]) -> str | None:
    """The gap of a row by the kinds of its studies; None for none, "empty" where it has none."""
    held = {kind: set(part.study) for kind, part in own.groupby("kind")}
    people = {"controlled", "uncontrolled"}
    primary, reviews = own[own.kind.isin(PRIMARY)], own[own.kind == "synthesis"]
    if primary.empty and (reviews.empty or can & set(PRIMARY)):
        return "reviews, no primary study" if len(reviews) else (
            "no study design stated" if len(own) else "empty"
        )  # fmt: skip
    controlled = len(held.get("controlled", ()))
    if controlled == 1 and "controlled" in can:
        return "one small controlled study"
    if not controlled and "uncontrolled" in held and "controlled" in can:
        return "uncontrolled human only"
    if not people & set(held) and "mechanism" in held and can & people:
        return "mechanism or animal only"
    if "synthesis" not in can:
        return None
    if reviews.empty:
        return "synthesis missing"
    years = pd.to_numeric(primary.year).max() - pd.to_numeric(reviews.year).max()
    return "outdated" if years >= 5 else None


def test_every_row_of_the_ledger_follows_from_the_tables(
    review: tuple[Workspace, Tables, Random],
) -> None:
    ws, tables, dice = review
    book = tables["codebook"].set_index(["dimension", "value"])
    every = set(KINDS)
    seen = set()

    def rows_of(asked: Filters) -> tuple[pd.DataFrame, dict[str, str | None]]:
        told = by_tables(
            tables,
            "outcome",
            "study_design",
            replace(asked, forms=True),
            ws.protocol.frame.exposure,
        )
        told = told.merge(tables["reports"][["report", "year"]], on="report")
        told["kind"] = [book.evidence["study_design", design] for design in told.c]
        missing: dict[str, str | None] = {}
        for row in VALUES["outcome"]:
            can = set(filter(None, book.kinds["outcome", row].split(";")))
            missing[row] = why(told[told.r == row], can or every)
        return told, missing

    for asked in (Filters(), *(chosen(dice) for _ in range(7))):
        found = ledger(ws, "outcome", "study_design", asked, year=2015)
        told, expected = rows_of(asked)
        counted = told if asked.forms else told[told.kind != "none"]
        low, high = asked.years
        _, recent = rows_of(replace(asked, years=(max(2006, low or 2006), high)))
        for name, gap in expected.items():
            row = next((r for r in found.rows if r.id == f"outcome:{name}"), None)
            if row is None:
                assert gap == "empty"  # nor can there be any
                continue
            said = f"{name} under {asked}"
            own = counted[counted.r == name]
            assert row.evidence.confirmed == own.study.nunique(), said
            kinds = own.groupby("kind").study.nunique().to_dict()
            assert {k: n for k, (n, _) in row.evidence.kinds.items()} == kinds, said
            if gap == "empty":
                assert row.gap in (Gap.NOT_SEARCHED, Gap.RETRACTED), said
            else:
                assert row.gap == gap, said
                assert (row.status == "open") == (gap is not None), said
            later = row.bars[Bar.RECENT]
            assert later == recent[name] or (recent[name] == "empty" and later), said
            seen.add(gap)
    assert len(seen) > 2
