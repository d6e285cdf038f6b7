"""The reports of a review read page by page, so that an export holds a few of them at a time.

A page is read by one statement: its reports beside all their records. Lists are taken from the
database as text, and most of them are empty, which costs nothing then.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, Text, select, type_coerce

from review.display_fields import composed
from review.model import Decision, Place, Record, Report
from review.progress import NOBODY, Watch
from review.store.column_types import Json
from review.store.field_choices import chosen_fields
from review.store.records import WHOLE
from review.store.schema import member, record, report

PAGE = 1_000
"""Reports held at a time."""

Members = Sequence[tuple[str, Record]]
"""The records of a report with their ids, oldest first."""

_COLUMNS = {str(column.key): column for column in WHOLE}
_FIELDS = [field.name for field in fields(Record) if field.name != "raw"]
_LISTS = [n for n, name in enumerate(_FIELDS) if _COLUMNS[name].type is Json]
_json = json.JSONDecoder().raw_decode
_DECISIONS = {str(one): one for one in Decision}
_PLACES = {str(one): one for one in Place}


class ReportPages:
    """Reports in order of id with their abstracts; they can be gone through any number of times.

    Args:
        conn: a transaction that stays open while they are read.
        ids: the reports, in order.
    """

    def __init__(self, conn: Connection, ids: Sequence[str], pages: Pages | None = None) -> None:
        self._conn, self.ids = conn, tuple(ids)
        self._pages = pages or Pages(conn, self.ids)

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[Report]:
        for start in range(0, len(self.ids), PAGE):
            for id_ in self.ids[start : start + PAGE]:
                found = self._pages.report(id_)
                if found is not None:
                    yield found

    def narrowed(self, kept: Collection[str]) -> ReportPages:
        """Those of them that are named."""
        few = [id_ for id_ in self.ids if id_ in kept]
        return ReportPages(self._conn, few, self._pages if len(few) == len(self.ids) else None)

    def passed(self) -> ReportPages:
        """Those of them that were included on title and abstract."""
        included = report.c.title_abstract == str(Decision.INCLUDE)
        found = self._conn.execute(select(report.c.id).where(included)).scalars()
        return self.narrowed(set(found))


class MemberPages(Mapping[str, Members]):
    """Report -> its records, abstracts included; the page that was asked for last is held.

    Args:
        pages: the pages of all reports that will be asked for.
    """

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def __len__(self) -> int:
        return len(self._pages.ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self._pages.ids)

    def __getitem__(self, id_: str) -> Members:
        return self._pages.members(id_)


class Pages:
    """The page of reports that was asked for last, with all their records.

    Args:
        conn: a transaction that stays open while they are read.
        ids: the reports, in the order in which they will be asked for.
        watch: told how far one is, page by page, and asked whether to stop.
        every: whether these are all reports there are.
    """

    def __init__(
        self, conn: Connection, ids: Sequence[str], watch: Watch = NOBODY, *, every: bool = False
    ) -> None:
        self._conn, self.ids, self._watch, self._every = conn, tuple(ids), watch, every
        self._members: dict[str, list[tuple[str, Record]]] = {}
        self._reports: dict[str, Report] = {}

    def members(self, id_: str) -> Members:
        """The records of a report.

        Raises:
            KeyError: it is none of the reports.
        """
        if id_ not in self._members:
            self._read(id_)
        return self._members[id_]

    def report(self, id_: str) -> Report | None:
        """A report; None where there is none in force any more.

        Raises:
            KeyError: it is none of the reports.
        """
        if id_ not in self._reports:
            self._read(id_)
        return self._reports.get(id_)

    def _read(self, id_: str) -> None:
        place = bisect_left(self.ids, id_)
        if self.ids[place : place + 1] != (id_,):
            raise KeyError(id_)
        self._watch.stop_if_cancelled("Stopped; there is no file.")
        self._watch.at(place, len(self.ids))
        self._members, self._reports = {}, {}
        heads: dict[str, Sequence[Any]] = {}
        wanted = self.ids[place : place + PAGE]
        # From one id to another is quicker to ask for than each of a thousand.
        among = report.c.id.between(wanted[0], wanted[-1])
        statement = (
            select(*_HEAD, record.c.id, *_AS_READ)
            .join(member, member.c.report == report.c.id)
            .join(record, record.c.id == member.c.record)
            .where(among if self._every else report.c.id.in_(wanted))
            .order_by(record.c.n)
        )
        before = len(_HEAD)
        for row in self._conn.execute(statement).all():
            id_, record_id, cells = row[0], row[before], list(row[before + 1 :])
            for n in _LISTS:
                text = cells[n]
                # A database that knows JSON gives the list itself.
                cells[n] = (
                    () if text == "[]" else tuple(_json(text)[0] if text.__class__ is str else text)
                )
            if id_ not in heads:
                heads[id_], self._members[id_] = row, []
            self._members[id_].append((record_id, Record(*cells)))
        several = {id_ for id_, members in self._members.items() if len(members) > 1}
        chosen = chosen_fields(self._conn, several) if several else {}
        for id_, head in heads.items():
            self._reports[id_] = self._report(head, self._members[id_], chosen.get(id_))

    @staticmethod
    def _report(head: Sequence[Any], members: Members, chosen: Mapping[str, str] | None) -> Report:
        id_, lead, study, first, second, reason, place = head[: len(_HEAD)]
        return Report(
            id_,
            composed(members, lead, chosen),
            tuple([record_id for record_id, _ in members]),
            study,
            _DECISIONS[first],
            _DECISIONS[second],
            reason,
            _PLACES[place],
        )


_HEAD = [
    report.c[name]
    for name in ("id", "lead", "study", "title_abstract", "full_text", "reason", "place")
]
"""What is read of a report itself."""

_AS_READ = [
    type_coerce(_COLUMNS[name], Text).label(name) if n in _LISTS else _COLUMNS[name]
    for n, name in enumerate(_FIELDS)
]
"""The fields of a record in their order, lists as they are stored."""
