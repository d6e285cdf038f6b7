"""What pages and commands ask of data extraction: values, their words, and the table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from review import outdated
from review.coding import quotes
from review.coding.code_events import named
from review.errors import DecisionError, Mistake, ReviewError
from review.events import Event, ValueExtracted
from review.events.extraction import Extractable
from review.extraction.values import (
    Extracted,
    FieldState,
    Place,
    checked,
    in_sight,
    shown,
    states,
)
from review.model import Report
from review.outdated import Shown
from review.people import person_key, same_person
from review.protocol.extraction import ExtractionField
from review.screening.service import Imported
from review.spreadsheet import read_csv, read_time, write_csv
from review.store import Connection, evidence, extractions, log, reports
from review.workspace import Workspace

COLUMNS = (
    "report", "study", "arm", "field", "value", "unit", "state", "quote", "quote_place", "note",
    "consensus", "reviewer", "time",
)  # fmt: skip
"""One row a value; the study is told and not read."""


@dataclass(frozen=True, slots=True)
class ExtractionSheet:
    """One report as one person sees it.

    Attributes:
        fields: field and arm -> where it stands, as far as it is in sight.
        own: field and arm -> what the person took.
        arms: names of arms, in the order in which they came.
        comparing: field and arm of which enough have taken a value for a consensus.
    """

    report: Report
    fields: dict[Place, FieldState]
    own: dict[Place, Extracted]
    arms: tuple[str, ...]
    comparing: frozenset[Place]


def sheet(ws: Workspace, report: str, reviewer: str) -> ExtractionSheet:
    """One report as one person sees it.

    Raises:
        NotFoundError: no such report.
    """
    with ws.store.read() as conn:
        found = reports.get(conn, reports.resolve(conn, report))
        said = _said(conn, found.id)
    needed = ws.protocol.extractors
    seen = in_sight(said, reviewer, needed)
    own = {one.place: one for one in seen if same_person(one.reviewer, reviewer)
           and not one.consensus and one.given}  # fmt: skip
    arms = {one.arm.casefold(): one.arm for one in seen if one.arm and one.given}
    whole = states(said, needed)
    return ExtractionSheet(
        report=found,
        fields=states(seen, needed),
        own=own,
        arms=tuple(arms.values()),
        comparing=frozenset(p for p, state in whole.items() if len(state.by) >= needed),
    )


def extract(
    ws: Workspace,
    report: str,
    field: str,
    reviewer: str,
    value: str = "",
    *,
    arm: str = "",
    unit: str = "",
    state: Extractable | str = Extractable.REPORTED,
    quote: str = "",
    quote_place: str = "",
    note: str = "",
    consensus: bool = False,
    shown: Shown | None = None,
) -> Event:
    """Keep what a report says in one field; the same again changes nothing.

    Args:
        value: ``""`` with the state ``reported`` clears the field.
        consensus: what people agreed on, once enough have taken a value.
        shown: what the page showed, where it may be old.

    Raises:
        DecisionError: there is no such field, the value is none of its kind, or too few have taken
            one for a consensus.
        OutdatedError: the report is not what was ``shown`` any more.
        NotFoundError: no such report.
    """
    who = named(reviewer)
    asked = field_named(ws, field)
    with ws.store.write() as conn:
        on = outdated.membership(conn, report, shown)
        given = Extracted(
            on.report, asked.id, who, arm, value, unit, state_named(str(state)), quote.strip(),
            quote_place, note.strip(), consensus,
        )  # fmt: skip
        new = _placed(conn, checked(asked, given))
        said = _said(conn, on.report)
        if consensus:
            now = states(said, ws.protocol.extractors).get(new.place)
            if now is None or len(now.by) < ws.protocol.extractors:
                have = len(now.by) if now else 0
                raise DecisionError(
                    f"{have} of {ws.protocol.extractors} have filled in {asked.label}; agree when "
                    "all have."
                )
        for one in reversed(said):
            if _key(one) == _key(new):
                if _content(one) == _content(new):
                    return log.get(conn, one.event)
                break
        written = _event(asked, on.lead, new)
        (done,) = log.append(conn, who, [written], protocol=outdated.version_read(ws, shown))
    return done


def undo_last(ws: Workspace, reviewer: str) -> Event | None:
    """Take back this reviewer's newest value that still counts; None when there is none."""
    with ws.store.write() as conn:
        return log.undo_newest(conn, named(reviewer), (ValueExtracted,))


def next_report(ws: Workspace, reviewer: str, after: str = "") -> str | None:
    """An included report of which the reviewer has not filled in every field of the study.

    Args:
        after: the report just seen; the one behind it is given, and the first at the end.
    """
    asked = {f.id for f in ws.protocol.extraction if f.per == "study"}
    with ws.store.read() as conn:
        included = [row.id for row in evidence.unexcluded_reports(conn) if row.included]
        own: dict[str, set[str]] = defaultdict(set)
        for one in _said(conn):
            if same_person(one.reviewer, reviewer) and one.given and not one.consensus:
                own[one.report].add(one.field)
    waiting = [id_ for id_ in included if not asked <= own[id_] or not own[id_]]
    later = [id_ for id_ in waiting if id_ > after]
    return next(iter([*later, *(id_ for id_ in waiting if id_ != after)]), None)


@dataclass(frozen=True, slots=True)
class ExtractionRow:
    """One row of the table: a report, or one arm of its study.

    Attributes:
        values: field -> what holds, in words; what is not settled says so.
    """

    report: str
    study: str
    arm: str
    values: dict[str, str]


def table(ws: Workspace, reviewer: str) -> list[ExtractionRow]:
    """The table of what was taken from reports that are not excluded, as one person may see it.

    A field of the study stands in its first row; a blank cell was not extracted yet.
    """
    fields = {f.id: f for f in ws.protocol.extraction}
    with ws.store.read() as conn:
        kept = {row.id for row in evidence.unexcluded_reports(conn)}
        by_report: dict[str, list[Extracted]] = defaultdict(list)
        for one in _said(conn):
            if one.report in kept and one.field in fields:
                by_report[one.report].append(one)
    rows: list[ExtractionRow] = []
    for report, said in sorted(by_report.items()):
        seen = in_sight(said, reviewer, ws.protocol.extractors)
        names = {one.arm.casefold(): one.arm for one in seen}
        cells: dict[str, dict[str, str]] = defaultdict(dict)
        for (field, arm), state in states(seen, ws.protocol.extractors).items():
            cells[arm][field] = _cell(fields[field], state, ws.protocol.extractors)
        for arm in sorted(cells):
            rows.append(ExtractionRow(report, said[0].study, names[arm], cells[arm]))
    return rows


def rows_for(conn: Connection, ws: Workspace, viewer: str | None) -> list[dict[str, object]]:
    """All that counts as rows of a file.

    Args:
        viewer: who will read it: what is out of their sight is not in it. None for whoever holds
            the database itself.
    """
    by_report: dict[str, list[Extracted]] = defaultdict(list)
    for one in _said(conn):
        by_report[one.report].append(one)
    needed = ws.protocol.extractors
    return [
        _row(one)
        for _, said in sorted(by_report.items())
        for one in (said if viewer is None else in_sight(said, viewer, needed))
        if one.given
    ]


def export_values(ws: Workspace, path: Path, viewer: str | None = None) -> int:
    """Write all that counts with the columns `COLUMNS`; returns how many rows."""
    with ws.store.read() as conn:
        rows = rows_for(conn, ws, viewer)
    return write_csv(path, COLUMNS, rows)


def import_values(ws: Workspace, path: Path, actor: str) -> Imported:
    """Read values from a CSV file with the columns `COLUMNS`.

    A row equal to what stands adds nothing; another one of the same person, field and arm takes its
    place. Bad rows are named, good rows go in, all in one transaction.

    Raises:
        FileError: the file cannot be read or lacks a column.
    """
    rows = list(read_csv(path, ("report", "field", "value", "reviewer")))
    mistakes: list[Mistake] = []
    written: list[ValueExtracted] = []
    unchanged = 0
    with ws.store.write() as conn:
        places = reports.memberships(conn, [row["report"] for _, row in rows])
        current = {_key(one): one for one in _said(conn)}
        lines: dict[tuple[str, ...], int] = {}
        for line, row in rows:
            try:
                home = reports.found(places, row["report"])
                asked = field_named(ws, row["field"])
                said = replace(_read(row), report=home.report, field=asked.id)
                new = _placed(conn, checked(asked, said))
                if not new.given:
                    raise DecisionError(f"{asked.label} has neither a value nor a state.")
                time = read_time(row.get("time", ""))
                if (first := lines.setdefault(_key(new), line)) != line:
                    raise DecisionError(
                        f"line {first} fills in the same field for the same person."
                    )
            except ReviewError as error:
                mistakes.append(Mistake(path.name, line, "", str(error)))
                continue
            if (now := current.get(_key(new))) and _content(now) == _content(new):
                unchanged += 1
                continue
            written.append(_event(asked, home.lead, new, time))
        log.append(conn, actor, written, protocol=ws.protocol.version)
    return Imported(len(written), unchanged, tuple(mistakes))


def hidden_events(conn: Connection, ws: Workspace, report: str, reviewer: str) -> set[str]:
    """Events on a report that a person may not see yet (`values.in_sight`)."""
    if ws.protocol.extractors < 2:
        return set()
    said = _said(conn, report)
    seen = {one.place for one in in_sight(said, reviewer, ws.protocol.extractors)}
    return {
        e.id
        for e, _ in log.history(conn, report)
        if isinstance(e.data, ValueExtracted)
        and not same_person(e.data.reviewer, reviewer)
        and (e.data.field, e.data.arm.casefold()) not in seen
    }


def field_named(ws: Workspace, name: str) -> ExtractionField:
    """The field of this id or label.

    Raises:
        DecisionError: the protocol declares none of that name.
    """
    for one in ws.protocol.extraction:
        if name.strip() == one.id or name.strip().casefold() == one.label.casefold():
            return one
    known = ", ".join(one.id for one in ws.protocol.extraction) or "none"
    raise DecisionError(f"The protocol declares no field '{name}' for extraction; it has {known}.")


def state_named(name: str) -> Extractable:
    """The state in this word; reported for none.

    Raises:
        DecisionError: the word is no state.
    """
    text = name.strip().lower().replace(" ", "_") or Extractable.REPORTED
    try:
        return Extractable(text)
    except ValueError:
        raise DecisionError(f"state '{name}' is not one of {', '.join(Extractable)}.") from None


def _said(conn: Connection, report: str = "") -> list[Extracted]:
    return [_of(row) for row in extractions.said(conn, report)]


def _of(row: Any) -> Extracted:
    values = {name: getattr(row, name) for name in extractions.COLUMNS}
    values["state"] = Extractable(row.state)
    return Extracted(report=row.report, time=row.at, event=row.event, study=row.study, **values)


def _placed(conn: Connection, said: Extracted) -> Extracted:
    if not said.quote:
        return replace(said, quote_place="")
    lead = reports.get(conn, said.report).lead
    place = quotes.placed(said.quote, said.quote_place, lead.title, lead.abstract)
    return replace(said, quote_place=place)


def _event(asked: ExtractionField, record: str, said: Extracted, time: str = "") -> ValueExtracted:
    arm = f" ({said.arm})" if said.arm else ""
    return ValueExtracted(
        record=record,
        report=said.report,
        label=f"{asked.label}{arm}: {shown(asked, said) or 'nothing'}",
        time=time,
        **{name: getattr(said, name) for name in extractions.COLUMNS},
    )


def _cell(asked: ExtractionField, state: FieldState, needed: int) -> str:
    if state.settled:
        return shown(asked, state.settled)
    if state.differ:
        return "differ: " + " / ".join(shown(asked, one) for one in state.by.values())
    return f"{len(state.by)} of {needed}: " + "".join(shown(asked, o) for o in state.by.values())


def _row(one: Extracted) -> dict[str, object]:
    return {
        **{name: getattr(one, name) for name in COLUMNS},
        "state": str(one.state),
        "consensus": "yes" if one.consensus else "",
        "time": one.time.isoformat() if one.time else "",
    }


def _read(row: dict[str, str]) -> Extracted:
    return Extracted(
        report="",
        field="",
        reviewer=named(row["reviewer"]),
        arm=row.get("arm", ""),
        value=row["value"],
        unit=row.get("unit", ""),
        state=state_named(row.get("state", "")),
        quote=row.get("quote", "").strip(),
        quote_place=row.get("quote_place", ""),
        note=row.get("note", ""),
        consensus=row.get("consensus", "").lower() in ("yes", "true", "1"),
    )


def _key(one: Extracted) -> tuple[str, ...]:
    return (one.report, *one.place, "" if one.consensus else person_key(one.reviewer))


def _content(one: Extracted) -> Sequence[object]:
    return (one.value, one.unit, one.state, one.quote, one.quote_place, one.note)
