"""The search log as PRISMA-S asks for it: each item with what the review knows of it.

Items are those of PRISMA-S (Rethlefsen et al. 2021, https://doi.org/10.1186/s13643-020-01542-z).
What nobody said is left blank: "none" stands only where a person wrote it.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass

from review.events import Deduplicated
from review.model import (
    SearchRun,
    citations_of,
    is_citation_search,
    is_register,
    is_similarity_search,
)
from review.search import citations, prisma_s
from review.search.prisma_s import Item
from review.search.runs import platform_of
from review.sources import registry
from review.spreadsheet import escape
from review.store import (
    Connection,
    bulk_reads,
    edges,
    log,
    run_checkpoints,
    search_statements,
    withdrawals,
)
from review.store.search_statements import Statement
from review.workspace import Workspace

COLUMNS = ("item", "name", "about", "value", "known", "by", "at", "protocol")

NONE = "none"


@dataclass(frozen=True, slots=True)
class SearchLogLine:
    """One line of the log.

    Attributes:
        item: number of the item, 1 to 16.
        about: the run, search or source it speaks of; ``""`` for the whole review.
        value: what is known, ``""`` for nothing.
        known: ``recorded`` by this tool, ``stated`` by a person, or ``not stated``.
        by: who stated it, where the review's log says so.
        at: when, ISO 8601 in UTC.
        protocol: version of the protocol in force then.
    """

    item: int
    name: str
    about: str = ""
    value: str = ""
    known: str = "not stated"
    by: str = ""
    at: str = ""
    protocol: str = ""


@dataclass(frozen=True, slots=True)
class ItemLog:
    """All there is to one item.

    Attributes:
        recorded: what the tool wrote down, and what the protocol states of its searches; a line
            that is ``not stated`` names an imported file of which a person must speak.
        stated: what a person stated, None while nobody has.
        history: every statement there was, newest first.
    """

    item: Item
    recorded: tuple[SearchLogLine, ...]
    stated: Statement | None
    history: tuple[Statement, ...]

    @property
    def contradicted(self) -> bool:
        """Whether a person said that none was done, and the tool knows better."""
        none = self.stated is not None and self.stated.none
        return none and any(line.known == "recorded" for line in self.recorded)

    @property
    def may_be_none(self) -> bool:
        """Whether a person may say that none was done: not where the tool did some."""
        return self.item.may_be_none and all(line.known != "recorded" for line in self.recorded)

    @property
    def answered(self) -> bool:
        """Whether the item can be reported as it stands."""
        if self.stated is None:
            return bool(self.recorded) and all(line.value for line in self.recorded)
        return not self.contradicted

    @property
    def lines(self) -> tuple[SearchLogLine, ...]:
        """The item as lines of the log, at least one."""
        said = self.stated
        if said is None:
            return self.recorded or (SearchLogLine(self.item.number, self.item.name),)
        line = SearchLogLine(
            self.item.number,
            self.item.name,
            value=": ".join(filter(None, (NONE if said.none else "", said.text))),
            known="stated",
            by=said.reviewer,
            at=said.at.isoformat(timespec="seconds"),
            protocol=said.protocol,
        )
        return (*(known for known in self.recorded if known.value), line)


def items(ws: Workspace) -> list[ItemLog]:
    """Every item in order; runs that were withdrawn are left out."""
    with ws.store.read() as conn:
        recorded = _recorded(ws, conn)
        said = search_statements.every(conn)
    found = []
    for number, item in prisma_s.ITEMS.items():
        own = [s for s in said if s.item == number]
        found.append(
            ItemLog(
                item=item,
                recorded=tuple(
                    SearchLogLine(number, item.name, *line) for line in recorded[number]
                ),
                stated=next((s for s in reversed(own) if s.active), None),
                history=tuple(reversed(own)),
            )
        )
    return found


def entries(ws: Workspace) -> list[SearchLogLine]:
    """Every item in order, with as many lines as there is to say."""
    return [line for item in items(ws) for line in item.lines]


def recorded(ws: Workspace, number: int) -> list[SearchLogLine]:
    """What the tool wrote down of one item, and what the protocol states of its searches."""
    with ws.store.read() as conn:
        lines = _recorded(ws, conn)[number]
    return [SearchLogLine(number, prisma_s.ITEMS[number].name, *line) for line in lines]


def to_csv(lines: Iterable[SearchLogLine]) -> str:
    """The log as CSV; cells that a spreadsheet would run are made harmless."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in lines:
        writer.writerow([escape(str(value)) for value in astuple(line)])
    return out.getvalue()


_Lines = dict[int, list[tuple[str, str, str]]]
"""Item -> lines of what it is about, what is known, and how that is known."""


def _recorded(ws: Workspace, conn: Connection) -> _Lines:
    runs = withdrawals.runs_in_force(conn)[::-1]
    found: _Lines = defaultdict(list)
    for run in runs:
        _run_lines(ws, run, found, run_checkpoints.stops(conn, run.id) if run.resumed else [])
    _again(runs, found)
    for run in runs:
        if is_citation_search(run.source):
            by_hand = f"{_counted(run.received, 'record')} from a file"
            value = _followed(conn, run) if run.online else by_hand
            found[5].append((_about(run), value, "recorded"))
        if is_similarity_search(run.source):
            found[7].append((_about(run), f"{run.received} works most like a text", "recorded"))
    for source, n in bulk_reads.identified(conn).items():
        found[15].append((source, _counted(n, "record"), "recorded"))
        if is_register(source):
            found[3].append((source, _counted(n, "record"), "recorded"))
    _deduplication(conn, found)
    return found


def _deduplication(conn: Connection, found: _Lines) -> None:
    done = log.newest(conn, Deduplicated)
    if done is None:
        return
    last = done.data
    joined = edges.find(conn, "merge", active=True)
    told = f"{last.rules}: {_counted(last.merged, 'pair')} joined by rule in the last run"
    by_hand = len([e for e in joined if e.actor != last.rules])
    value = (
        f"{told}, {_counted(len(joined), 'join')} in force, {by_hand} of them under a person's name"
    )
    found[16].append(("", value, "recorded"))


def _run_lines(
    ws: Workspace,
    run: SearchRun,
    found: _Lines,
    stops: Sequence[str],
) -> None:
    about = _about(run)
    found[1].append((about, platform_of(run), "recorded"))
    if not run.online:  # how and when a file's records were searched for, only a person knows
        found[8].append((about, "", "not stated"))
        found[9].append((about, "", "not stated"))
        found[13].append((f"{about}, imported {run.started:%Y-%m-%d}", "", "not stated"))
    else:
        found[8].append((about, run.request, "recorded"))
        found[13].append((about, _when(run, stops), "recorded"))
    search = next((s for s in ws.protocol.searches if s.name == run.search), None)
    if search is not None:
        found[8].append((about, search.query, "stated"))
        found[9].append((about, search.limits, "stated"))
        for name, value in search.filters.items():
            found[9].append((about, f"{name}: {value}", "recorded"))
    known = run.promised is not None
    came = f"{run.received:,} of {_counted(run.promised or 0, 'record')}" if known else (
        _counted(run.received, "record")
    )  # fmt: skip
    ended = f"{came} received, {run.added:,} new; {run.status}"
    found[15].append((about, f"{ended}. {run.why}".strip(), "recorded"))


def _counted(n: int, one: str) -> str:
    return f"{n:,} {one}{'' if n == 1 else 's'}"


def _about(run: SearchRun) -> str:
    return f"{run.search} ({run.id})"


def _followed(conn: Connection, run: SearchRun) -> str:
    """The citations that a run followed, and the included reports that it could not follow."""
    source = registry.label_of(run.source.removesuffix(citations_of("")))
    words = f"{source}: works {run.search}"
    lost = [f"{p.id} {p.lead.title}".strip() for p in citations.left_out(conn, [run.id])]
    return f"{words}; not those {source} does not know: {'; '.join(lost)}" if lost else words


def _when(run: SearchRun, stops: Sequence[str]) -> str:
    when = f"{run.started:%Y-%m-%d %H:%M} UTC"
    if not stops:
        return when
    times = "once" if len(stops) == 1 else f"{len(stops)} times"
    return f"{when}; stopped and taken up again {times}: {' / '.join(stops)}"


def _again(runs: Sequence[SearchRun], found: _Lines) -> None:
    by_search: dict[tuple[str, str], list[SearchRun]] = defaultdict(list)
    for run in runs:
        by_search[run.search, run.request].append(run)
    for (name, _request), several in by_search.items():
        if len(several) > 1:
            days = ", ".join(f"{r.started:%Y-%m-%d}" for r in several)
            found[12].append((name, f"run {len(several)} times: {days}", "recorded"))
