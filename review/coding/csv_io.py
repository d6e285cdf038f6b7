"""Tags and findings from and to CSV files; a part of the service."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from review.coding.code_events import (
    FINDING_COLUMNS,
    NOTED,
    PAIRED,
    RESULT,
    TAG_COLUMNS,
    CodingTarget,
    finding_written,
    named,
    pairing,
    read_finding,
    replaced_by,
    says_the_same,
    tag_given,
)
from review.coding.confirmed_tags import tags_said
from review.coding.placing import Placing
from review.coding.value_lookup import dimension_named, value_named
from review.errors import DecisionError, Mistake, ReviewError
from review.events import Event, FindingWritten, TagGiven
from review.model import Finding, Suggestion, Tag
from review.people import person_key
from review.protocol.codebook import Codebook, Dimension
from review.screening.service import Imported
from review.spreadsheet import read_csv, read_time, write_csv
from review.store import (
    Connection,
    active_decisions,
    coding_queue,
    log,
    reports,
    suggestions,
    visible_codes,
)
from review.store.reports import Membership
from review.workspace import Workspace

ADDED = FINDING_COLUMNS[FINDING_COLUMNS.index("time") + 1 :]
"""Columns of findings that files of earlier versions do not have."""

Key = tuple[str, ...]
Lines = dict[Key, tuple[int, str]]
"""What a file has said so far, and on which line."""


def target_of(conn: Connection, report: str) -> CodingTarget:
    """Find the report a code hangs on.

    Raises:
        NotFoundError: nothing has that id.
    """
    return target_in(reports.membership(conn, report))


def target_in(found: Membership) -> CodingTarget:
    """What a code hangs on, in a report that was found."""
    return CodingTarget(found.report, found.lead)


def import_tags(ws: Workspace, path: Path, actor: str) -> Imported:
    """Read tags from a CSV file with the columns `TAG_COLUMNS`.

    A row equal to a tag that stands adds nothing. In a dimension with one answer a row takes the
    place of what the same reviewer said before. Bad rows are named, good rows go in, all in one
    transaction.

    Raises:
        FileError: the file cannot be read or lacks a column.
    """
    rows = list(read_csv(path, TAG_COLUMNS[:4]))
    given: list[TagGiven] = []
    mistakes: list[Mistake] = []
    unchanged = 0
    with ws.store.write() as conn:
        places = reports.memberships(conn, [row["report"] for _, row in rows])
        placing = Placing(conn)
        given_so_far = active_decisions.tags(conn, given=True)
        current = _by_place([t for t in given_so_far if not t.settles])
        closed = coding_queue.closed_forms(conn)
        lines: Lines = {}
        for line, row in rows:
            try:
                target, dimension, tag = _read_tag(places, ws.protocol.codebook, row)
                time = read_time(row.get("time", ""))
                key = (tag.report, tag.dimension, person_key(tag.reviewer))
                own = current.get(key, [])
                if not dimension.many:
                    _refuse_second(lines, line, key, tag.value, tag.reviewer)
                _refuse_second(lines, line, (*key, tag.value), tag.quote, tag.reviewer)
                place = placing.place(tag.report, tag.quote, tag.quote_place)
                tag = replace(tag, quote_place=place)
                own = [replace(t, quote_place=placing.to_tell(t)) for t in own]
            except ReviewError as error:
                mistakes.append(Mistake(path.name, line, "", str(error)))
                continue
            if any(_says_no_more(tag, t) for t in own):
                unchanged += 1
                continue
            if why := closed.why_not(tag.report, tag.reviewer):
                mistakes.append(Mistake(path.name, line, "", why))
                continue
            given.append(
                tag_given(
                    target, dimension, tag.value, tag.reviewer, quote=tag.quote,
                    quote_place=tag.quote_place, time=time,
                    replaces=_known(replaced_by(own, dimension, tag.value)),
                )
            )  # fmt: skip
            current.setdefault(key, []).append(tag)
        log.append(conn, actor, given, protocol=ws.protocol.version)
    return Imported(len(given), unchanged, tuple(mistakes))


def export_tags(ws: Workspace, path: Path, viewer: str | None = None) -> int:
    """Write all tags that count; returns how many.

    Args:
        viewer: all tags that this person may see instead, whether they count or not: where several
            people code, their own and those on reports that all have finished.
    """
    with ws.store.read() as conn:
        tags = active_decisions.tags(conn) if viewer is None else visible_codes.tags(conn, viewer)
        rows = _told(conn, tags, TAG_COLUMNS)
    return write_csv(path, TAG_COLUMNS, rows)


def _told(
    conn: Connection, codes: Sequence[Tag | Finding], columns: Sequence[str]
) -> list[dict[str, Any]]:
    """Codes as rows of a file, with the places of quotes that older logs kept without one."""
    placing = Placing(conn)
    return [
        {name: getattr(code, name) for name in columns}
        | {"time": _iso(code.time), "quote_place": placing.to_tell(code)}
        for code in codes
    ]


def import_findings(ws: Workspace, path: Path, actor: str) -> Imported:
    """Read findings from a CSV file with the columns `FINDING_COLUMNS`.

    A row equal to a finding that stands adds nothing; one with the same pairing by the same
    reviewer takes its place. What a finding says is tagged too, where nobody has. Bad rows are
    named, good rows go in, all in one transaction.

    Raises:
        FileError: the file cannot be read or lacks a column.
    """
    rows = list(read_csv(path, ("report", *PAIRED, "reviewer")))
    written: list[FindingWritten] = []
    mistakes: list[Mistake] = []
    unchanged = 0
    with ws.store.write() as conn:
        places = reports.memberships(conn, [row["report"] for _, row in rows])
        current: dict[Key, list[Finding]] = {}
        placing = Placing(conn)
        closed = coding_queue.closed_forms(conn)
        for known in active_decisions.findings(conn, given=True):
            current.setdefault(pairing(known), []).append(known)
        lines: Lines = {}
        for line, row in rows:
            try:
                target = _target(places, row["report"])
                finding = read_finding(ws.protocol.codebook, target.report, row)
                finding = placing.of_finding(_filled(finding, row, current))
                time = read_time(row.get("time", ""))
                key = pairing(finding)
                _refuse_second(lines, line, key, str(finding.direction), finding.reviewer)
                for name in ("quote", "n", *RESULT):
                    said = "" if (value := getattr(finding, name)) is None else str(value)
                    _refuse_second(lines, line, (*key, name), said, finding.reviewer)
            except ReviewError as error:
                mistakes.append(Mistake(path.name, line, "", str(error)))
                continue
            own = current.get(key, [])
            own = [replace(f, quote_place=placing.to_tell(f)) for f in own]
            if any(says_the_same(finding, f, blank_is_same=True) for f in own):
                unchanged += 1
                continue
            if why := closed.why_not(finding.report, finding.reviewer):
                mistakes.append(Mistake(path.name, line, "", why))
                continue
            earlier = _known([f.event for f in own])
            written.append(finding_written(target, finding, time=time, replaces=earlier))
            current.setdefault(key, []).append(finding)
        done = log.append(conn, actor, written, protocol=ws.protocol.version)
        log.append(conn, actor, _tags_said(conn, ws, done), protocol=ws.protocol.version)
    return Imported(len(written), unchanged, tuple(mistakes))


def _filled(
    finding: Finding, row: Mapping[str, str], current: Mapping[Key, list[Finding]]
) -> Finding:
    """A finding with what its file has no columns for, as the one finding that it is about has it.

    Files of earlier versions know neither dose nor timing: their rows are about the finding of the
    same reviewer that is alike in all that they know.
    """
    unknown = [name for name in ADDED if name not in row]
    if not unknown:
        return finding
    parting = [name for name in NOTED if name in unknown]

    def known(one: Finding) -> Finding:
        blank: dict[str, Any] = dict.fromkeys(parting, "")
        return replace(one, **blank)

    key = pairing(known(finding))
    alike = [f for own in current.values() for f in own if pairing(known(f)) == key]
    if len({pairing(f) for f in alike}) != 1:
        return finding
    return replace(finding, **{name: getattr(alike[-1], name) for name in unknown})


def _tags_said(
    conn: Connection, ws: Workspace, written: Sequence[Event[FindingWritten]]
) -> list[TagGiven]:
    """The tags that findings of a file say, each once."""
    if not written:
        return []
    tags: dict[str, list[Tag]] = defaultdict(list)
    for one in active_decisions.tags(conn, given=True):
        if not one.settles:
            tags[one.report].append(one)
    said: list[TagGiven] = []
    open_: dict[str, list[Suggestion]] = {}
    place = Placing(conn).place
    counting = {f.event: f for f in active_decisions.findings(conn, given=True)}
    for event in written:
        if (finding := counting.get(event.id)) is None:
            continue
        home = finding.report
        if home not in open_:
            open_[home] = [s for s, answer in suggestions.of_report(conn, home) if not answer]
        target = CodingTarget(home, event.data.record)
        when = event.data.time.isoformat() if event.data.time else ""
        new = tags_said(
            ws.protocol.codebook,
            target,
            finding,
            event.id,
            tags[home],
            open_[home],
            place,
            time=when,
        )
        tags[home] += [Tag(home, t.dimension, t.value, t.reviewer) for t in new]
        said += new
    return said


def export_findings(ws: Workspace, path: Path, viewer: str | None = None) -> int:
    """Write all findings that count; returns how many.

    Args:
        viewer: as for `export_tags`.
    """
    with ws.store.read() as conn:
        findings = (
            active_decisions.findings(conn)
            if viewer is None
            else visible_codes.findings(conn, viewer)
        )
        rows = _told(conn, findings, FINDING_COLUMNS)
    return write_csv(path, FINDING_COLUMNS, rows)


def _read_tag(
    places: Mapping[str, Membership], codebook: Codebook, row: dict[str, str]
) -> tuple[CodingTarget, Dimension, Tag]:
    dimension = dimension_named(codebook, row["dimension"])
    value = value_named(dimension, row["value"])
    reviewer = named(row["reviewer"])
    target = _target(places, row["report"])
    tag = Tag(
        target.report, dimension.id, value, reviewer, quote=row.get("quote", ""),
        quote_place=row.get("quote_place", "").strip(),
    )  # fmt: skip
    return target, dimension, tag


def _says_no_more(new: Tag, old: Tag) -> bool:
    """Whether a row adds nothing to a tag: what it leaves out it does not deny."""
    said = ("quote", "quote_place")
    return new.value == old.value and all(
        getattr(new, name) in ("", getattr(old, name)) for name in said
    )


def _target(places: Mapping[str, Membership], name: str) -> CodingTarget:
    found = reports.found(places, name)
    return CodingTarget(found.report, found.lead)


def _refuse_second(lines: Lines, line: int, key: Key, said: str, reviewer: str) -> None:
    """Refuse a row that says something else than an earlier one of the file: which is meant?

    Raises:
        DecisionError: it does.
    """
    first, before = lines.setdefault(key, (line, said))
    if said and before != said:
        raise DecisionError(
            f"line {first} says '{before}' where this says '{said}'; {reviewer} can give only one."
        )


def _known(events: list[str]) -> list[str]:
    """Events that a new code takes the place of; codes of the same file have none yet."""
    return [event for event in events if event]


def _by_place(tags: list[Tag]) -> dict[Key, list[Tag]]:
    found: dict[Key, list[Tag]] = {}
    for tag in tags:
        found.setdefault((tag.report, tag.dimension, person_key(tag.reviewer)), []).append(tag)
    return found


def _iso(time: datetime | None) -> str:
    return time.isoformat() if time else ""
