"""Studies: the reports that came out of one investigation."""

from __future__ import annotations

from sqlalchemy import Connection, select

from review.model import Report
from review.store.reports import listing
from review.store.schema import report


def siblings(conn: Connection, report_id: str) -> list[Report]:
    """The other reports of the study a report belongs to, without abstracts."""
    study = select(report.c.study).where(report.c.id == report_id).scalar_subquery()
    return listing(conn, where=(report.c.study == study) & (report.c.id != report_id))
