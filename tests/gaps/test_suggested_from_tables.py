"""Confirmed and suggested counts, directions and every bar of the ledger, worked out a second time.

As in `test_from_tables`, by a few lines of pandas that share no code with the program, from the
tables of an export and the suggestions of a bundle, over random reviews and random filters.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import pytest

from review.appraisal import service as appraisal
from review.appraisal.forms import OVERALL
from review.coding import service as coding
from review.dedupe import manual_decisions
from review.gaps import cell_opening
from review.gaps import service as gaps
from review.gaps.column_groups import CLASS
from review.gaps.filters import NOT_APPRAISED, Filters
from review.gaps.ledger import Bar
from review.gaps.ledger_state import ledger
from review.protocol.codebook import KINDS
from review.reporting import service as reporting
from review.store import bundle_rows
from review.ui.gap_map.drawn import drawn
from review.workspace import Workspace
from tests.factories import exclude, include, make_workspace, suggest
from tests.gaps.test_from_tables import (
    AXES,
    PAIRED,
    VALUES,
    Tables,
    chosen,
    expanded,
    values_of,
    why,
)

PAPERS = 16
DIRECTIONS = {"better": "better", "worse": "worse", "no_difference": "no difference"}


def proposed(dice: Random, folder: Path, db: str) -> Workspace:
    """A random review, partly coded and partly only proposed, with a second coder, risk of bias,
    studies of several reports, and what was retracted."""
    ws, reports = make_workspace(folder, db, PAPERS)
    for report in reports:
        for name, values in VALUES.items():
            if dice.random() < 0.45:
                many = 1 if name == "study_design" else dice.choice([1, 2])
                for value in dice.sample(values, many):
                    coding.tag(ws, report, name, value, "Ann")
            elif dice.random() < 0.8:
                for id_ in suggest(ws, report, name, *dice.sample(values, dice.choice([1, 2]))):
                    if dice.random() < 0.15:
                        coding.reject(ws, report=report, suggestion_id=id_, reviewer="Ann")
        if dice.random() < 0.5:
            pairing = {name: dice.choice(values[:3]) for name, values in VALUES.items()}
            way = dice.choice(["better", "better", "worse", "worse", "no_difference", "not_stated"])
            coding.add_finding(ws, report, **pairing, direction=way, reviewer="Ann")
        if dice.random() < 0.4:
            coding.tag(ws, report, "outcome", dice.choice(VALUES["outcome"]), "Ben")
        if dice.random() < 0.25:
            coding.tag(ws, report, "region", dice.choice(["Europe", "SE_Asia"]), "Ann")
        if dice.random() < 0.5:
            level = dice.choice(["low", "low", "high"])
            appraisal.judge(ws, report, "rob2", OVERALL, level, "Ann")
        if dice.random() < 0.1:
            coding.tag(ws, report, "record_status", "retracted", "Ann")
        if (fate := dice.random()) < 0.1:
            exclude(ws, report)
        elif fate < 0.4:
            include(ws, report)
    linked = dice.sample(reports, 6)
    for first, second in zip(linked[::2], linked[1::2], strict=True):
        manual_decisions.link(ws, first, second, "Ann")
    return ws


def asked_for(dice: Random, many: int) -> list[Filters]:
    """No filters; risk of bias, country, direction, forms and retraction together; and some at
    random."""
    risks = ((), (), ("low",), ("high", NOT_APPRAISED))
    return [
        Filters(),
        Filters(
            risk_of_bias=("low", NOT_APPRAISED), country=("Europe", "SE_Asia"),
            direction=("better", "not_stated"), without_retracted=True, forms=False,
        ),
        *(replace(chosen(dice), risk_of_bias=dice.choice(risks)) for _ in range(many)),
    ]  # fmt: skip


def exported(ws: Workspace, folder: Path) -> Tables:
    """The tables of the workbook, and what machines proposed and nobody answered."""
    reporting.export(ws, "xlsx", folder / "all.xlsx", viewer=None)
    t = pd.read_excel(folder / "all.xlsx", sheet_name=None, keep_default_na=False)
    with ws.store.read() as conn:
        offered = pd.DataFrame(map(json.loads, bundle_rows.lines(conn, "suggestion")))
        events = [json.loads(line) for line in bundle_rows.lines(conn, "event")]
    no = {_data(e)["suggestion"] for e in events if e["kind"] == "answer"}
    offered["report"] = "P" + offered.record.str[1:]
    rejected = offered[offered.id.isin(no)][["report", "dimension", "value"]]
    open_ = offered.merge(rejected.assign(no=True), on=list(rejected), how="left")
    open_ = open_[open_.no.isna()].sort_values(["report", "dimension", "rank"])
    one = open_.dimension.eq("study_design")  # a report has one design: the best is offered
    best = open_[one].groupby("report").head(1)
    t["open"] = pd.concat([open_[~one], best])[["report", "dimension", "value"]]
    return t


def _data(event: dict[str, Any]) -> dict[str, Any]:
    data = event["payload"]
    return json.loads(data) if isinstance(data, str) else data


@pytest.fixture(scope="module", params=range(2))
def review(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Workspace, Tables, Random]]:
    folder = tmp_path_factory.mktemp("proposed")
    dice = Random(100 + request.param)
    ws = proposed(dice, folder, f"sqlite:///{folder}/review.db")
    yield ws, exported(ws, folder), dice
    ws.store.close()


# ---- the second way ---------------------------------------------------------------------------


def likely(t: Tables, name: str) -> pd.DataFrame:
    """report, value, sure: what people said, and where nobody said anything, what is proposed."""
    sure = values_of(t, name).assign(sure=True)
    open_ = t["open"][(t["open"].dimension == name) & ~t["open"].report.isin(sure.report)]
    return pd.concat([sure, open_[["report", "value"]].assign(sure=False)]).drop_duplicates()


def passing(whole: Tables, f: Filters, frame: tuple[str, ...]) -> tuple[Tables, set[str]]:
    """The tables of what passes the filters, and the reports of which a filter is only met by a
    proposal."""
    t, r = dict(whole), whole["reports"]
    excluded = r.title_abstract.eq("exclude") | r.full_text.isin(["exclude", "not retrieved"])
    r = r[~excluded & r.retracted.eq("")]
    if f.included_only:
        r = r[r.full_text.eq("include")]
    low, high = f.years
    if low or high:
        r = r[pd.to_numeric(r.year).between(low or 0, high or 9999)]
    if f.risk_of_bias:
        judged = t["risk_of_bias"][t["risk_of_bias"].domain.eq(OVERALL)]
        level = judged.judgement.str.lower().str.split().str[0]
        left = r.report.isin(judged[level.isin(f.risk_of_bias)].report)
        r = r[left | (~r.report.isin(judged.report) & (NOT_APPRAISED in f.risk_of_bias))]
    if f.confirmed_only:
        t["open"] = t["open"].iloc[:0]
    t["told"] = t["findings"]
    if f.direction:
        t["told"] = t["findings"][t["findings"].direction.isin(f.direction)]
        if "not_stated" not in f.direction:  # only findings have a direction
            t["findings"] = t["told"]
            t["tags"] = t["tags"][~t["tags"].dimension.isin(PAIRED)]
            t["open"] = t["open"][~t["open"].dimension.isin(PAIRED)]
            r = r[r.report.isin(t["told"].report)]
    unsure: set[str] = set()
    for name, names in (("population", f.population), ("exposure", f.exposure),
                        ("region", f.country)):  # fmt: skip
        if names:
            wanted, known = expanded(t, name, names), likely(t, name)
            r = r[r.report.isin(known[known.value.isin(wanted)].report)]
            unsure |= set(known[~known.sure].report)
            if name in PAIRED:
                t["told"] = t["told"][t["told"][name].isin(wanted)]
    if not (f.beyond_frame or f.exposure):
        on = likely(whole, "exposure")
        r = r[r.report.isin(on[on.value.isin(frame)].report) | ~r.report.isin(on.report)]
        t["told"] = t["told"][t["told"].exposure.isin(frame)]
    t["reports"] = r
    return t, unsure


def places(
    whole: Tables, rows: str, columns: str, f: Filters, frame: tuple[str, ...]
) -> pd.DataFrame:
    """report, r, c, study, sure: where each report stands, once in a cell; a study that is
    confirmed in a cell is not proposed for it as well."""
    t, unsure = passing(whole, f, frame)
    both = likely(t, rows).merge(likely(t, columns), on="report", suffixes=("_r", "_c"))
    said = pd.DataFrame(columns=["report", "r", "c", "sure"])
    if {rows, columns} <= set(PAIRED):
        anchor = next(name for name in PAIRED if name in (rows, columns))
        side = "value_r" if anchor == rows else "value_c"
        covered = t["findings"][["report", anchor]].drop_duplicates()
        pairs = set(covered.itertuples(index=False, name=None))
        free = [one not in pairs for one in zip(both.report, both[side], strict=True)]
        said = t["told"][["report", rows, columns]].set_axis(["report", "r", "c"], axis=1)
        said = said.assign(sure=True)
    else:
        free = [True] * len(both)
    many = both.groupby("report")[["value_r", "value_c"]].nunique().min(axis=1)
    implied = both[pd.Series(free, index=both.index, dtype=bool)]
    implied = implied[~implied.report.isin(many[many > 1].index)]
    implied = pd.DataFrame(
        {"report": implied.report, "r": implied.value_r, "c": implied.value_c,
         "sure": implied.sure_r & implied.sure_c}
    )  # fmt: skip
    found = pd.concat([said, implied]).astype({"sure": bool})
    found.loc[found.report.isin(unsure), "sure"] = False
    designs = t["codebook"][t["codebook"].dimension == "study_design"]
    axis = {rows: "r", columns: "c"}.get("study_design")
    if axis and not f.forms:
        found = found[~found[axis].isin(designs[designs.evidence == "none"].value)]
    found = found.merge(t["reports"][["report", "study", "year"]], on="report")
    found = found.sort_values("sure", ascending=False).drop_duplicates(["report", "r", "c"])
    confirmed = found[found.sure].set_index(["r", "c", "study"]).index
    twice = found.set_index(["r", "c", "study"]).index.isin(confirmed) & ~found.sure
    return found[~twice]


def numbers(found: pd.DataFrame, by: list[str]) -> dict[Any, int]:
    return found.groupby(by if len(by) > 1 else by[0]).study.nunique().to_dict()


# ---- and the first -----------------------------------------------------------------------------


def test_every_cell_and_total_has_what_is_confirmed_and_what_is_only_suggested(
    review: tuple[Workspace, Tables, Random],
) -> None:
    ws, tables, dice = review
    frame = ws.protocol.frame.exposure
    seen = {"confirmed": 0, "suggested": 0}
    for asked in asked_for(dice, 5):
        for rows, columns in AXES:
            found = gaps.matrix(ws, rows, columns, asked)
            told = places(tables, rows, columns, asked, frame)
            for status, part in (("confirmed", told[told.sure]), ("suggested", told[~told.sure])):
                said = f"{status}, {rows} x {columns} under {asked}"
                cells = {(c.row, c.column): n for c in found.cells if (n := getattr(c, status))}
                assert cells == numbers(part, ["r", "c"]), said
                assert getattr(found, f"{status}_total") == part.study.nunique(), said
                for axis, totals in (("r", found.row_totals), ("c", found.column_totals)):
                    here = {id_: n for id_, one in totals.items() if (n := getattr(one, status))}
                    assert here == numbers(part, [axis]), said
                seen[status] += len(cells)
    home = dict(zip(tables["reports"].report, tables["reports"].study, strict=True))
    found = gaps.matrix(ws)
    for row, studies in found.row_studies.items():  # what the number of a gap opens
        reports = gaps.reports_of_row(ws, "outcome", "study_design", Filters(), row)
        assert len({home[one] for part in reports for one in part}) == studies, row
    assert all(seen.values())


def test_the_directions_of_every_cell_follow_from_the_findings(
    review: tuple[Workspace, Tables, Random],
) -> None:
    ws, tables, dice = review
    frame = ws.protocol.frame.exposure
    seen = set()
    for asked in asked_for(dice, 3):
        for rows, columns in AXES[:3]:
            found = gaps.matrix(ws, rows, columns, asked)
            told = places(tables, rows, columns, asked, frame)
            counting, _ = passing(tables, asked, frame)
            ways = counting["told"]
            details = gaps.look_into(ws, found)
            for (row, column), part in told[told.sure].groupby(["r", "c"]):
                here = ways[(ways[rows] == row) & (ways[columns] == column)]
                here = here.merge(part[["report", "study"]], on="report")
                expected: dict[str, int] = {}
                for study in set(part.study):
                    said = {DIRECTIONS[d] for d in here[here.study == study].direction
                            if d in DIRECTIONS}  # fmt: skip
                    way = said.pop() if len(said) == 1 else "mixed" if said else "not stated"
                    expected[way] = expected.get(way, 0) + 1
                got = {str(way): n for way, n in details[row, column].directions.items()}
                assert got == expected, f"{row} x {column} under {asked}"
                seen |= set(expected)
    assert len(seen) >= 3


def test_every_row_of_the_ledger_and_each_of_its_bars_follows_from_the_tables(
    review: tuple[Workspace, Tables, Random],
) -> None:
    ws, tables, dice = review
    frame = ws.protocol.frame.exposure
    book = tables["codebook"].set_index(["dimension", "value"])
    tags = tables["tags"][tables["tags"].dimension.isin(PAIRED)]
    by_coder = tags.groupby(["report", "dimension", "reviewer"]).value.agg(frozenset)
    differing = by_coder.groupby(["report", "dimension"]).nunique()
    doubtful = set(differing[differing > 1].reset_index().report)
    assert doubtful

    def rows_of(t: Tables, asked: Filters) -> tuple[pd.DataFrame, dict[str, str | None]]:
        told = places(t, "outcome", "study_design", replace(asked, forms=True), frame)
        told["kind"] = [book.evidence["study_design", design] for design in told.c]
        return told, {
            row: why(told[told.r == row], set(filter(None, book.kinds["outcome", row].split(";")))
                     or set(KINDS))
            for row in VALUES["outcome"]
        }  # fmt: skip

    def same(gap: object, expected: str | None) -> bool:
        """An empty place is called by what was looked at, which the tables do not say."""
        return bool(gap) if expected == "empty" else gap == expected

    agreed = {**tables, "reports": tables["reports"][~tables["reports"].report.isin(doubtful)]}
    changed: set[Bar] = set()
    for asked in asked_for(dice, 3):
        found = ledger(ws, "outcome", "study_design", asked, year=2015)
        low, high = asked.years
        told, every = rows_of(tables, asked)
        bars = {
            Bar.CONFIRMED: rows_of(tables, replace(asked, confirmed_only=True))[1],
            Bar.RECENT: rows_of(tables, replace(asked, years=(max(2006, low or 2006), high)))[1],
            Bar.LOW_RISK: rows_of(tables, replace(asked, risk_of_bias=("low",)))[1],
            Bar.AGREED: rows_of(agreed, asked)[1],
        }
        counted = told if asked.forms else told[told.kind != "none"]
        for name, gap in every.items():
            row = next((r for r in found.rows if r.id == f"outcome:{name}"), None)
            if row is None:
                assert gap == "empty"  # nor can there be any
                continue
            said = f"{name} under {asked}"
            own = counted[counted.r == name]
            sure = own[own.sure].groupby("kind").study.agg(set).to_dict()
            only = own[~own.sure].groupby("kind").study.agg(set).to_dict()
            kinds = {k: (len(s := sure.get(k, set())), len(only.get(k, set()) - s))
                     for k in {*sure, *only}}  # fmt: skip
            assert dict(row.evidence.kinds) == kinds, said
            assert row.evidence.confirmed == own[own.sure].study.nunique(), said
            assert set(row.evidence.reports) == set(own[own.sure].report), said
            # What only suggestions close stays a gap.
            assert same(row.gap, gap or bars[Bar.CONFIRMED][name]), said
            assert (row.status == "open") == (row.gap is not None), said
            for bar, under in bars.items():
                if under[name] != "empty" or row.bars[bar] is not None:
                    assert same(row.bars[bar], under[name]), f"{said}, {bar}"
                if under[name] != gap:
                    changed.add(bar)
    assert len(changed) >= 3  # most bars tell something that the whole does not


GAP_OF = {1: "mechanism or animal only", 2: "uncontrolled human only",
          3: "one small controlled study"}  # fmt: skip


def test_the_cells_and_claims_of_the_ledger_hold_what_the_tables_do(
    review: tuple[Workspace, Tables, Random],
) -> None:
    """Levels of claims are worked out again in `test_from_tables`."""
    ws, tables, dice = review
    frame = ws.protocol.frame.exposure
    book = tables["codebook"]
    group = book[book.dimension == "study_design"].set_index("value").group
    home = dict(zip(tables["reports"].report, tables["reports"].study, strict=True))
    seen = {"cell": 0, "claim": 0}
    for asked in asked_for(dice, 3):
        found = ledger(ws, "outcome", "study_design", asked, year=2015)
        told = places(tables, "outcome", "study_design", asked, frame)
        told["c"] = [CLASS + group[design] if group[design] else design for design in told.c]
        filled = {}
        for place, part in told.groupby(["r", "c"]):
            sure = set(part[part.sure].study)
            filled[place] = part[part.sure | ~part.study.isin(sure)]
        states = {state.claim.id: state for state in gaps.claims(ws, asked)}
        shown = drawn(ws, "outcome", "study_design", asked, True, (), "").shown
        for row in found.rows:
            said = f"{row.id} under {asked}"
            if row.place.claim:
                state = states[row.place.claim]
                level = max(state.level or 0, state.suggested_level or 0)
                assert row.evidence.reports == state.reports, said
                if row.gap is None:
                    assert level >= min(state.top, 4), said
                elif row.evidence.gap is None:  # only suggestions would close it
                    assert str(row.gap) == GAP_OF.get(state.level or 0, str(row.gap)), said
                elif level in GAP_OF:
                    assert str(row.gap) == GAP_OF[level], said
                seen["claim"] += 1
            elif len(row.place.at) == 2:
                at = dict(row.place.at)
                part = filled.pop((at["outcome"], at["study_design"]), told.iloc[:0])
                assert row.evidence.confirmed == part[part.sure].study.nunique(), said
                assert row.evidence.suggested == part[~part.sure].study.nunique(), said
                assert set(row.evidence.reports) == set(part[part.sure].report), said
                if len(part) or dice.random() < 0.1:  # opened, the cell says what the ledger says
                    cell = shown.cell(at["outcome"], at["study_design"])
                    opened = cell_opening.open_cell(ws, shown, cell)
                    why = opened.verdict
                    assert (why.gap, why.kinds) == (row.evidence.gap, row.evidence.kinds), said
                    assert {
                        k: len({home[r] for r in ids}) for k, ids in opened.by_kind.items()
                    } == {kind: sum(n) for kind, n in why.kinds.items()}, said
                seen["cell"] += 1
            elif row.evidence.kinds:  # each kind of a row opens its reports
                kinds = cell_opening.by_kind(ws, row.place, asked)
                assert {k: len({home[r] for r in kinds[k]}) for k in row.evidence.kinds} == {
                    kind: sum(n) for kind, n in row.evidence.kinds.items()
                }, said
        for (outcome, design), part in filled.items():
            # What is no row has confirmed studies, or there could be none by the codebook.
            can = book[(book.dimension == "outcome") & book.value.eq(outcome)].kinds.item()
            named = CLASS + book.group.where(book.group.ne(""), book.value)
            kinds = set(book[book.dimension.eq("study_design") & named.eq(design)].evidence)
            never = bool(can) and not kinds & set(can.split(";"))
            assert part.sure.any() or never, f"{outcome} x {design} under {asked}"
    assert all(seen.values())
