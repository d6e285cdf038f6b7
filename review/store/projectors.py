"""What each kind of event writes into the derived tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Table

from review.events import (
    Event,
    EventData,
    FieldChosen,
    FindingWritten,
    NoteWritten,
    PairRuled,
    ProtocolAdopted,
    RecordCorrected,
    RecordsAdded,
    RecordsChanged,
    RunFinished,
    RunResumed,
    RunStarted,
    RunWithdrawn,
    SearchStated,
    SuggestionAnswered,
    TagGiven,
    VoteCast,
)
from review.model import RunStatus
from review.people import person_key
from review.store.assignment_draw import SHARED, draws
from review.store.assignment_tables import draw_order
from review.store.reading_tables import vote_detail
from review.store.rule_table import rules
from review.store.schema import (
    amendment,
    answer,
    choice,
    correction,
    edge,
    finding,
    note,
    run,
    search_statement,
    tag,
    vote,
    withdrawal,
)

D = TypeVar("D", bound=EventData)


@dataclass(slots=True)
class Rows:
    """What some events add to the derived tables, in order.

    Attributes:
        new: table -> rows to insert.
        runs: run -> what later events say of it.
        retracted: record -> the newest word on its retraction.
        redecide_all: the rule of deciding may have changed.
    """

    new: dict[Table, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    runs: dict[str, RunChange] = field(default_factory=dict)
    retracted: dict[str, bool] = field(default_factory=dict)
    redecide_all: bool = False

    def add(self, table: Table, ev: Event, **values: Any) -> None:
        """A row that counts as long as its event does."""
        at = ev.data.when or ev.at
        self.new[table].append({"event": ev.id, "seq": ev.seq, "at": at, "active": True, **values})

    def run(self, id_: str) -> RunChange:
        """What is to change of a run."""
        return self.runs.setdefault(id_, RunChange())


@dataclass(slots=True)
class RunChange:
    """What a stretch of events says of one run: numbers to add, and values to set.

    Attributes:
        costs: each by itself, as the sum of floats depends on the order.
    """

    added: int = 0
    received: int = 0
    resumed: int = 0
    costs: list[float] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)


Projector = Callable[[Event, Any, Rows], None]
_PROJECTORS: dict[type[EventData], Projector] = {}
ROWS_OF: dict[type[EventData], tuple[Table, ...]] = {}
"""Class of events -> the tables whose rows are switched on and off with its events."""


def projects(
    cls: type[D], *tables: Table
) -> Callable[[Callable[[Event, D, Rows], None]], Callable[[Event, D, Rows], None]]:
    """Register what events of a class, and of its subclasses, write.

    Args:
        tables: those whose rows count only while their event does.
    """

    def register(write: Callable[[Event, D, Rows], None]) -> Callable[[Event, D, Rows], None]:
        _PROJECTORS[cls] = write
        ROWS_OF[cls] = tables
        return write

    return register


def project(ev: Event, rows: Rows) -> None:
    """Add what one event stands for; events without a projector change nothing by themselves."""
    for cls in type(ev.data).__mro__:
        if cls in _PROJECTORS:
            _PROJECTORS[cls](ev, ev.data, rows)
            return


def switched(cls: type[EventData]) -> tuple[Table, ...]:
    """The tables whose rows are switched on and off with events of a class."""
    return next((ROWS_OF[c] for c in cls.__mro__ if c in ROWS_OF), ())


@projects(ProtocolAdopted)
def _protocol(ev: Event, data: ProtocolAdopted, rows: Rows) -> None:
    rows.redecide_all = True
    rows.new[rules].append(
        {
            "seq": ev.seq,
            "version": data.version,
            "reviewers": dict(data.reviewers),
            "not_retrieved": list(data.not_retrieved),
            "coders": data.coders,
            "assigning": data.assigning,
            "at": ev.at,
        }
    )
    if data.assigning == SHARED:
        rows.new[draw_order] += draws(ev.seq, data.people, data.seed)


@projects(RunStarted)
def _run_started(ev: Event, data: RunStarted, rows: Rows) -> None:
    rows.new[run].append(
        {
            "id": data.run,
            "seq": ev.seq,
            "search": data.search,
            "source": data.source,
            "request": data.request,
            "actor": ev.actor,
            "started": ev.at,
            "finished": None,
            "promised": data.promised,
            "received": 0,
            "added": 0,
            "cost_usd": 0.0,
            "cursor": "",
            "outcome": str(RunStatus.RUNNING),
            "why": "",
            "resumed": 0,
        }
    )


@projects(RecordsAdded)
def _records_added(ev: Event, data: RecordsAdded, rows: Rows) -> None:
    change = rows.run(data.run)
    change.added += len(data.records)
    change.received += len(data.records) if data.received is None else data.received
    change.costs.append(data.cost_usd)
    change.values["cursor"] = data.cursor or ""
    if data.promised is not None:
        change.values["promised"] = data.promised


@projects(RunResumed)
def _run_resumed(ev: Event, data: RunResumed, rows: Rows) -> None:
    change = rows.run(data.run)
    change.resumed += 1
    change.values |= {"finished": None, "outcome": str(RunStatus.RUNNING), "why": ""}


@projects(RunFinished)
def _run_finished(ev: Event, data: RunFinished, rows: Rows) -> None:
    rows.run(data.run).values |= {
        "finished": ev.at, "outcome": str(data.outcome), "why": data.why,
    }  # fmt: skip


@projects(RunWithdrawn, withdrawal)
def _run_withdrawn(ev: Event, data: RunWithdrawn, rows: Rows) -> None:
    rows.add(withdrawal, ev, run=data.run, why=data.why)


@projects(RecordsChanged)
def _records_changed(ev: Event, data: RecordsChanged, rows: Rows) -> None:
    for record, fields in data.changes.items():
        for name, (old, new) in fields.items():
            rows.new[amendment].append(
                {
                    "event": ev.id, "seq": ev.seq, "at": ev.at, "run": data.run,
                    "record": record, "field": name, "old": old, "new": new,
                }
            )  # fmt: skip
        if "retracted" in fields:
            rows.retracted[record] = bool(fields["retracted"][1])


@projects(RecordCorrected, correction)
def _record_corrected(ev: Event, data: RecordCorrected, rows: Rows) -> None:
    for name, (old, new) in data.changes.items():
        said = {"record": data.record, "field": name, "run": data.run, "old": old, "new": new}
        rows.add(correction, ev, **said)
        rows.new[amendment].append({"event": ev.id, "seq": ev.seq, "at": ev.at, **said})


@projects(SearchStated, search_statement)
def _search_stated(ev: Event, data: SearchStated, rows: Rows) -> None:
    rows.add(
        search_statement, ev,
        item=data.item, text=data.text, none=data.none, details=dict(data.details),
        reviewer=data.reviewer, protocol=ev.protocol,
    )  # fmt: skip


@projects(PairRuled, edge)
def _pair_ruled(ev: Event, data: PairRuled, rows: Rows) -> None:
    first, second = sorted(data.records)
    rows.add(
        edge, ev,
        kind=data.relation, record_a=first, record_b=second, actor=ev.actor,
        score=data.score, why=data.why,
    )  # fmt: skip


@projects(VoteCast, vote, vote_detail)
def _vote(ev: Event, data: VoteCast, rows: Rows) -> None:
    rows.add(
        vote, ev,
        record=data.record, covers=list(data.covers), stage=str(data.stage),
        reviewer=data.reviewer, person=person_key(data.reviewer), vote=str(data.vote),
        reason=data.reason, also=list(data.also), note=data.note,
        final=data.final, settles=list(data.settles), run=data.run,
    )  # fmt: skip
    if data.batch or data.file or data.seconds is not None:
        rows.add(vote_detail, ev, batch=data.batch, file=data.file, seconds=data.seconds)


@projects(TagGiven, tag, answer)
def _tag(ev: Event, data: TagGiven, rows: Rows) -> None:
    rows.add(
        tag, ev,
        record=data.record, dimension=data.dimension, value=data.value,
        reviewer=data.reviewer, quote=data.quote, quote_place=data.quote_place, blind=data.blind,
        settles=False, held=False,
    )  # fmt: skip
    if data.suggestion:
        _add_answer(ev, data, rows)


@projects(FindingWritten, finding)
def _finding(ev: Event, data: FindingWritten, rows: Rows) -> None:
    rows.add(
        finding, ev,
        record=data.record, exposure=data.exposure, population=data.population,
        outcome=data.outcome, study_design=data.study_design, instrument=data.instrument,
        comparator=data.comparator, duration=data.duration, direction=str(data.direction),
        quote=data.quote, reviewer=data.reviewer, dose=data.dose, timing=data.timing, n=data.n,
        effect=data.effect, effect_unit=data.effect_unit, effect_interval=data.effect_interval,
        quote_place=data.quote_place, held=False,
    )  # fmt: skip


@projects(SuggestionAnswered, answer)
def _answer(ev: Event, data: SuggestionAnswered, rows: Rows) -> None:
    _add_answer(ev, data, rows)


def _add_answer(ev: Event, data: SuggestionAnswered | TagGiven, rows: Rows) -> None:
    rows.add(
        answer, ev, suggestion=data.suggestion, answer=str(data.answer), reviewer=data.reviewer
    )


@projects(NoteWritten, note)
def _note(ev: Event, data: NoteWritten, rows: Rows) -> None:
    rows.add(note, ev, record=data.record, text=data.text, reviewer=data.reviewer)


@projects(FieldChosen, choice)
def _field_chosen(ev: Event, data: FieldChosen, rows: Rows) -> None:
    rows.add(choice, ev, record=data.record, field=data.field, reviewer=data.reviewer)
