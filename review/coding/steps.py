"""What belongs to one step of coding, so that taking it back leaves nothing of it behind."""

from __future__ import annotations

from review.coding.code_events import PAIRED
from review.events import Event, FindingWritten, TagGiven, Undone
from review.protocol.codebook import Codebook
from review.store import Connection, log


def newest_step(conn: Connection, codebook: Codebook, last: Event) -> list[str]:
    """The events that one key of undo takes back, that which stands for them first.

    Args:
        last: the newest step of a person; a tag that a finding said stands for that finding.
    """
    finding = last.data.finding if isinstance(last.data, TagGiven) else ""
    if finding and log.counts(conn, finding):
        last = log.get(conn, finding)
    return [last.id, *confirmed_with(conn, codebook, last)]


def confirmed_with(conn: Connection, codebook: Codebook, event: Event) -> list[str]:
    """The tags that were confirmed by a finding and that no later finding of the report says.

    A tag that stayed for another finding's sake, when its own was taken back, goes with the last
    that says it. A finding that is older than the tag has no claim to it: the tag was given since
    somebody had taken it off, so it was not there before.
    """
    if not isinstance(event.data, FindingWritten):
        return []
    around = [e for e, counts in log.about(conn, event.data.about) if counts]
    others = [e for e in around if isinstance(e.data, FindingWritten) and e.id != event.id]
    back = {one for e in around if isinstance(e.data, Undone) for one in e.data.cancels}
    said: dict[tuple[str, str], int] = {}  # -> place in the log of the newest that says it
    for other in others:
        for name in PAIRED:
            said[codebook.id_of(name), getattr(other.data, name)] = other.seq
    return [
        e.id
        for e in around
        if isinstance(e.data, TagGiven)
        and e.data.finding in {event.id, *back}
        and said.get((e.data.dimension, e.data.value), 0) < e.seq
    ]
