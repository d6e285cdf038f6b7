"""Records and the runs that brought them."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, Text, cast, func, insert, or_, select, union_all
from sqlalchemy.sql.elements import ColumnElement

from review.errors import NotFoundError
from review.events import RecordsAdded, RunFinished, RunStarted
from review.field_limits import fitted
from review.model import Record, RunStatus, SearchRun
from review.plain_text import clean_document, clean_row
from review.store.chunks import chunks
from review.store.log import append
from review.store.schema import (
    member,
    record,
    record_raw,
    retraction,
    run,
    sighting,
    withdrawal,
)

_LATER = select(retraction.c.retracted).where(retraction.c.record == record.c.id)
RETRACTED: ColumnElement[bool] = func.coalesce(_LATER.scalar_subquery(), record.c.retracted)
"""Whether a record is retracted by the newest word of its source."""

RETRACTED_RECORDS = union_all(
    select(record.c.id).where(record.c.retracted, record.c.id.not_in(select(retraction.c.record))),
    select(retraction.c.record).where(retraction.c.retracted),
)
"""Ids of the records of which `RETRACTED` holds, found without reading the others."""

WHOLE: tuple[ColumnElement[Any], ...] = (
    *(c for c in record.c if c.name != "retracted"),
    RETRACTED.label("retracted"),
)
"""All columns of a record as it came in, but for the newest word on its retraction."""

LIGHT = tuple(c for c in WHOLE if c.name != "abstract")
"""The same without the long one, for lists."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One page of a run as it came.

    Attributes:
        received: entries the page held, bad ones included; ``len(records)`` when None.
        promised: the source's count, when it told one with this page.
        cursor: where the run, or this part of it, goes on after this page.
        part: the part of the run's walk that the page is from, when it is cut into several.
    """

    records: Sequence[Record]
    received: int | None = None
    promised: int | None = None
    cursor: str = ""
    cost_usd: float = 0.0
    part: str = ""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of records that came.

    Attributes:
        new: ids of those that are new.
        known: ids of those that were known before.
        again: the known ones as they came this time, by id.
    """

    new: tuple[str, ...]
    known: tuple[str, ...]
    again: Mapping[str, Record]


def start_run(
    conn: Connection,
    actor: str,
    search: str,
    source: str,
    request: str = "",
    promised: int | None = None,
    left_out: Sequence[str] = (),
) -> str:
    """Open a search run or import; returns its id.

    Args:
        left_out: for a run that follows citations, a record of each report that it cannot follow.
    """
    run_id = "N" + secrets.token_hex(4)
    started = RunStarted(
        run=run_id,
        search=search,
        source=source,
        request=request,
        promised=promised,
        left_out=tuple(left_out),
    )
    append(conn, actor, [started])
    return run_id


def finish_run(
    conn: Connection,
    actor: str,
    run_id: str,
    status: RunStatus,
    why: str = "",
    understood: str = "",
) -> None:
    """Close a run with how it ended, and the search as the source itself put it."""
    append(
        conn, actor, [RunFinished(run=run_id, outcome=status, why=why, understood=understood)]
    )  # fmt: skip


def add_records(conn: Connection, actor: str, run_id: str, records: Sequence[Record]) -> Added:
    """Store records of a run. One whose source and key are known is only noted as seen again."""
    return add_pages(conn, actor, run_id, [Arrival(records)])


def add_pages(conn: Connection, actor: str, run_id: str, pages: Sequence[Arrival]) -> Added:
    """Store pages of a run, each as an event of its own; records as in `add_records`."""
    pages = [replace(page, records=[fitted(r)[0] for r in page.records]) for page in pages]
    known = ids_of(conn, {(r.source, r.key) for page in pages for r in page.records})
    n = conn.execute(select(func.max(record.c.n))).scalar() or 0
    fresh: list[tuple[int, str, Record]] = []
    again: dict[str, Record] = {}
    pages_added: list[RecordsAdded] = []
    for page in pages:
        distinct = {(r.source, r.key): r for r in page.records}
        seen = {known[identity]: r for identity, r in distinct.items() if identity in known}
        new: list[str] = []
        for identity, r in distinct.items():
            if identity not in known:
                # The id carries the number; writers are serialised, so the next ones are known.
                n += 1
                new.append(f"R{n:06d}")
                known[identity] = new[-1]
                fresh.append((n, new[-1], r))
        again |= seen
        pages_added.append(_added(run_id, page, new, sorted(seen)))
    _insert(conn, run_id, fresh)
    _sight(conn, run_id, list(known.values()))
    append(conn, actor, pages_added)
    return Added(tuple(id_ for _n, id_, _r in fresh), tuple(again), again)


def _added(run_id: str, page: Arrival, new: list[str], again: list[str]) -> RecordsAdded:
    return RecordsAdded(
        run=run_id,
        records=tuple(new),
        again=tuple(again),
        received=len(page.records) if page.received is None else page.received,
        promised=page.promised,
        cursor=page.cursor,
        cost_usd=page.cost_usd,
        part=page.part,
    )


def _insert(conn: Connection, run_id: str, fresh: Sequence[tuple[int, str, Record]]) -> None:
    """Write new records, given with their numbers and ids, and their entries unchanged."""
    if not fresh:
        return
    conn.execute(insert(record), [{**_row(r, run_id), "n": n, "id": id_} for n, id_, r in fresh])
    raws = [{"record": id_, "raw": clean_document(dict(r.raw))} for _n, id_, r in fresh]
    conn.execute(insert(record_raw), raws)


def _sight(conn: Connection, run_id: str, ids: Sequence[str]) -> None:
    """Note that a run found records, those aside that it had found before."""
    before: set[str] = set()
    for some in chunks(ids):
        noted = select(sighting.c.record).where(
            sighting.c.run == run_id, sighting.c.record.in_(some)
        )
        before |= set(conn.execute(noted).scalars())
    rows = [{"run": run_id, "record": id_} for id_ in ids if id_ not in before]
    if rows:
        conn.execute(insert(sighting), rows)


def ids_of(conn: Connection, identities: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Ids of the records that are known already, by (source, key)."""
    by_source: dict[str, set[str]] = {}
    for source, key in identities:
        by_source.setdefault(source, set()).add(key)
    found: dict[tuple[str, str], str] = {}
    for source, keys in by_source.items():
        # Source by source: SQLite reads the whole table for pairs, and finds these by the index.
        for part in chunks(sorted(keys)):
            statement = select(record.c.key, record.c.id).where(
                record.c.source == source, record.c.key.in_(part)
            )
            found.update({(source, key): id_ for key, id_ in conn.execute(statement)})
    return found


def by_keys(conn: Connection, source: str, keys: Collection[str]) -> dict[str, Row[Any]]:
    """Records of a source by key, each with its fields, its ``id`` and the ``run`` it came with."""
    found: dict[str, Row[Any]] = {}
    for part in chunks(sorted(keys)):
        statement = select(record).where(record.c.source == source, record.c.key.in_(part))
        found.update({row.key: row for row in conn.execute(statement)})
    return found


def brought_by(conn: Connection, source: str, runs: Collection[str]) -> list[Row[Any]]:
    """Records of a source that came with some runs, oldest first, without their abstracts."""
    statement = select(*LIGHT).where(record.c.run.in_(runs), record.c.source == source)
    return list(conn.execute(statement.order_by(record.c.n)))


def get(conn: Connection, record_id: str) -> Record:
    """One record with its raw entry.

    Raises:
        NotFoundError: no such record.
    """
    row = conn.execute(select(*WHOLE).where(record.c.id == record_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no record {record_id}.")
    raw = conn.execute(select(record_raw.c.raw).where(record_raw.c.record == record_id)).scalar()
    return to_record(row._asdict(), raw)


def of_report(conn: Connection, report_id: str) -> list[tuple[str, Record]]:
    """The records joined in a report with their ids, oldest first."""
    statement = (
        select(*WHOLE)
        .join(member, member.c.record == record.c.id)
        .where(member.c.report == report_id)
        .order_by(record.c.n)
    )
    return [(row.id, to_record(row._asdict())) for row in conn.execute(statement)]


def rows_for_dedupe(conn: Connection) -> list[dict[str, Any]]:
    """All records as plain rows under the column names that deduplication reads."""
    statement = select(
        record.c.id,
        record.c.title,
        record.c.authors,
        record.c.year,
        record.c.journal,
        record.c.volume,
        record.c.issue.label("number"),
        record.c.pages,
        record.c.doi,
        record.c.abstract,
        record.c.isbn,
        record.c.pmid,
        record.c.pmcid,
        record.c.openalex_id,
        record.c.type.label("entrytype"),
        record.c.source,
        record.c.url,
    )
    statement = statement.join(member, member.c.record == record.c.id).order_by(record.c.n)
    names = [str(c.key) for c in statement.selected_columns]
    rows = [dict(zip(names, row, strict=True)) for row in conn.execute(statement)]
    for row in rows:
        row["author"] = "; ".join(row.pop("authors"))
        row["year"] = "" if row["year"] is None else str(row["year"])
    return rows


def raw_without_abstract(conn: Connection) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Entries as received of the records that came without an abstract, with their ids."""
    statement = (
        select(record_raw.c.record, record_raw.c.raw)
        .join(record, record.c.id == record_raw.c.record)
        .where(record.c.abstract == "")
    )
    return ((id_, raw) for id_, raw in conn.execute(statement))


def entries_naming(conn: Connection, words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Entries as received, as JSON text, that hold one of some words, with their records' ids."""
    entry = cast(record_raw.c.raw, Text)
    statement = select(record_raw.c.record, entry).where(
        or_(*(entry.contains(word, autoescape=True) for word in words))
    )
    return ((id_, text) for id_, text in conn.execute(statement))


def later_than(conn: Connection, number: int, besides: Collection[int] = ()) -> list[str]:
    """Records in force that came after one of this number, in order.

    Args:
        besides: numbers of earlier records to tell as well.
    """
    found: dict[int, str] = {}
    statement = select(record.c.n, record.c.id).join(member, member.c.record == record.c.id)
    found.update({n: id_ for n, id_ in conn.execute(statement.where(record.c.n > number))})
    for part in chunks(sorted(besides)):
        found.update({n: id_ for n, id_ in conn.execute(statement.where(record.c.n.in_(part)))})
    return [found[n] for n in sorted(found)]


def count_later(conn: Connection, number: int, besides: Collection[int] = ()) -> int:
    """How many records `later_than` tells."""
    statement = select(func.count()).select_from(
        record.join(member, member.c.record == record.c.id)
    )
    conditions = [record.c.n > number, *(record.c.n.in_(part) for part in chunks(sorted(besides)))]
    return sum(int(conn.execute(statement.where(one)).scalar() or 0) for one in conditions)


def same_papers(conn: Connection, known: Mapping[str, Record]) -> dict[str, set[str]]:
    """For each of some records: those in one report with it, or with its DOI, PMID or title.

    Args:
        known: record id -> record.
    """
    home = dict(
        map(tuple, conn.execute(select(member.c.record, member.c.report).where(
            member.c.record.in_(list(known))
        )))
    )  # fmt: skip
    mates: dict[str, set[str]] = {}
    joined = select(member.c.report, member.c.record).where(
        member.c.report.in_(list(home.values()))
    )
    for report, id_ in conn.execute(joined):
        mates.setdefault(report, set()).add(id_)
    title = func.lower(record.c.title)
    alike = select(record.c.id, title, record.c.doi, record.c.pmid).where(
        or_(
            title.in_([r.title.lower() for r in known.values()]),
            record.c.doi.in_([r.doi for r in known.values() if r.doi]),
            record.c.pmid.in_([r.pmid for r in known.values() if r.pmid]),
        )
    )
    rows = conn.execute(alike).all()
    return {
        id_: mates.get(home.get(id_, ""), set())
        | {
            other
            for other, name, doi, pmid in rows
            if name == r.title.lower() or (doi and doi == r.doi) or (pmid and pmid == r.pmid)
        }
        for id_, r in known.items()
    }


def runs(conn: Connection) -> list[SearchRun]:
    """All search runs and imports, newest first."""
    return [_run(row) for row in conn.execute(select(run).order_by(run.c.seq.desc()))]


def get_run(conn: Connection, run_id: str) -> SearchRun:
    """One run.

    Raises:
        NotFoundError: no such run.
    """
    row = conn.execute(select(run).where(run.c.id == run_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no search run {run_id}.")
    return _run(row)


def sightings(conn: Connection, records: Collection[str]) -> dict[str, list[str]]:
    """Runs that found each record."""
    found: dict[str, list[str]] = {}
    for part in chunks(records):
        statement = (
            select(sighting.c.record, sighting.c.run)
            .join(run, run.c.id == sighting.c.run)
            .where(sighting.c.record.in_(part))
            .order_by(run.c.seq)
        )
        for row in conn.execute(statement):
            found.setdefault(row.record, []).append(row.run)
    return found


def count_by_source(conn: Connection) -> dict[str, int]:
    """Records identified, by source; those that left the review with their runs are not."""
    every = select(record.c.source, func.count()).group_by(record.c.source)
    # By difference: all are counted in an index, and those that left are few. A record leaves
    # only when all runs that found it are withdrawn, the one that brought it among them.
    gone = every.where(
        record.c.run.in_(select(withdrawal.c.run).where(withdrawal.c.active)),
        record.c.id.not_in(select(member.c.record)),
    )
    left: dict[str, int] = dict(map(tuple, conn.execute(gone)))
    counts = conn.execute(every.order_by(record.c.source))
    return {source: n - left.get(source, 0) for source, n in counts if n > left.get(source, 0)}


def to_record(values: Mapping[str, Any], raw: Mapping[str, Any] | None = None) -> Record:
    """A row of the record table (with or without the abstract) as a `Record`."""
    return Record(
        source=values["source"],
        key=values["key"],
        title=values["title"],
        authors=tuple(values["authors"]),
        year=values["year"],
        journal=values["journal"],
        volume=values["volume"],
        issue=values["issue"],
        pages=values["pages"],
        doi=values["doi"],
        pmid=values["pmid"],
        pmcid=values["pmcid"],
        openalex_id=values["openalex_id"],
        isbn=values["isbn"],
        abstract=values.get("abstract", ""),
        language=values["language"],
        type=values["type"],
        url=values["url"],
        keywords=tuple(values["keywords"]),
        mesh=tuple(values["mesh"]),
        study_designs=tuple(values["study_designs"]),
        labels=tuple(values["labels"]),
        retracted=values["retracted"],
        raw=raw or {},
    )


def _row(r: Record, run_id: str) -> dict[str, Any]:
    values = {
        name: getattr(r, name)
        for name in (
            "source key title journal volume issue pages doi pmid pmcid openalex_id isbn abstract "
            "language type url"
        ).split()
    }
    lists: Iterable[tuple[str, Sequence[str]]] = (
        ("authors", r.authors),
        ("keywords", r.keywords),
        ("mesh", r.mesh),
        ("study_designs", r.study_designs),
        ("labels", r.labels),
    )
    row = {**values, **{name: list(items) for name, items in lists}}
    return {**clean_row(row), "run": run_id, "year": r.year, "retracted": r.retracted}


def _run(row: Row[Any]) -> SearchRun:
    names = (
        "id search source request started actor finished promised received added cost_usd why "
        "resumed"
    ).split()
    values = {name: row._mapping[name] for name in names}
    return SearchRun(**values, status=RunStatus(row.outcome))
