"""What reports are listed, filtered and counted by: title, year and DOI as they are shown.

A report of one record has that record's. One of several may take each from another record, as
`review.display_fields` and the people who chose decide; what comes out is stored beside the
report, so that the database filters by what the reader sees.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, case, delete, insert, select
from sqlalchemy.sql.elements import ColumnElement

from review.display_fields import PLACE, composed
from review.model import Record
from review.store.chunks import chunks
from review.store.field_choices import chosen_fields
from review.store.schema import composition, record, report

SHOWN = report.join(record, record.c.id == report.c.lead).outerjoin(
    composition, composition.c.report == report.c.id
)
"""Reports with what `TITLE`, `YEAR` and `DOI` are read from."""


def _shown(field: str) -> ColumnElement[Any]:
    """The composed value where there is one, even when that is none: a person may choose so."""
    return case((composition.c.report.is_not(None), composition.c[field]), else_=record.c[field])


TITLE, YEAR, DOI = _shown("title"), _shown("year"), _shown("doi")

_READ = (record.c.title, record.c.doi, *(record.c[name] for name in PLACE))


def refresh(
    conn: Connection,
    stale: Sequence[str],
    clusters: Mapping[str, Sequence[str]],
    leads: Mapping[str, str],
) -> None:
    """Compose reports anew.

    Args:
        stale: reports whose composition may hold no longer.
        clusters: reports now in force -> their records, oldest first.
        leads: report -> record that leads it.
    """
    for part in chunks(stale):
        conn.execute(delete(composition).where(composition.c.report.in_(part)))
    several = {id_: members for id_, members in clusters.items() if len(members) > 1}
    if not several:
        return
    found: dict[str, Record] = {}
    for part in chunks([r for members in several.values() for r in members]):
        rows = conn.execute(select(record.c.id, *_READ).where(record.c.id.in_(part)))
        for id_, *values in rows:
            fields = dict(zip((c.key for c in _READ), values, strict=True))
            found[id_] = Record(source="", key=id_, **fields)
    chosen = defaultdict(dict, chosen_fields(conn, several))
    shown = {
        id_: composed([(r, found[r]) for r in members], leads[id_], chosen[id_])
        for id_, members in several.items()
    }
    for some in chunks(shown.items()):
        conn.execute(
            insert(composition),
            [{"report": id_, "title": r.title, "year": r.year, "doi": r.doi} for id_, r in some],
        )
