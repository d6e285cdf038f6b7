"""The reports of a review read page by page, so that an export holds a few of them at a time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import Connection

from review.model import Record, Report
from review.store import bulk_reads, reports

PAGE = 1_000
"""Reports held at a time."""

Members = Sequence[tuple[str, Record]]
"""The records of a report with their ids, oldest first."""


class ReportPages:
    """Reports in order of id, without abstracts; they can be gone through any number of times.

    Args:
        conn: a transaction that stays open while they are read.
        ids: the reports, in order.
    """

    def __init__(self, conn: Connection, ids: Sequence[str]) -> None:
        self._conn, self.ids = conn, tuple(ids)

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[Report]:
        for start in range(0, len(self.ids), PAGE):
            yield from reports.by_ids(self._conn, self.ids[start : start + PAGE])

    def narrowed(self, kept: Collection[str]) -> ReportPages:
        """Those of them that are named."""
        return ReportPages(self._conn, [id_ for id_ in self.ids if id_ in kept])


class MemberPages(Mapping[str, Members]):
    """Report -> its records, abstracts included; the page that was asked for last is held.

    Args:
        conn: a transaction that stays open while they are read.
        ids: the reports, in the order in which they will be asked for.
    """

    def __init__(self, conn: Connection, ids: Sequence[str]) -> None:
        self._conn, self._ids = conn, tuple(ids)
        self._page: Mapping[str, Members] = {}

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __getitem__(self, id_: str) -> Members:
        if id_ not in self._page:
            place = bisect_left(self._ids, id_)
            if self._ids[place : place + 1] != (id_,):
                raise KeyError(id_)
            page = self._ids[place : place + PAGE]
            self._page = bulk_reads.records_by_report(self._conn, page)
        return self._page[id_]
