"""How the people of a review are written."""

from __future__ import annotations

from sqlalchemy import Connection, func, select, union_all

from review.people import person_key
from review.store.schema import event, finding, note, tag, vote


def spellings(conn: Connection, name: str) -> list[str]:
    """The names under which one person wrote events, the given one among them."""
    person = person_key(name)
    written = conn.execute(select(event.c.actor).distinct()).scalars()
    return sorted({name, *(actor for actor in written if person_key(actor) == person)})


def known_as(conn: Connection, name: str) -> str:
    """How the review writes this person: as given where it does, else as first; "" for a stranger.

    Those whose votes or codes were read from a file count like those who worked here.
    """
    person = person_key(name)
    names = [select(event.c.actor.label("name"), func.min(event.c.seq).label("first"))]
    names[0] = names[0].group_by(event.c.actor)
    for table in (vote, tag, finding, note):
        first = func.min(table.c.seq).label("first")
        names.append(select(table.c.reviewer.label("name"), first).group_by(table.c.reviewer))
    rows = union_all(*names).subquery()
    ordered = conn.execute(select(rows.c.name).order_by(rows.c.first)).scalars()
    same = [known for known in ordered if person_key(known) == person]
    return name if name in same else next(iter(same), "")
