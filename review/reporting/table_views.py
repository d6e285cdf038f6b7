"""Views of tables that one person has saved: a table with some of its columns, under a name.

Kept in the log under the person's name, so a view is the same in every browser. It hides columns
and decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from review.errors import DecisionError
from review.events import PreferenceSet
from review.store import log, reading
from review.workspace import Workspace

VIEWS = "views of tables"
LONGEST_NAME, MOST = 60, 50


@dataclass(frozen=True, slots=True)
class View:
    """A table with some of its columns, in their order."""

    name: str
    table: str
    columns: tuple[str, ...]


def saved(ws: Workspace, reviewer: str) -> dict[str, View]:
    """The views of this person by name, in the order in which they were saved."""
    if not reviewer:
        return {}
    with ws.store.read() as conn:
        said = reading.preferences(conn, reviewer).get(VIEWS) or []
    views = (View(str(v["name"]), str(v["table"]), tuple(map(str, v["columns"]))) for v in said)
    return {view.name: view for view in views}


def save(ws: Workspace, reviewer: str, name: str, table: str, columns: Sequence[str]) -> View:
    """Keep a view; one of the same name is replaced.

    Raises:
        DecisionError: no person, no name, one that is too long, no columns, or too many views.
    """
    name = " ".join(name.split())
    if not reviewer:
        raise DecisionError("Enter your name first: views are kept under it.")
    if not name or len(name) > LONGEST_NAME:
        raise DecisionError(f"Give the view a name of up to {LONGEST_NAME} signs.")
    if not columns:
        raise DecisionError("Choose at least one column.")
    view = View(name, table, tuple(columns))
    _keep(ws, reviewer, {**saved(ws, reviewer), name: view})
    return view


def forget(ws: Workspace, reviewer: str, name: str) -> None:
    """Remove a view; nothing happens where there is none."""
    found = saved(ws, reviewer)
    if found.pop(name, None) is not None:
        _keep(ws, reviewer, found)


def _keep(ws: Workspace, reviewer: str, found: dict[str, View]) -> None:
    if len(found) > MOST:
        raise DecisionError(f"There are {MOST} views already. Remove one first.")
    value = [{"name": v.name, "table": v.table, "columns": list(v.columns)} for v in found.values()]
    with ws.store.write() as conn:
        log.append(conn, reviewer, [PreferenceSet(reviewer=reviewer, name=VIEWS, value=value)])
