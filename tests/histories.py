"""Random histories of a review, for properties that must hold after any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from review.errors import DecisionError, NotFoundError
from review.events import (
    ConflictDiscussed,
    Event,
    FieldChosen,
    FullTextStated,
    GapStated,
    NoteWritten,
    PairRuled,
    PilotDrawn,
    PilotEnded,
    ProtocolAdopted,
    RecordCorrected,
    RecordsKeptApart,
    RecordsMerged,
    ReportPostponed,
    ReportsAssigned,
    ReportsLinked,
    ReportStated,
    RestSampled,
    ReviewerLeft,
    RunWithdrawn,
    ScreeningStopped,
    TagGiven,
    TagRemoved,
    VoteCast,
)
from review.events.full_text import Said
from review.model import Place, Record, RunStatus, Stage, VoteValue
from review.store import (
    Connection,
    Store,
    active_decisions,
    assignments,
    field_choices,
    gap_statements,
    log,
    record_changes,
    records,
    report_texts,
    reports,
    search_statements,
    stops,
)

RECORDS = 6
REVIEWERS = ("Ann", "Bo", "Cy")
REASONS = ("not_kratom", "language", "full_text_missing")

_KINDS = [
    "vote",
    "vote_of_a_file",
    "final",
    "merge",
    "link",
    "apart",
    "tag",
    "untag",
    "note",
    "choose",
    "undo",
    "add",
    "withdraw",
    "state",
    "correct",
    "gap",
    "write",
    "pilot",
    "pilot_end",
    "leave",
    "stop",
    "check",
    "assign",
    "postpone",
    "full_text",
    "discuss",
    "adopt",
    "respelled",
]
Step = tuple[str, int, int, int]
steps = st.lists(
    st.tuples(
        st.sampled_from(_KINDS),
        st.integers(0, RECORDS - 1),
        st.integers(0, RECORDS - 1),
        st.integers(0, 53),
    ),
    max_size=25,
)
slow = settings(
    max_examples=max(24, settings().max_examples * 3 // 10),  # a history is many statements
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


class _RollBack(Exception):
    pass


@contextmanager
def fresh_review(store: Store) -> Iterator[Connection]:
    """A review of six records that each example finds alike: what it does leaves no trace."""
    with store.write() as conn:
        if not records.runs(conn):
            _begin(conn)
    try:
        with store.write() as conn:
            yield conn
            raise _RollBack
    except _RollBack:
        pass


def _begin(conn: Connection) -> None:
    rules = {
        "version": "v1",
        "title": "t",
        "reviewers": {"title_abstract": 2, "full_text": 1},
        "not_retrieved": ["full_text_missing"],
        "text": {},
    }
    log.append(conn, "Ann", [ProtocolAdopted(**rules)], protocol="v1")
    run = records.start_run(conn, "Ann", "core", "openalex")
    add(conn, run, RECORDS)
    records.finish_run(conn, "Ann", run, RunStatus.COMPLETE)


def add(conn: Connection, run: str, count: int, start: int = 0) -> list[str]:
    batch = [
        Record(
            "openalex",
            f"W{n}",
            title=f"Paper {n}",
            year=2000 + n % 3 if n % 4 else None,
            journal="Pain" if n % 2 else "",
        )
        for n in range(start, start + count)
    ]
    return list(records.add_records(conn, "Ann", run, batch).new)


def ids(conn: Connection) -> list[str]:
    return sorted(r for row in reports.listing(conn) for r in row.record_ids)


def play(
    conn: Connection, history: list[Step], after_each: Callable[[], object] = lambda: None
) -> list[Event]:
    """Carry out a history through the log; steps that the rules refuse leave nothing behind.

    Args:
        after_each: is called after every step that was carried out.
    """
    done: list[Event] = []
    names = [f"R{n + 1:06d}" for n in range(RECORDS)]
    for kind, a, b, n in history:
        try:
            done += STEPS[kind](conn, names[a], names[b], n, done)
        except (DecisionError, NotFoundError):
            continue
        after_each()
    return done


def _said(conn: Connection, a: str, n: int) -> dict[str, object]:
    value = list(VoteValue)[n // 3 % 3]
    on = reports.membership(conn, a)
    return {
        "record": on.lead,
        "report": on.report,
        "covers": on.records,
        "stage": str(list(Stage)[n // 9 % 2]),
        "vote": str(value),
        "reason": REASONS[n // 18 % 3] if value is VoteValue.EXCLUDE else "",
        "reviewer": REVIEWERS[n % 3],
    }


def _vote(conn: Connection, a: str, _b: str, n: int, _done: list[Event]) -> list[Event]:
    return log.append(conn, REVIEWERS[n % 3], [VoteCast(**_said(conn, a, n))])


def _vote_of_a_file(conn: Connection, a: str, _b: str, n: int, _done: list[Event]) -> list[Event]:
    """As an import writes it: on one record, for a reviewer who is someone else."""
    run = records.runs(conn)[0].id
    time = f"2020-01-{1 + n % 28:02}T12:00:00+00:00"
    own = {"record": a, "covers": [a], "run": run, "time": time}
    return log.append(conn, "Zoe", [VoteCast(**_said(conn, a, n) | own)])


def _final(conn: Connection, a: str, _b: str, n: int, _done: list[Event]) -> list[Event]:
    """As a conflict is settled, whether there is one or not."""
    said = _said(conn, a, n)
    settled = {
        v.record
        for v in active_decisions.votes(conn, str(said["report"]))
        if v.stage == said["stage"]
    }
    on = sorted(settled) or [str(said["record"])]
    lead = said["record"] if said["record"] in on else on[0]
    own = {"record": lead, "final": True, "settles": on if len(on) > 1 else []}
    return log.append(conn, "Cy", [VoteCast(**said | own)])


def _pair(kind: type[PairRuled]) -> Callable[..., list[Event]]:
    def step(conn: Connection, a: str, b: str, n: int, _done: list[Event]) -> list[Event]:
        if a == b:
            return []
        entry = kind(**{"records": [a, b], "why": "test", "score": n / 53})
        return log.append(conn, REVIEWERS[n % 3], [entry])

    return step


def _tag(conn: Connection, a: str, _b: str, n: int, done: list[Event]) -> list[Event]:
    who = REVIEWERS[n % 3]
    earlier = [
        t.event
        for t in active_decisions.tags(conn, reports.resolve(conn, a))
        if t.reviewer == who and t.dimension == "study_design"
    ]
    payload = {
        "record": a,
        "dimension": "study_design",
        "value": ["cohort", "case_report", "rct_parallel"][n % 3],
        "reviewer": who,
        "cancels": earlier,
    }
    return log.append(conn, who, [TagGiven(**payload)])


def _untag(conn: Connection, a: str, _b: str, n: int, done: list[Event]) -> list[Event]:
    mine = [t.event for t in active_decisions.tags(conn, reports.resolve(conn, a))]
    payload = {"record": a, "reviewer": REVIEWERS[n % 3], "cancels": mine[:1]}
    return log.append(conn, REVIEWERS[n % 3], [TagRemoved(**payload)]) if mine else []


def _note(conn: Connection, a: str, _b: str, n: int, _done: list[Event]) -> list[Event]:
    payload = {"record": a, "text": f"note {n}", "reviewer": "Ann"}
    return log.append(conn, "Ann", [NoteWritten(**payload)])


def _choose(conn: Connection, a: str, _b: str, n: int, _done: list[Event]) -> list[Event]:
    found = reports.resolve(conn, a)
    field = ["title", "year"][n % 2]
    payload = {"record": a, "report": found, "field": field, "reviewer": "Ann"}
    return log.append(conn, "Ann", [FieldChosen(**payload)])


def _undo(conn: Connection, _a: str, _b: str, n: int, done: list[Event]) -> list[Event]:
    return [log.undo(conn, "Ann", done[n % len(done)].id)] if done else []


def _add(conn: Connection, _a: str, _b: str, n: int, _done: list[Event]) -> list[Event]:
    run = records.start_run(conn, "Ann", "later", "openalex")
    again = Record("openalex", f"W{n}", title="Paper")
    records.add_records(conn, "Ann", run, [Record("isrctn", f"X{n}", title="Late"), again])
    return []


def _withdraw(conn: Connection, _a: str, _b: str, n: int, done: list[Event]) -> list[Event]:
    runs = records.runs(conn)
    payload = {"run": runs[n % len(runs)].id, "why": "imported by mistake"}
    return log.append(conn, "Ann", [RunWithdrawn(**payload)])


def _state(conn: Connection, _a: str, _b: str, n: int, _done: list[Event]) -> list[Event]:
    item, text, who = n % 16 + 1, f"Asked {n} people.", REVIEWERS[n % 3]
    return [search_statements.state(conn, who, item, text, none=n % 5 == 0)]


def _gap(conn: Connection, a: str, _b: str, n: int, _done: list[Event]) -> list[Event]:
    """As somebody says how urgent a gap is, or sets it aside."""
    aspect, value = (("priority", "high"), ("note", ""), ("status", "set aside"))[n % 3]
    said = {"gap": f"outcome:{a}", "aspect": aspect, "value": value, "text": f"word {n}"}
    return [gap_statements.state(conn, GapStated(**said, reviewer=REVIEWERS[n % 3]))]


def _write(conn: Connection, a: str, _b: str, n: int, _done: list[Event]) -> list[Event]:
    """A person writes an item of a checklist, or puts a box of the diagram in other words."""
    document, item = (("prisma2020", "25"), ("flow-diagram", "duplicates"))[n % 2]
    said = {"document": document, "item": item, "text": f"{a} {n}", "none": n % 3 == 0}
    return log.append(conn, "Ann", [ReportStated(**said, reviewer=REVIEWERS[n % 3])])


def _correct(conn: Connection, a: str, _b: str, n: int, _done: list[Event]) -> list[Event]:
    """As a later edition of the library does."""
    run = records.start_run(conn, "Ann", "library", "library")
    name = ("title", "year", "doi", "sample_size")[n % 4]
    was = record_changes.newest(conn, [a])[a].get(name, "")
    now = 1990 + n if name == "year" else f"10.1000/{n}" if name == "doi" else f"Corrected {n}"
    record_changes.correct(conn, "Ann", run, "second", {a: {name: [was, now]}})
    last = log.newest(conn, RecordCorrected)
    return [last] if last is not None else []


def _pilot(conn: Connection, a: str, b: str, n: int, _done: list[Event]) -> list[Event]:
    """As a pilot batch is drawn: one at a time."""
    stage = list(Stage)[n % 2]
    if assignments.pilot_under_way(conn, stage):
        return []
    said = PilotDrawn(
        stage=stage, records=tuple(sorted({a, b})), seed=n, people=REVIEWERS[: 2 + n % 2]
    )
    return log.append(conn, "Ann", [said])


def _pilot_end(conn: Connection, _a: str, _b: str, n: int, _done: list[Event]) -> list[Event]:
    stage = list(Stage)[n % 2]
    found = assignments.pilot_under_way(conn, stage)
    if not found:
        return []
    records_ = tuple(r for id_ in found[1] for r in reports.membership(conn, id_).records)
    said = PilotEnded(stage=stage, pilot=found[0], records=records_)
    return log.append(conn, "Ann", [said])


def _leave(conn: Connection, _a: str, _b: str, n: int, _done: list[Event]) -> list[Event]:
    return log.append(conn, "Ann", [ReviewerLeft(reviewer=REVIEWERS[n % 3])])


def _stop(conn: Connection, _a: str, _b: str, n: int, _done: list[Event]) -> list[Event]:
    """As somebody ends the screening, whatever was voted on or called back by a check."""
    rest = stops.unscreened(conn, Place.TITLE_ABSTRACT)
    if not rest:
        return []
    said = {
        "reviewer": REVIEWERS[n % 3], "records": [r for some in rest.values() for r in some],
        "reports": len(rest), "total": RECORDS, "screened": 0, "found": 0, "target": 0.95,
        "confidence": 0.95, "p": 1.0, "reached": False, "most_left": RECORDS, "why": "test",
    }  # fmt: skip
    return log.append(conn, REVIEWERS[n % 3], [ScreeningStopped(**said)])


def _check(conn: Connection, _a: str, _b: str, n: int, done: list[Event]) -> list[Event]:
    """As some of what a stop left is drawn to be screened after all."""
    made = [e for e in done if isinstance(e.data, ScreeningStopped)]
    if not made:
        return []
    stop = made[n % len(made)].id
    rest = stops.covered(conn, stop)
    chosen = sorted(rest)[: 1 + n % 2]
    said = {
        "stop": stop, "records": [r for id_ in chosen for r in rest[id_]],
        "reports": len(chosen), "left": len(rest), "seed": n, "reviewer": REVIEWERS[n % 3],
    }  # fmt: skip
    return log.append(conn, REVIEWERS[n % 3], [RestSampled(**said)]) if chosen else []


def _assign(conn: Connection, a: str, b: str, n: int, _done: list[Event]) -> list[Event]:
    """As somebody is given a list, one who is in the review or one who is new to it."""
    who = (*REVIEWERS, "Dee")[n // 2 % 4]
    said = ReportsAssigned(stage=list(Stage)[n % 2], reviewer=who, records=tuple({a, b}))
    return log.append(conn, "Ann", [said])


def _postpone(conn: Connection, a: str, _b: str, n: int, _done: list[Event]) -> list[Event]:
    who = REVIEWERS[n % 3]
    said = ReportPostponed(record=a, stage=list(Stage)[n // 3 % 2], reviewer=who)
    return log.append(conn, who, [said])


def _full_text(conn: Connection, a: str, _b: str, n: int, _done: list[Event]) -> list[Event]:
    """Somebody says where a full text is, whatever was decided on the report."""
    who = REVIEWERS[n % 3]
    said = FullTextStated(record=a, reviewer=who, state=list(Said)[n % len(Said)])
    return log.append(conn, who, [said])


def _discuss(conn: Connection, a: str, _b: str, n: int, _done: list[Event]) -> list[Event]:
    who = REVIEWERS[n % 3]
    said = {"record": a, "stage": list(Stage)[n % 2], "text": f"word {n}", "reviewer": who}
    return log.append(conn, who, [ConflictDiscussed(**said)])


def _adopt(conn: Connection, _a: str, _b: str, n: int, _done: list[Event]) -> list[Event]:
    """The protocol is changed in mid-review: how many people vote, and who on what."""
    rules = {
        "version": f"v{n + 3}",
        "reviewers": {"title_abstract": 1 + n % 3, "full_text": 1 + n // 3 % 2},
        "not_retrieved": ["full_text_missing"][: n // 6 % 2],
        "assigning": ("everyone", "shared", "lists")[n // 12 % 3],
        "people": REVIEWERS[: 2 + n // 36],
        "seed": n,
    }
    return log.append(conn, "Ann", [ProtocolAdopted(**rules)], protocol=f"v{n + 3}")


def _respelled(conn: Connection, a: str, _b: str, n: int, _done: list[Event]) -> list[Event]:
    """A vote of somebody who writes their own name in another way."""
    name = (f" {REVIEWERS[n % 3].lower()}", REVIEWERS[n % 3].upper())[n // 27]
    return log.append(conn, name, [VoteCast(**_said(conn, a, n) | {"reviewer": name})])


STEPS: dict[str, Callable[..., list[Event]]] = {
    "vote": _vote,
    "vote_of_a_file": _vote_of_a_file,
    "final": _final,
    "merge": _pair(RecordsMerged),
    "link": _pair(ReportsLinked),
    "apart": _pair(RecordsKeptApart),
    "tag": _tag,
    "untag": _untag,
    "note": _note,
    "choose": _choose,
    "undo": _undo,
    "add": _add,
    "withdraw": _withdraw,
    "state": _state,
    "correct": _correct,
    "gap": _gap,
    "write": _write,
    "pilot": _pilot,
    "pilot_end": _pilot_end,
    "leave": _leave,
    "stop": _stop,
    "check": _check,
    "assign": _assign,
    "postpone": _postpone,
    "full_text": _full_text,
    "discuss": _discuss,
    "adopt": _adopt,
    "respelled": _respelled,
}


def visible(conn: Connection) -> object:
    """Everything a person can see of the review's state, times and event ids aside."""
    return (
        reports.listing(conn),
        [(v.report, v.stage, v.reviewer, v.vote, v.reason) for v in active_decisions.votes(conn)],
        [(t.report, t.dimension, t.value, t.reviewer) for t in active_decisions.tags(conn)],
        [active_decisions.notes(conn, r.id) for r in reports.listing(conn)],
        field_choices.chosen_fields(conn),
        {n: (s.text, s.none, s.reviewer) for n, s in search_statements.in_force(conn).items()},
        {
            (gap, aspect): (word.value, word.text, word.reviewer)
            for gap, of in gap_statements.in_force(conn).items()
            for aspect, word in of.items()
        },
        {
            (document, item): (said.text, said.none, said.reviewer)
            for document in ("prisma2020", "flow-diagram")
            for item, said in report_texts.in_force(conn, document).items()
        },
    )
