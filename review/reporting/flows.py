"""The flow diagram of a review, now or since a version, with the words that people chose for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from review.errors import DecisionError
from review.events import Event, ReportStated
from review.plain_text import clean
from review.progress import NOBODY, Watch
from review.reporting import prisma
from review.reporting.earlier_version import NO_VERSION, Earlier, earlier
from review.reporting.flow_boxes import WORDS, Choices, Drawing
from review.reporting.flow_rows import RecordRow, ReportRow
from review.sources import registry
from review.store import Connection, bulk_reads, log, report_texts
from review.versions import service as versions
from review.workspace import Workspace

DOCUMENT = "flow-diagram"
"""Under which name the log keeps own words of boxes."""

LONGEST = 200
"""Characters of the words of a box."""


class Kind(StrEnum):
    """Which diagram of the PRISMA 2020 family is drawn."""

    NEW = "new"
    UPDATED = "updated"
    LIVING = "living"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which diagram is wanted, as `drawing` takes it.

    Attributes:
        since: number of the version that an update goes on from.
        living: both up to the version, and since.
    """

    since: int | None = None
    living: bool = False
    screening_reasons: bool = False
    without_empty: bool = False

    @property
    def kind(self) -> Kind:
        """The kind that follows from it."""
        if self.living:
            return Kind.LIVING
        return Kind.NEW if self.since is None else Kind.UPDATED

    def drawing(self, ws: Workspace, watch: Watch = NOBODY) -> Drawing:
        """The diagram; errors as of `drawing`."""
        return drawing(
            ws, self.kind, self.since, screening_reasons=self.screening_reasons,
            without_empty=self.without_empty, watch=watch,
        )  # fmt: skip


def flow(ws: Workspace) -> prisma.Flow:
    """The flow diagram as it stands, with the ids behind every box."""
    with ws.store.read() as conn:
        return flow_of(conn)


def flow_of(conn: Connection, version: Earlier = NO_VERSION) -> prisma.Flow:
    """The flow diagram within a transaction, or what of it was work since a version."""
    return prisma.flow(*_rows(conn), version)


def _rows(conn: Connection) -> tuple[list[RecordRow], list[ReportRow]]:
    return (
        [RecordRow._make(row) for row in bulk_reads.memberships(conn)],
        [ReportRow._make(row) for row in bulk_reads.decisions(conn)],
    )


def drawing(
    ws: Workspace,
    kind: Kind = Kind.NEW,
    since: int | None = None,
    *,
    screening_reasons: bool = False,
    without_empty: bool = False,
    watch: Watch = NOBODY,
) -> Drawing:
    """What is to be drawn.

    Args:
        since: number of the version that an updated or living review goes on from; the newest when
            None.
        screening_reasons: list the reasons at title and abstract too.
        without_empty: leave out lines, and the layer of retrieval, in which there is nothing.
        watch: told how far the state of that version is worked out, and asked whether to stop.

    Raises:
        DecisionError: there is no version that it could go on from.
        NotFoundError: there is no such version.
        Cancelled: on request.
    """
    with ws.store.read() as conn:
        choices = choices_in(conn, ws, screening_reasons, without_empty)
    title = ws.protocol.title
    if kind is Kind.NEW:
        return Drawing(flow(ws), choices, title=title)
    if since is None:
        known = versions.versions(ws)
        if not known:
            raise DecisionError(
                "The review has no version yet that an update could go on from. Make one first."
            )
        since = known[-1].number
    when = versions.moment(ws, str(since))
    with versions.as_it_was(ws, when, watch) as then, then.store.read() as conn:
        records, reports = _rows(conn)
    version = earlier(when.name, when.place.at.date(), records, reports)
    before = prisma.flow(records, reports) if kind is Kind.LIVING else None
    with ws.store.read() as conn:
        return Drawing(flow_of(conn, version), choices, before, title)


def choices_in(
    conn: Connection, ws: Workspace, screening_reasons: bool = False, without_empty: bool = False
) -> Choices:
    """Words for reasons and boxes as they are in force, and what the diagram shows."""
    return Choices(
        reasons={reason.id: reason.label for reason in ws.protocol.reasons},
        words=_own(conn),
        sources={name: source.label for name, source in registry.all_sources().items()},
        screening_reasons=screening_reasons,
        without_empty=without_empty,
    )


def _own(conn: Connection) -> dict[str, str]:
    found = report_texts.in_force(conn, DOCUMENT)
    return {box: one.text for box, one in found.items() if one.text != WORDS.get(box)}


def word_box(ws: Workspace, actor: str, box: str, text: str) -> Event:
    """Put a box in other words; its number stays what it is.

    Args:
        text: the words; ``""`` for those of the template again.

    Raises:
        DecisionError: there is no such box, it is said already, or it is too long.
    """
    said = " ".join(clean(text).split())
    if box not in WORDS:
        raise DecisionError(f"The diagram has no box '{box}'. Choose one of: {', '.join(WORDS)}.")
    if len(said) > LONGEST:
        raise DecisionError(f"The words have {len(said):,} characters; {LONGEST} are the most.")
    with ws.store.write() as conn:
        before = report_texts.in_force(conn, DOCUMENT).get(box)
        if said in ("", WORDS[box]):
            if before is None:
                raise DecisionError("That box has the words of the template already.")
            said = WORDS[box]
        if (before.text if before else WORDS[box]) == said:
            raise DecisionError("That box says so already.")
        stated = ReportStated(document=DOCUMENT, item=box, text=said, reviewer=actor)
        (done,) = log.append(conn, actor, [stated])
        return done
