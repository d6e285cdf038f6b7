"""Words of a paper that a person selects become the quote of the code they gave last."""

from __future__ import annotations

from review.coding.code_events import NOTED, PAIRED, RESULT
from review.coding.findings import add_finding
from review.coding.service import tag
from review.events import Event, FindingWritten, TagGiven
from review.outdated import Shown
from review.people import same_person
from review.store import Connection, log, reports
from review.workspace import Workspace


def quote_newest(
    ws: Workspace,
    report: str,
    reviewer: str,
    words: str,
    place: str = "",
    *,
    shown: Shown | None = None,
) -> Event | None:
    """Take words as the quote of the newest tag or finding that a person gave a report.

    The older wording stays in the log. A tag that was confirmed by a finding is the finding's.

    Args:
        place: where they stand in a full text; ``""`` for title and abstract.
        shown: as for `review.coding.service.tag`.

    Returns:
        What was written; None where the person has given nothing that counts.

    Raises:
        OutdatedError: the report is not what was ``shown`` any more.
        DecisionError: the form of the report is finished.
        NotFoundError: no such report.
    """
    with ws.store.read() as conn:
        last = _newest(conn, report, reviewer)
    if last is None:
        return None
    said = last.data
    if isinstance(said, TagGiven):
        return tag(
            ws, report, said.dimension, said.value, reviewer, words, said.suggestion,
            quote_place=place, shown=shown,
        )  # fmt: skip
    as_before = {name: getattr(said, name) for name in (*PAIRED, *NOTED, *RESULT, "direction", "n")}
    return add_finding(
        ws, report, reviewer=reviewer, **as_before, quote=words, quote_place=place,
        replaces=last.id, shown=shown,
    )  # fmt: skip


def _newest(conn: Connection, report: str, reviewer: str) -> Event | None:
    """The newest code of a person on a report that counts."""
    on = reports.membership(conn, report)
    codes = [
        event
        for event, counts in log.about(conn, on.records)
        if counts and same_person(event.by, reviewer) and _is_code(event)
    ]
    return codes[-1] if codes else None


def _is_code(event: Event) -> bool:
    said = event.data
    return isinstance(said, FindingWritten) or (isinstance(said, TagGiven) and not said.finding)
