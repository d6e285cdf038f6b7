"""Adding or mending the title and abstract of a record by hand, with where the text is from."""

from __future__ import annotations

from collections.abc import Mapping

from review import outdated
from review.errors import DecisionError
from review.events import Event, RecordMended
from review.outdated import Shown
from review.plain_text import clean
from review.store import log, records, reports
from review.workspace import Workspace

FIELDS = ("title", "abstract")
"""Fields that a person may mend."""

LONGEST = {"title": 5_000, "abstract": 100_000}
"""Signs that a text may have."""


def mend(
    ws: Workspace,
    name: str,
    reviewer: str,
    texts: Mapping[str, str],
    source: str,
    *,
    record: str = "",
    shown: Shown | None = None,
    was: Mapping[str, str] | None = None,
) -> Event[RecordMended]:
    """Put other texts in place of those that a report is shown with.

    They are kept with the record that leads the report, and shown though another of its records
    has a longer one (`review.store.field_choices`).

    What was stays in the log, and an undo brings it back. Who has voted on the report before is
    told that it changed (`review.store.changed_since_votes`); no vote changes by it.

    Args:
        texts: field of `FIELDS` -> text.
        source: where it is from, such as "publisher's page, 4 May 2026".
        record: another record of the report.
        shown: what the page showed, where it may be old.
        was: field -> what stood there on that page; a text that is the same is no change.

    Raises:
        DecisionError: no source, nothing that differs, an empty title, a text that is too long, or
            the report or what is changed is not what was ``shown`` any more.
        NotFoundError: nothing has that name.
    """
    source = " ".join(clean(source).split())
    if not source:
        raise DecisionError("Say where the text is from.")
    if unknown := set(texts) - set(FIELDS):
        raise DecisionError(f"{', '.join(sorted(unknown))} cannot be mended by hand.")
    with ws.store.write() as conn:
        on = outdated.membership(conn, name, shown)
        id_ = record or on.lead
        if id_ not in on.records:
            raise DecisionError(f"{id_} is not a record of {on.report}.")
        now = records.get(conn, id_)
        read = now if record else reports.get(conn, on.report).lead
        changes: dict[str, tuple[str, str]] = {}
        for field, text in texts.items():
            said = clean(text).strip()
            if len(said) > LONGEST[field]:
                raise DecisionError(f"The {field} has {len(said):,} signs; {LONGEST[field]:,} fit.")
            if field == "title" and not said:
                raise DecisionError("A title cannot be empty.")
            here = getattr(read, field)
            before = was.get(field, here) if was else here
            if said in (here, clean(before).strip()):
                continue
            if before != here:
                raise outdated.mended_meanwhile(conn, field, on)
            changes[field] = (getattr(now, field), said)
        if not changes:
            raise DecisionError("Nothing differs from what stands there.")
        mended = RecordMended(
            record=id_, report=on.report, reviewer=reviewer, source=source, changes=changes
        )
        (done,) = log.append(conn, reviewer, [mended], protocol=outdated.version_read(ws, shown))
    return done
