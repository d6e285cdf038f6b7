"""Completing reports by look-ups: what one source left out, another knows by the same identifier.

A work found is stored as another record of the report, merged with it by rule, in a run of its own;
it identifies nothing, so the flow diagram does not count it. What was asked is kept with every few
answers, so a run that stops costs nothing and the next one asks for the rest only.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from rapidfuzz import fuzz, utils

from review.coding.suggestions import refresh_suggestions
from review.errors import Cancelled, DecisionError, SourceError
from review.events import LookedUp, RecordsMerged
from review.model import Record, Report, RunStatus, SearchRun, look_ups_of
from review.progress import NOBODY, Watch
from review.search import run_lock
from review.search.citations import identifiers
from review.search.connections import Connections, look_up_source
from review.search.estimates import tell_place
from review.search.run_writer import locks
from review.search.runs import close_interrupted
from review.sources.source import LookUps, Source
from review.store import Connection, bulk_reads, log, records, reports, withdrawals
from review.store.records import Arrival
from review.workspace import Workspace

logger = logging.getLogger(__name__)

SEARCH = "completing reports"
"""Name of these runs in the log."""

ACTOR = "look-up by identifier"
"""Whose name stands beside the merges of what was looked up with what it completes."""

TOLD_BY_SOURCE = ("open_copy", "retraction")
"""What a report lacks until it has a record of the source that is asked; no other says it."""

FIELDS: tuple[str, ...] = (*reports.LACKING, *TOLD_BY_SOURCE)
"""Fields that can be asked for."""

PART = 20
"""Look-ups whose answers are stored together."""

LIKE = 60.0
"""Likeness of titles (rapidfuzz, token set ratio, 0 to 100) that makes an identifier believed.

DOIs of a supplement or a whole book stand in entries of their parts: another title, another work.
"""


@dataclass(frozen=True, slots=True)
class Completion:
    """What completing came to.

    Attributes:
        run: None where there was nothing to ask.
        completed: reports that another record came for.
        unknown: reports that the source does not know.
        differing: reports under whose identifier the source has another work.
    """

    run: SearchRun | None
    completed: int
    unknown: tuple[Report, ...]
    differing: tuple[Report, ...]


def incomplete(
    ws: Workspace,
    fields: Collection[str] = ("abstract",),
    *,
    again: bool = False,
    among: Collection[str] | None = None,
) -> list[Report]:
    """Reports that lack one of some fields and have an identifier to ask by; excluded ones aside.

    Args:
        again: those as well that were asked for before.
        among: ids of the reports that may be asked for; None for all.

    Raises:
        DecisionError: no such field.
    """
    if unknown := sorted(set(fields) - set(FIELDS)):
        raise DecisionError(
            f"'{unknown[0]}' is not a field to ask for. Use one or more of: {', '.join(FIELDS)}."
        )
    source = look_up_source()
    if source is None:
        return []
    with ws.store.read() as conn:
        lacking = {one.id: one for one in reports.lacking(conn, set(fields) - set(TOLD_BY_SOURCE))}
        if not set(fields).isdisjoint(TOLD_BY_SOURCE):
            lacking |= {one.id: one for one in reports.not_from(conn, source.name, among)}
        asked = set() if again else _asked(conn)
    return [
        one
        for _id, one in sorted(lacking.items())
        if not one.excluded
        and (among is None or one.id in among)
        and asked.isdisjoint(one.record_ids)
        and identifiers(source, one)
    ]


def complete(
    ws: Workspace,
    fields: Collection[str] = ("abstract",),
    *,
    actor: str,
    again: bool = False,
    among: Collection[str] | None = None,
    watch: Watch = NOBODY,
    client: Source | None = None,
) -> Completion:
    """Look up the reports that lack something, and store what is found.

    The run ends complete, cancelled or failed, and says why; what was stored before stays.

    Args:
        fields, again, among: as for `incomplete`.
        watch: told how many reports have been asked for; asked between two of them.
        client: replaces the ordinary one.

    Raises:
        DecisionError: no such field, or no source can be asked for single works.
    """
    close_interrupted(ws)
    wanted = incomplete(ws, fields, again=again, among=among)
    kind = look_up_source()
    if kind is None:
        raise DecisionError("No source can be asked for single works.")
    if not wanted:
        return Completion(None, 0, (), ())
    with Connections(ws, client) as connections:
        source = connections.source(kind.name)
        assert isinstance(source, LookUps)
        going = _Completing(ws, actor, source, len(wanted))
        going.go(wanted, watch)
    if going.new:
        refresh_suggestions(ws, going.new)
    with ws.store.read() as conn:
        run = records.get_run(conn, going.run)
        unknown, differing = _reports(conn, going.unknown), _reports(conn, going.differing)
    return Completion(run, going.completed, tuple(unknown), tuple(differing))


class _Completing:
    """One run of look-ups on its way."""

    def __init__(self, ws: Workspace, actor: str, source: LookUps, number: int) -> None:
        self._ws, self._actor, self._source = ws, actor, source
        self.new: list[str] = []
        self.completed = 0
        self.unknown: list[str] = []
        self.differing: list[str] = []
        with ws.store.write() as conn:
            self.run = records.start_run(
                conn, actor, SEARCH, look_ups_of(source.name), source.look_up_request(""), number
            )
            # Held before others can see the run, or they might close it as interrupted.
            self._held = ExitStack()
            self._held.enter_context(run_lock.held(locks(ws), self.run))

    def go(self, wanted: Sequence[Report], watch: Watch) -> None:
        """Ask for report after report, and close the run however that ends."""
        with self._held:
            status, why = RunStatus.COMPLETE, ""
            try:
                self._ask(wanted, watch)
            except Cancelled:
                status, why = RunStatus.CANCELLED, "Stopped. The next run asks for the rest."
            except SourceError as error:
                status, why = RunStatus.FAILED, str(error)
            except BaseException:
                logger.exception("look-ups of run %s", self.run)
                self._end(RunStatus.FAILED, "Stopped by a fault of the program; see the log file.")
                raise
            self._end(status, why)

    def _ask(self, wanted: Sequence[Report], watch: Watch) -> None:
        """Store the answers a few at a time, the last few also when the asking is stopped."""
        waiting: list[tuple[Report, Record | None]] = []
        try:
            for answer in self._answers(wanted, watch):
                waiting.append(answer)
                if len(waiting) == PART:
                    full, waiting = waiting, []
                    self._store(full)
        finally:
            self._store(waiting)

    def _answers(
        self, wanted: Sequence[Report], watch: Watch
    ) -> Iterator[tuple[Report, Record | None]]:
        for done, one in enumerate(wanted):
            watch.stop_if_cancelled()
            tell_place(self._source, watch, done, len(wanted))
            names = dict.fromkeys(identifiers(self._source, one))
            works = (self._source.find(name, watch.cancelled) for name in names)
            yield one, next((work for work in works if work is not None), None)
        watch.at(len(wanted), len(wanted))

    def _store(self, answers: Sequence[tuple[Report, Record | None]]) -> None:
        """Store what came of some reports, in one transaction."""
        if not answers:
            return
        unknown = [one for one, work in answers if work is None]
        differing = [one for one, work in answers if work is not None and not _alike(one, work)]
        found = [(one, work) for one, work in answers if work is not None and _alike(one, work)]
        with self._ws.store.write() as conn:
            page = Arrival(tuple(work for _one, work in found), len(found))
            added = records.add_pages(conn, self._actor, self.run, [page])
            ids = records.ids_of(conn, {(work.source, work.key) for _one, work in found})
            # Of two reports with one identifier the first gets the work.
            report_of: dict[str, str] = {}
            for one, work in found:
                report_of.setdefault(ids[work.source, work.key], one.record_ids[0])
            merges = [
                RecordsMerged(
                    records=(report_of[new], new),
                    score=1.0,
                    why=f"Looked up at {self._source.label} by the report's own identifier.",
                )
                for new in added.new
            ]
            log.append(conn, ACTOR, merges)
            said = LookedUp(
                run=self.run,
                records=tuple(one.record_ids[0] for one, _work in answers),
                unknown=tuple(one.record_ids[0] for one in unknown),
                differing=tuple(one.record_ids[0] for one in differing),
            )
            log.append(conn, self._actor, [said])
        self.new += added.new
        self.completed += len(merges)
        self.unknown += said.unknown
        self.differing += said.differing

    def _end(self, status: RunStatus, why: str) -> None:
        said = [why]
        if self.unknown:
            said.append(f"{len(self.unknown)} unknown to {self._source.label}.")
        if self.differing:
            said.append(f"{len(self.differing)} have another work under their identifier.")
        with self._ws.store.write() as conn:
            records.finish_run(conn, self._actor, self.run, status, " ".join(filter(None, said)))


def not_completed(ws: Workspace) -> tuple[list[Report], list[Report]]:
    """Reports that the source did not know, and those with another work under their identifier."""
    with ws.store.read() as conn:
        said = list(_said(conn))
        unknown = _reports(conn, [record for one in said for record in one.unknown])
        return unknown, _reports(conn, [record for one in said for record in one.differing])


def _reports(conn: Connection, named: Collection[str]) -> list[Report]:
    return reports.by_ids(conn, set(bulk_reads.homes(conn, set(named)).values()))


def _said(conn: Connection) -> Iterator[LookedUp]:
    """What runs of look-ups that count have said."""
    counting = {run.id for run in withdrawals.runs_in_force(conn)}
    for event in log.events(conn, (LookedUp,)):
        if isinstance(event.data, LookedUp) and event.data.run in counting:
            yield event.data


def _asked(conn: Connection) -> set[str]:
    """Records of the reports that have been asked for."""
    return {record for said in _said(conn) for record in said.records}


def _alike(one: Report, work: Record) -> bool:
    """Whether a work has the title of the report it was found for, or one of the two has none."""
    if not one.lead.title or not work.title:
        return True
    score = fuzz.token_set_ratio(one.lead.title, work.title, processor=utils.default_process)
    return score >= LIKE
