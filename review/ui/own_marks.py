"""The words that are marked for the person at work: the protocol's and their own."""

from __future__ import annotations

from review.screening import preferences
from review.ui import paper_card
from review.workspace import Workspace


def words(ws: Workspace, reviewer: str) -> paper_card.Words:
    """The words to mark, those of the protocol first, without what this person has switched off."""
    mine = preferences.marked_words(ws, reviewer)
    if not mine.shown:
        return ()
    protocol = paper_card.words_of(ws.protocol.highlights)
    own = ((paper_card.own_group(g.colour, g.name), g.phrases) for g in mine.own)
    return (*((g, w) for g, w in protocol if g not in mine.hidden), *own)
