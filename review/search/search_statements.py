"""What a person states of the searching where no tool can know it, and taking that back."""

from __future__ import annotations

from review.errors import DecisionError
from review.events import Event, SearchStated
from review.search import search_log
from review.search.prisma_s import ITEMS, PEER_REVIEW, Item, PeerReview
from review.store import log, search_statements
from review.workspace import Workspace

LONGEST = 20_000
"""Characters of a statement: a pasted strategy may be long, a pasted book is a mistake."""


def state(
    ws: Workspace,
    item: int,
    actor: str,
    text: str = "",
    *,
    none: bool = False,
    review: PeerReview | None = None,
) -> Event:
    """State one item of PRISMA-S; what was stated before is replaced, and stays in the log.

    Args:
        text: what was done; with ``none``, why none was, or nothing.
        none: none was done.
        review: the parts of a peer review (item 14), instead of a text.

    Raises:
        DecisionError: no such item, nothing is said, it is said already, or ``none`` cannot be
            true of the item.
    """
    asked = _item(item)
    if review is not None and item != PEER_REVIEW:
        raise DecisionError(f"A peer review is item {PEER_REVIEW}, not {item}.")
    if review is not None and not none:
        if not review.by.strip():
            raise DecisionError("Say who reviewed the search strategy.")
        text = review.words
    text = text.strip()
    if not text and not none:
        raise DecisionError(f"Write what was done for item {item}, {asked.name.lower()}.")
    if len(text) > LONGEST:
        raise DecisionError(f"The text has {len(text):,} characters; {LONGEST:,} are the most.")
    if none:
        _may_be_none(ws, asked)
    with ws.store.write() as conn:
        before = search_statements.in_force(conn).get(item)
        if before is not None and (before.text, before.none) == (text, none):
            raise DecisionError(f"Item {item} says that already.")
        details = review.details() if review is not None and not none else {}
        return search_statements.state(conn, actor, item, text, none=none, details=details)


def take_back(ws: Workspace, event: str, actor: str) -> Event:
    """Take a statement back; the one it had replaced stands again.

    Raises:
        NotFoundError: no such event.
        DecisionError: it is no statement, or was taken back or replaced.
    """
    with ws.store.write() as conn:
        if not isinstance(log.get(conn, event).data, SearchStated):
            raise DecisionError(f"{event} states nothing of the search.")
        return log.undo(conn, actor, event)


def _item(number: int) -> Item:
    if number not in ITEMS:
        raise DecisionError(f"PRISMA-S has the items 1 to {len(ITEMS)}; there is no {number}.")
    return ITEMS[number]


def _may_be_none(ws: Workspace, asked: Item) -> None:
    if not asked.may_be_none:
        raise DecisionError(f"Item {asked.number}, {asked.name.lower()}, cannot be none.")
    known = [line for line in search_log.recorded(ws, asked.number) if line.known == "recorded"]
    if known:
        raise DecisionError(
            f"Item {asked.number} cannot be none: the log has “{known[0].value}” "
            f"of {known[0].about or 'this review'}. Write what was done beside it."
        )
