"""What is different between two states of one review. Pure: two states in, their difference out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from review.gaps.claims import ClaimState
from review.gaps.model import Cell, Matrix
from review.model import Decision, Place

COLUMNS = ("what", "id", "words", "change", "before", "after", "reports")
"""Columns of the difference as a table."""


@dataclass(frozen=True, slots=True)
class ReportState:
    """A report as it stands in one state: how it is called and what was decided on it."""

    title: str
    title_abstract: Decision
    full_text: Decision
    reason: str
    place: Place


@dataclass(frozen=True, slots=True)
class State:
    """All of one state of a review that is compared.

    Attributes:
        name: how the state is called, such as ``version 2``.
        protocol: version of the protocol.
        records: record -> the report that holds it.
        reports: by id.
        matrix: the map of the question, without filters.
        claims: in the protocol's order.
        labels: (dimension, value) -> words for it.
    """

    name: str
    protocol: str
    records: Mapping[str, str]
    reports: Mapping[str, ReportState]
    matrix: Matrix
    claims: Sequence[ClaimState]
    labels: Mapping[tuple[str, str], str]


class CellMove(StrEnum):
    """What became of a cell of the map."""

    CLOSED = "closed"
    OPENED = "opened"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell that is another; counts are of studies, confirmed and suggested.

    Attributes:
        move: closed where a gap was filled, opened where evidence left a gap, else changed.
        added, removed: reports that stand in it now, and that did before.
        confirmed, unconfirmed: reports that stand in it at both times, and are confirmed now where
            they were only suggested; and the other way round.
    """

    row: str
    column: str
    words: str
    move: CellMove
    before: tuple[int, int]
    after: tuple[int, int]
    gap_before: str
    gap_after: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    confirmed: tuple[str, ...] = ()
    unconfirmed: tuple[str, ...] = ()

    @property
    def reports(self) -> tuple[str, ...]:
        """All reports by which it is another."""
        return tuple(sorted({*self.added, *self.removed, *self.confirmed, *self.unconfirmed}))


@dataclass(frozen=True, slots=True)
class ClaimChange:
    """A claim whose level or direction is another; None and "" where there is, or was, none."""

    id: str
    text: str
    level_before: int | None
    level_after: int | None
    direction_before: str
    direction_after: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DecisionChange:
    """A report on which something else holds than before, in the words of `Place`."""

    report: str
    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that is different between two states.

    Attributes:
        old, new: how the states are called.
        protocols: version of the protocol before and after.
        records_added, records_removed: records that came in, and that were withdrawn.
        reports_added: reports of new records alone.
        reports_merged: reports that are now part of another one, with that one.
        reports_split: reports that were part of another one, with that one.
        reports_removed: reports whose records were all withdrawn.
        titles: words for all these reports.
        claims_added, claims_removed: claims that only one of the two protocols has.
    """

    old: str
    new: str
    protocols: tuple[str, str]
    records_added: tuple[str, ...]
    records_removed: tuple[str, ...]
    reports_added: tuple[str, ...]
    reports_merged: Mapping[str, str]
    reports_split: Mapping[str, str]
    reports_removed: tuple[str, ...]
    decisions: tuple[DecisionChange, ...]
    cells: tuple[CellChange, ...]
    claims: tuple[ClaimChange, ...]
    claims_added: tuple[str, ...]
    claims_removed: tuple[str, ...]
    titles: Mapping[str, str]

    def moved(self, move: CellMove) -> tuple[CellChange, ...]:
        """The cells that became another in one way."""
        return tuple(cell for cell in self.cells if cell.move is move)

    @property
    def empty(self) -> bool:
        """Whether nothing is different."""
        return not any(
            (
                self.records_added, self.records_removed, self.reports_added, self.reports_merged,
                self.reports_split, self.reports_removed, self.decisions, self.cells, self.claims,
                self.claims_added, self.claims_removed, self.protocols[0] != self.protocols[1],
            )
        )  # fmt: skip


def difference(old: State, new: State) -> Difference:
    """Compare two states of one review, the earlier one first."""
    gone = old.reports.keys() - new.reports.keys()
    fresh = new.reports.keys() - old.reports.keys()
    merged = _moved(gone, old.records, new.records)
    split = _moved(fresh, new.records, old.records)
    known_claims = {state.claim.id: state for state in old.claims}
    claims_now = {state.claim.id for state in new.claims}
    titles = {id_: state.title for id_, state in (*old.reports.items(), *new.reports.items())}
    return Difference(
        old=old.name,
        new=new.name,
        protocols=(old.protocol, new.protocol),
        records_added=tuple(sorted(new.records.keys() - old.records.keys())),
        records_removed=tuple(sorted(old.records.keys() - new.records.keys())),
        reports_added=tuple(sorted(fresh - split.keys())),
        reports_merged=merged,
        reports_split=split,
        reports_removed=tuple(sorted(gone - merged.keys())),
        decisions=tuple(_decisions(old, new, split)),
        cells=tuple(_cells(old, new)),
        claims=tuple(
            change
            for state in new.claims
            if state.claim.id in known_claims
            and (change := _claim(known_claims[state.claim.id], state))
        ),
        claims_added=tuple(s.claim.id for s in new.claims if s.claim.id not in known_claims),
        claims_removed=tuple(s.claim.id for s in old.claims if s.claim.id not in claims_now),
        titles={id_: titles[id_] for id_ in sorted({*gone, *fresh})},
    )


def _moved(ids: set[str], here: Mapping[str, str], there: Mapping[str, str]) -> dict[str, str]:
    """Reports of one state that the other has as a part of another report, with that one."""
    first: dict[str, str] = {}
    for record, report in sorted(here.items()):
        if report in ids and record in there:
            first.setdefault(report, there[record])
    return {report: first[report] for report in sorted(first)}


def _decisions(old: State, new: State, split: Mapping[str, str]) -> Iterator[DecisionChange]:
    """Reports on which something else holds; a report that is new is compared with what it was."""
    for id_, now in sorted(new.reports.items()):
        was = old.reports.get(id_) or old.reports.get(split.get(id_, ""))
        before = _said(was) if was else ""
        if was is None and now.place is Place.TITLE_ABSTRACT:
            continue  # it came in and waits, as all that come in do
        if before != _said(now):
            yield DecisionChange(id_, now.title, before, _said(now))


def _said(state: ReportState) -> str:
    """What holds for a report: where it is, and the reason when it left."""
    return f"{state.place} ({state.reason})" if state.reason else str(state.place)


def _cells(old: State, new: State) -> Iterator[CellChange]:
    before = {(cell.row, cell.column): cell for cell in old.matrix.cells}
    after = {(cell.row, cell.column): cell for cell in new.matrix.cells}
    for place in [*after, *(place for place in before if place not in after)]:
        was, now = before.get(place), after.get(place)
        reports_before, reports_after = _reports(was), _reports(now)
        counts_before, counts_after = _counts(was), _counts(now)
        sure_before, sure_after = _sure(was), _sure(now)
        stayed = reports_before & reports_after
        if (counts_before, reports_before, sure_before) == (
            counts_after, reports_after, sure_after,
        ):  # fmt: skip
            continue
        filled_before, filled_after = any(counts_before), any(counts_after)
        move = CellMove.CHANGED
        if filled_before != filled_after:
            move = CellMove.CLOSED if filled_after else CellMove.OPENED
        yield CellChange(
            row=place[0],
            column=place[1],
            words=_words(new if now else old, place),
            move=move,
            before=counts_before,
            after=counts_after,
            gap_before=str(was.gap) if was and was.gap else "",
            gap_after=str(now.gap) if now and now.gap else "",
            added=tuple(sorted(reports_after - reports_before)),
            removed=tuple(sorted(reports_before - reports_after)),
            confirmed=tuple(sorted((sure_after - sure_before) & stayed)),
            unconfirmed=tuple(sorted((sure_before - sure_after) & stayed)),
        )


def _sure(cell: Cell | None) -> set[str]:
    return set(cell.confirmed_reports) if cell else set()


def _counts(cell: Cell | None) -> tuple[int, int]:
    return (cell.confirmed, cell.suggested) if cell else (0, 0)


def _reports(cell: Cell | None) -> set[str]:
    return {*cell.confirmed_reports, *cell.suggested_reports} if cell else set()


def _words(state: State, place: tuple[str, str]) -> str:
    names = (state.matrix.row_dimension, state.matrix.column_dimension)
    return " × ".join(
        state.labels.get((name, value), value) for name, value in zip(names, place, strict=True)
    )


def _claim(was: ClaimState, now: ClaimState) -> ClaimChange | None:
    directions = [str(state.direction) if state.direction else "" for state in (was, now)]
    if was.level == now.level and directions[0] == directions[1]:
        return None
    before, after = ({*state.reports, *state.reviews} for state in (was, now))
    return ClaimChange(
        id=now.claim.id,
        text=now.claim.text,
        level_before=was.level,
        level_after=now.level,
        direction_before=directions[0],
        direction_after=directions[1],
        added=tuple(sorted(after - before)),
        removed=tuple(sorted(before - after)),
    )


# --- as sentences, table and JSON ----------------------------------------------------------------


def sentences(found: Difference) -> list[str]:
    """The difference in a few sentences, what matters most first."""
    head = f"From {found.old} to {found.new}: "
    if found.empty:
        return [f"{head}nothing has changed."]
    counted = {move: len(found.moved(move)) for move in CellMove}
    came = _listed(
        [
            (len(found.records_added), "record came in", "records came in"),
            (len(found.records_removed), "record was withdrawn", "records were withdrawn"),
            (len(found.reports_added), "report is new", "reports are new"),
            (len(found.reports_merged), "report was merged into another",
             "reports were merged into others"),
            (len(found.reports_split), "report was split from another",
             "reports were split from others"),
            (len(found.decisions), "report was decided differently",
             "reports were decided differently"),
        ]
    )  # fmt: skip
    cells = _listed(
        [
            (counted[CellMove.CLOSED], "gap of the map closed", "gaps of the map closed"),
            (counted[CellMove.OPENED], "cell of the map became empty",
             "cells of the map became empty"),
            (counted[CellMove.CHANGED], "cell holds other evidence", "cells hold other evidence"),
        ]
    )  # fmt: skip
    said = [f"{head}{came or 'no record and no decision is another'}."]
    said.append(f"{_capital(cells)}." if cells else "No cell of the map is another.")
    said.append(_claim_sentence(found))
    if found.protocols[0] != found.protocols[1]:
        said.append(f"The protocol went from {found.protocols[0]} to {found.protocols[1]}.")
    return said


def _claim_sentence(found: Difference) -> str:
    parts = [f"{one.id} {claim_words(one)}" for one in found.claims]
    if not parts:
        return "No claim has another level or direction."
    more = f" and {len(parts) - 6} more" if len(parts) > 6 else ""
    noun = "claim" if len(parts) == 1 else "claims"
    return f"{len(parts)} {noun} changed: {'; '.join(parts[:6])}{more}."


def claim_words(change: ClaimChange) -> str:
    """``from G0 to G2, from no direction to supports``."""
    parts = []
    if change.level_before != change.level_after:
        parts.append(f"from {_level(change.level_before)} to {_level(change.level_after)}")
    if change.direction_before != change.direction_after:
        before = change.direction_before or "no direction"
        parts.append(f"from {before} to {change.direction_after or 'no direction'}")
    return ", ".join(parts)


def cell_words(counts: tuple[int, int]) -> str:
    """``3 confirmed, 1 suggested``."""
    return f"{counts[0]:,} confirmed, {counts[1]:,} suggested"


def _level(level: int | None) -> str:
    return "not tested" if level is None else f"G{level}"


def _listed(parts: Sequence[tuple[int, str, str]]) -> str:
    said = [f"{n:,} {one if n == 1 else many}" for n, one, many in parts if n]
    return said[0] if len(said) == 1 else ", ".join(said[:-1]) + " and " + said[-1] if said else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def table(found: Difference) -> list[dict[str, str]]:
    """The difference as rows of `COLUMNS`, one a thing that is another."""
    return list(_rows(found))


def _rows(found: Difference) -> Iterator[dict[str, str]]:
    for cell in found.cells:
        reports = [
            f"{sign}{id_}"
            for sign, ids in (
                ("+", cell.added), ("-", cell.removed),
                ("confirmed:", cell.confirmed), ("unconfirmed:", cell.unconfirmed),
            )
            for id_ in ids
        ]  # fmt: skip
        yield _row(
            "cell", f"{cell.row} x {cell.column}", cell.words, str(cell.move),
            cell_words(cell.before), cell_words(cell.after), reports,
        )  # fmt: skip
    for claim in found.claims:
        reports = [*(f"+{id_}" for id_ in claim.added), *(f"-{id_}" for id_ in claim.removed)]
        yield _row(
            "claim", claim.id, claim.text, "changed",
            " ".join(filter(None, (_level(claim.level_before), claim.direction_before))),
            " ".join(filter(None, (_level(claim.level_after), claim.direction_after))), reports,
        )  # fmt: skip
    for id_ in found.claims_added:
        yield _row("claim", id_, "", "added", "", "", ())
    for id_ in found.claims_removed:
        yield _row("claim", id_, "", "removed", "", "", ())
    for one in found.decisions:
        yield _row(
            "decision", one.report, one.title, "changed", one.before, one.after, (one.report,)
        )
    for change, ids in (("added", found.reports_added), ("withdrawn", found.reports_removed)):
        for id_ in ids:
            yield _row("report", id_, found.titles.get(id_, ""), change, "", "", (id_,))
    for id_, into in found.reports_merged.items():
        yield _row("report", id_, found.titles.get(id_, ""), "merged", id_, into, (into,))
    for id_, of in found.reports_split.items():
        yield _row("report", id_, found.titles.get(id_, ""), "split", of, id_, (id_,))
    for change, ids in (("added", found.records_added), ("withdrawn", found.records_removed)):
        for id_ in ids:
            yield _row("record", id_, "", change, "", "", ())


def _row(
    what: str, id_: str, words: str, change: str, before: str, after: str, reports: Sequence[str]
) -> dict[str, str]:
    said = (what, id_, words, change, before, after, " ".join(reports))
    return dict(zip(COLUMNS, said, strict=True))


def to_json(found: Difference) -> dict[str, Any]:
    """The difference as plain JSON values."""
    return {
        "old": found.old,
        "new": found.new,
        "protocol": {"before": found.protocols[0], "after": found.protocols[1]},
        "sentences": sentences(found),
        "records": {"added": list(found.records_added), "removed": list(found.records_removed)},
        "reports": {
            "added": list(found.reports_added),
            "removed": list(found.reports_removed),
            "merged": dict(found.reports_merged),
            "split": dict(found.reports_split),
        },
        "decisions": [
            {"report": d.report, "title": d.title, "before": d.before, "after": d.after}
            for d in found.decisions
        ],
        "cells": {
            str(move): [_cell_json(cell) for cell in found.moved(move)] for move in CellMove
        },
        "claims": {
            "changed": [
                {
                    "id": c.id,
                    "text": c.text,
                    "level": {"before": c.level_before, "after": c.level_after},
                    "direction": {
                        "before": c.direction_before or None, "after": c.direction_after or None,
                    },
                    "reports_added": list(c.added),
                    "reports_removed": list(c.removed),
                }
                for c in found.claims
            ],
            "added": list(found.claims_added),
            "removed": list(found.claims_removed),
        },
    }  # fmt: skip


def _cell_json(cell: CellChange) -> dict[str, Any]:
    sides = (("before", cell.before, cell.gap_before), ("after", cell.after, cell.gap_after))
    return {
        "row": cell.row,
        "column": cell.column,
        **{
            side: {"confirmed": counts[0], "suggested": counts[1], "gap": gap or None}
            for side, counts, gap in sides
        },
        "reports_added": list(cell.added),
        "reports_removed": list(cell.removed),
        "reports_confirmed": list(cell.confirmed),
        "reports_unconfirmed": list(cell.unconfirmed),
    }
