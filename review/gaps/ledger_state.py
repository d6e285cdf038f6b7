"""The ledger of gaps of a review, as pages, commands and exports ask for it, and people's words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from review.errors import DecisionError, OutdatedError
from review.events import Event, GapStated
from review.events.gaps import Aspect
from review.gaps import gap_rules, service
from review.gaps import matrix as matrices
from review.gaps.cell_details import members
from review.gaps.column_groups import CLASS, by_class, groups_of, label
from review.gaps.filters import Filters
from review.gaps.ledger import (
    RECENT_YEARS,
    Bar,
    GapRow,
    GapStatus,
    Ledger,
    LookedAt,
    Place,
    Priority,
    View,
    Word,
    build,
)
from review.gaps.ledger_table import COLUMNS, table
from review.gaps.ledger_views import of_cells, of_claims, of_rows
from review.gaps.model import DESIGN, FINDING_DIMENSIONS, TableRow
from review.gaps.narrowing import wanted
from review.model import SearchRun
from review.outdated import NOTHING_STORED
from review.protocol.codebook import Codebook
from review.protocol.model import Claim, Protocol, Search
from review.spreadsheet import write_csv
from review.store import gap_statements, log, withdrawals
from review.store.gap_statements import GapStatement
from review.workspace import Workspace

LONGEST = 4_000
"""Characters of a note."""


def ledger(
    ws: Workspace,
    rows: str = service.AXES[0],
    columns: str = service.AXES[1],
    filters: Filters | None = None,
    *,
    year: int | None = None,
) -> Ledger:
    """The ledger of gaps as it stands: of the rows and cells of one map, and of all claims.

    Args:
        rows, columns, filters: as for `service.gap_map`; columns are taken together by group.
        year: the present year, where it is not that of the clock.

    Raises:
        DecisionError: no such dimension, or the same one twice.
    """
    book = ws.protocol.codebook
    filters = filters or Filters()
    with ws.store.read() as conn:
        said = gap_statements.in_force(conn)
        coders = gap_statements.coders(conn)
        disputed = gap_statements.disputed(conn, [book.id_of(n) for n in FINDING_DIMENSIONS])
        runs = withdrawals.runs_in_force(conn)
    last = {s.name: service.newest_complete(s, runs) for s in ws.protocol.searches}
    looks = _Looks(ws.protocol, last)
    asked = ws, rows, columns, looks
    every = _view(*asked, filters)
    since = (year or datetime.now(UTC).year) - RECENT_YEARS + 1
    views = {bar: _view(*asked, under) for bar, under in _bars(ws, filters, since).items()}
    views[Bar.AGREED] = _view(*asked, filters, without=disputed) if disputed else every
    places = dict.fromkeys((*every, *views[Bar.CONFIRMED]))
    words = {gap: {str(a): _word(one) for a, one in of.items()} for gap, of in said.items()}
    found = build(every, views, {place: words_of(ws.protocol, place) for place in places}, words)
    return Ledger(
        book.dimension(rows).name,
        book.dimension(columns).name,
        tuple(
            replace(
                row,
                looked=looks.of(row.place),
                coders=_coders(row, coders),
                claims=tuple(c.id for c in ws.protocol.claims if _asks(c, row.place)),
                needs=ws.protocol.claim(row.place.claim).needs if row.place.claim else "",
            )
            for row in found
        ),
        tuple(views),
    )


def _bars(ws: Workspace, filters: Filters, since: int) -> dict[Bar, Filters]:
    """The bars that are filters of the map; low risk of bias once anybody has judged any."""
    low, high = filters.years
    found = {
        Bar.CONFIRMED: replace(filters, confirmed_only=True),
        Bar.LOW_RISK: replace(filters, risk_of_bias=("low",)),
        Bar.RECENT: replace(filters, years=(max(since, low or since), high)),
    }
    if not service.risk_of_bias(ws):
        del found[Bar.LOW_RISK]
    return found


def _view(
    ws: Workspace,
    rows: str,
    columns: str,
    looks: _Looks,
    filters: Filters,
    without: Collection[str] = (),
) -> View:
    """What one look at the evidence says of every place.

    Args:
        without: reports that do not count.
    """
    book = ws.protocol.codebook
    parts = service.map_parts(ws, rows, columns, filters)
    part = "agreed" if without else ""
    if without:
        facts = tuple(one for one in parts["facts"] if one.id not in without)
        parts |= {"facts": facts, "before": None}
    found, placed = matrices.build_with_table(**parts, hidden=False)
    designs: Sequence[TableRow] = placed if found.column_dimension == DESIGN else ()
    if DESIGN not in (found.row_dimension, found.column_dimension):
        _, designs = matrices.build_with_table(**{**parts, "columns": DESIGN}, hidden=False)
    shown = by_class(found, placed, groups_of(book.dimension(found.column_dimension)))
    claims = service.levels(ws, parts["facts"], filters, part)
    want = wanted(filters, book, ws.protocol.frame.exposure)
    left = service.conclusions_of(ws).claims.of(filters, part).passing(parts["facts"], want)
    return {
        **of_rows(found, designs, book),
        **of_cells(shown, {one.id: one for one in left}, designs, book),
        **of_claims(claims, {c.id: looks.at_claim(c) for c in ws.protocol.claims}),
    }


class _Looks:
    """Which searches cover which places, and when each last ran to its end."""

    def __init__(self, protocol: Protocol, runs: Mapping[str, SearchRun | None]) -> None:
        book = protocol.codebook
        self._protocol = protocol
        self._searches: list[tuple[Search, dict[str, frozenset[str]], LookedAt]] = []
        for search in protocol.searches:
            run = runs[search.name]
            seen = LookedAt(search.name, search.label)
            if run is not None:
                seen = LookedAt(search.name, search.label, run.id, run.finished, run.actor)
            self._searches.append((search, service.area_of(book, search), seen))

    def of(self, place: Place) -> tuple[LookedAt, ...]:
        """The searches that were meant to find what a place lacks."""
        asked = (
            claim_lists(self._protocol.claim(place.claim))
            if place.claim
            else {name: members(self._protocol.codebook, name, value) for name, value in place.at}
        )
        return self._covering(asked)

    def at_claim(self, claim: Claim) -> gap_rules.Looked:
        """Whether any of them ran to its end."""
        return gap_rules.Looked(any(one.run for one in self._covering(claim_lists(claim))))

    def _covering(self, asked: Mapping[str, Collection[str]]) -> tuple[LookedAt, ...]:
        return tuple(
            seen
            for _, area, seen in self._searches
            if all(name not in area or area[name] & set(values) for name, values in asked.items())
        )


CLAIM_LISTS = ("exposure", "population", "outcome", "safety", "comparator", "timing", "duration")


def claim_lists(claim: Claim) -> dict[str, frozenset[str]]:
    """The values a claim asks for, by dimension."""
    lists = {name: frozenset(getattr(claim, name)) for name in CLAIM_LISTS}
    lists["outcome"] |= frozenset(claim.outcome_and)
    return {name: values for name, values in lists.items() if values}


def _asks(claim: Claim, place: Place) -> bool:
    """Whether a claim asks for the values of a row or a cell; study designs aside."""
    if place.claim:
        return False
    lists = claim_lists(claim)
    asked = [(name, value) for name, value in place.at if name != DESIGN]
    return (
        claim.testable
        and bool(asked)
        and all(value in lists.get(name, ()) for name, value in asked)
    )


def _coders(row: GapRow, coders: Mapping[str, Mapping[str, datetime]]) -> dict[str, datetime]:
    """Who coded the reports of a gap, and when last."""
    found: dict[str, datetime] = {}
    for report in row.evidence.reports:
        for who, at in coders.get(report, {}).items():
            found[who] = max(at, found.get(who, at))
    return dict(sorted(found.items()))


def words_of(protocol: Protocol, place: Place) -> str:
    """A place in words."""
    if place.claim:
        return protocol.claim(place.claim).text
    book = protocol.codebook
    return " × ".join(label(book.dimension(name), value) for name, value in place.at)


def _word(one: GapStatement) -> Word:
    return Word(one.event, one.aspect, one.value, one.text, one.reviewer, one.at, one.active)


def history(ws: Workspace, gap: str) -> tuple[Word, ...]:
    """Everything that people ever said of a gap, oldest first."""
    with ws.store.read() as conn:
        return tuple(_word(one) for one in gap_statements.every(conn, gap))


def said_of(ws: Workspace, gap: str) -> str:
    """The priority that stands of a gap; ``""`` for none."""
    with ws.store.read() as conn:
        word = gap_statements.in_force(conn).get(gap, {}).get("priority")
    return word.value if word else ""


def prioritise(
    ws: Workspace, gap: str, priority: str, reviewer: str, *, shown: str | None = None
) -> Event:
    """Say how urgent a gap is; ``none`` or ``""`` for no priority.

    Args:
        gap: id of a row of the ledger.
        shown: id of the statement that stood when the press was drawn, ``""`` for none; None where
            that is not known. So in all that follows.

    Raises:
        DecisionError: no such gap, no such priority, nobody is named, or it is said already. So in
            all that follows.
        OutdatedError: somebody else has said something since. So in all that follows.
    """
    try:
        value = Priority(priority.strip().lower().replace("none", ""))
    except ValueError:
        known = ", ".join(one for one in Priority if one)
        raise DecisionError(f"There is no priority '{priority}'. Use {known}, or none.") from None
    return _state(ws, gap, "priority", reviewer, value=str(value), shown=shown)


def note(ws: Workspace, gap: str, text: str, reviewer: str, *, shown: str | None = None) -> Event:
    """Write a note on a gap; an empty one takes it away."""
    return _state(ws, gap, "note", reviewer, text=text, shown=shown)


def set_aside(
    ws: Workspace, gap: str, why: str, reviewer: str, *, shown: str | None = None
) -> Event:
    """Set a gap aside, with the reason; evidence closes it all the same."""
    if not why.strip():
        raise DecisionError("Say why the gap is set aside.")
    value = str(GapStatus.SET_ASIDE)
    return _state(ws, gap, "status", reviewer, value=value, text=why, shown=shown)


def reopen(ws: Workspace, gap: str, reviewer: str, *, shown: str | None = None) -> Event:
    """Open a gap again that was set aside."""
    return _state(ws, gap, "status", reviewer, value=str(GapStatus.OPEN), shown=shown)


def take_back(ws: Workspace, event: str, actor: str) -> Event:
    """Take a statement back; the one it had replaced stands again.

    Raises:
        NotFoundError: no such event.
        DecisionError: it is no statement on a gap, or was taken back or replaced.
    """
    with ws.store.write() as conn:
        if not isinstance(log.get(conn, event).data, GapStated):
            raise DecisionError(f"{event} says nothing of a gap.")
        return log.undo(conn, actor, event)


def _state(
    ws: Workspace,
    gap: str,
    aspect: Aspect,
    reviewer: str,
    *,
    value: str = "",
    text: str = "",
    shown: str | None,
) -> Event:
    place = place_of(ws.protocol, gap)
    text = text.strip()
    if len(text) > LONGEST:
        raise DecisionError(f"The text has {len(text):,} characters; {LONGEST:,} are the most.")
    if not reviewer.strip():
        raise DecisionError("Say who is working before you decide.")
    with ws.store.write() as conn:
        before = gap_statements.in_force(conn).get(place.id, {}).get(aspect)
        if shown is not None and shown != (before.event if before else ""):
            who = f"{before.reviewer} has said" if before else "Somebody took back"
            raise OutdatedError(f"{who} the {aspect} of this gap meanwhile. {NOTHING_STORED}")
        stands = (before.value, before.text) if before else _UNSAID[aspect]
        if stands == (value, text):
            raise DecisionError(f"The {aspect} of this gap is that already.")
        return gap_statements.state(
            conn, GapStated(gap=place.id, aspect=aspect, value=value, text=text, reviewer=reviewer)
        )


_UNSAID: Mapping[Aspect, tuple[str, str]] = {
    "priority": ("", ""), "note": ("", ""), "status": (str(GapStatus.OPEN), ""),
}  # fmt: skip


def place_of(protocol: Protocol, gap: str) -> Place:
    """The place that an id names.

    Raises:
        DecisionError: it names none.
    """
    if gap.startswith("claim:"):
        name = gap.removeprefix("claim:")
        if name in {claim.id for claim in protocol.claims}:
            return Place(claim=name)
    at: list[tuple[str, str]] = []
    for part in gap.split("+"):
        dimension, _, value = part.partition(":")
        known = protocol.codebook.find(dimension)
        if (
            known is None
            or known.name != dimension
            or not _known(protocol.codebook, known.name, value)
        ):
            raise DecisionError(
                f"There is no gap '{gap}'. The ledger lists the ids of all there are."
            )
        at.append((dimension, value))
    return Place(tuple(at))


def _known(book: Codebook, dimension: str, value: str) -> bool:
    if value.startswith(CLASS):
        return bool(members(book, dimension, value))
    return book.has(dimension, value)


def write_csv_of(found: Ledger, path: Path) -> int:
    """Write the ledger as a table, in its order.

    Returns:
        How many rows it has.
    """
    return write_csv(path, COLUMNS, table(found))


def row_of(found: Ledger, gap: str) -> GapRow:
    """One row of the ledger.

    Raises:
        DecisionError: it has none of this id.
    """
    try:
        return found.row(gap)
    except KeyError:
        raise DecisionError(
            f"There is no gap '{gap}'. The ledger lists the ids of all there are."
        ) from None


def narrowed(found: Ledger, rows: Sequence[GapRow]) -> Ledger:
    """The same ledger with some of its rows."""
    return replace(found, rows=tuple(rows))
