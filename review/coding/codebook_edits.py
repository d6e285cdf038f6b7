"""Changing the codebook in mid-review: its file is edited, and the log keeps who, when and what.

The text of every version stands in the log, so an edit can be taken back with all that was recoded
because of it. An edit by hand of the same file has the same effect on the reports.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from review import protocol as protocols
from review.coding.code_events import named
from review.coding.value_lookup import dimension_named, value_named
from review.errors import DecisionError
from review.events import (
    CodebookEdited,
    CodebookPutBack,
    CodesSettled,
    Event,
    FindingRemoved,
    FindingsSettled,
    FindingWritten,
    ProtocolAdopted,
    RecodingKept,
    TagGiven,
    TagRemoved,
    Undone,
)
from review.protocol import codebook_text
from review.protocol.codebook import Dimension, Value
from review.protocol.loading import CODEBOOK_FILE, PROTOCOL_FILE
from review.protocol.model import Protocol
from review.sources import registry
from review.spreadsheet import whole_file
from review.store import Connection, log
from review.workspace import Workspace, adopt_protocol, adoption

ANSWERS = (
    TagGiven, TagRemoved, FindingWritten, FindingRemoved, CodesSettled, FindingsSettled,
    RecodingKept,
)  # fmt: skip
"""Events by which reports are recoded."""


@dataclass(frozen=True, slots=True)
class NewValue:
    """A value about to be added.

    Attributes:
        id: as kept in tags; made of the label when blank.
        definition: when a person should give it; the label when blank.
    """

    label: str
    definition: str = ""
    id: str = ""

    @property
    def name(self) -> str:
        """Its id."""
        return self.id or re.sub(r"[^a-z0-9]+", "_", self.label.lower()).strip("_")


def add(
    ws: Workspace, dimension: str, value: NewValue, reviewer: str, *, beside: str = ""
) -> Workspace:
    """Add a value to a dimension; it stands behind ``beside``, in its group and of its kind.

    Returns:
        The review with the new codebook in force. So in all that follows.

    Raises:
        DecisionError: no such dimension or value, an id that is taken, a text that cannot be
            edited, or a file that was changed since it was read. So in all that follows.
        ProtocolError: the codebook would hold mistakes; nothing was changed. So too.
    """
    asked = dimension_named(ws.protocol.codebook, dimension)
    near = asked.value(value_named(asked, beside)) if beside else asked.values[-1]
    text = _added(_text(ws), asked, [value], near, parent="" if not beside else near.parent)
    return _put(ws, text, reviewer, [("add", asked.id, value.name, ())])


def rename(ws: Workspace, dimension: str, value: str, label: str, reviewer: str) -> Workspace:
    """Call a value otherwise; its id and what was given it stay."""
    asked, id_ = _named(ws, dimension, value)
    if not label.strip():
        raise DecisionError("A value needs a name.")
    text = codebook_text.set_field(_text(ws), asked.id, id_, "label", label.strip())
    return _put(ws, text, reviewer, [("rename", asked.id, id_, (label.strip(),))])


def retire(ws: Workspace, dimension: str, value: str, reviewer: str) -> Workspace:
    """Offer a value no more; the reports that have it are to be looked at again."""
    asked, id_ = _named(ws, dimension, value)
    text = _retired(_text(ws), asked.id, id_, ())
    return _put(ws, text, reviewer, [("retire", asked.id, id_, ())])


def split(
    ws: Workspace, dimension: str, value: str, into: Sequence[NewValue], reviewer: str
) -> Workspace:
    """Put several finer values in place of one, which is retired and counts as their broader one.

    The reports that have it are to be looked at again, and one of the new values is offered.
    """
    asked, id_ = _named(ws, dimension, value)
    if len(into) < 2:
        raise DecisionError("A value is split into two values at least.")
    text = _added(_text(ws), asked, into, asked.value(id_), parent=id_)
    names = tuple(one.name for one in into)
    text = _retired(text, asked.id, id_, names)
    return _put(ws, text, reviewer, [("split", asked.id, id_, names)])


def merge(
    ws: Workspace, dimension: str, values: Sequence[str], into: str, reviewer: str
) -> Workspace:
    """Retire values in favour of another one; their reports are to be looked at again, and it is
    offered."""
    asked, target = _named(ws, dimension, into)
    ids = [id_ for v in values if (id_ := value_named(asked, v)) != target]
    if not ids:
        raise DecisionError("Name the values that are merged into another one.")
    text = _text(ws)
    for id_ in ids:
        text = _retired(text, asked.id, id_, (target,))
    return _put(ws, text, reviewer, [("merge", asked.id, id_, (target,)) for id_ in ids])


def edits(ws: Workspace) -> list[Event[CodebookEdited]]:
    """Edits of the codebook that are not taken back, newest first."""
    with ws.store.read() as conn:
        return _edits(conn)


def undo_edit(ws: Workspace, reviewer: str) -> Workspace:
    """Put the codebook back as it was before its newest edit, and the codes that were recoded.

    Raises:
        DecisionError: nothing was edited, or the files have changed since.
    """
    who = named(reviewer)
    with ws.store.write() as conn:
        done = _edits(conn)
        if not done:
            raise DecisionError("No edit of the codebook is there to take back.")
        after = done[0].data.after
        step = [e for e in done if e.data.after == after]
        # Comments are no part of a version, and are not lost either.
        if ws.protocol.version != after or _text(ws) != _text_of(conn, after):
            raise DecisionError(
                "The protocol or codebook was changed since this edit, so it cannot be taken back; "
                "edit the file instead."
            )
        old = _loaded(ws, _text_of(conn, step[0].data.before))
        first = min(e.seq for e in step)
        said = {recodes(e.data.dimension, e.data.value) for e in step}
        since = [
            e.id
            for e in log.events(conn, ANSWERS)
            if e.seq > first and _answers(e) in said and log.counts(conn, e.id)
        ]
        if since:
            log.append(conn, who, [Undone(cancels=tuple(since))], protocol=old.version)
        log.append(
            conn, who, [CodebookPutBack(reviewer=who, edit=e.id) for e in step],
            protocol=old.version,
        )  # fmt: skip
        log.append(conn, who, [adoption(old)], protocol=old.version)
        _write(ws, old.files[CODEBOOK_FILE])
    return replace(ws, protocol=old)


def recodes(dimension: str, value: str) -> str:
    """How an event names the value of the codebook that it takes the place of."""
    return f"{dimension}={value}"


def _answers(event: Event) -> str:
    if isinstance(event.data, RecodingKept):
        return recodes(event.data.dimension, event.data.value)
    return str(getattr(event.data, "recodes", ""))


def _edits(conn: Connection) -> list[Event[CodebookEdited]]:
    back = {e.data.edit for e in log.events(conn, (CodebookPutBack,))
            if isinstance(e.data, CodebookPutBack)}  # fmt: skip
    found: list[Event[CodebookEdited]] = [
        e  # type: ignore[misc]
        for e in log.events(conn, (CodebookEdited,))
        if e.id not in back
    ]
    return found[::-1]


def _text_of(conn: Connection, version: str) -> str:
    """The text that the codebook had last in a version of the protocol."""
    for event in list(log.events(conn, (ProtocolAdopted,)))[::-1]:
        if isinstance(event.data, ProtocolAdopted) and event.data.version == version:
            return event.data.text[CODEBOOK_FILE]
    raise DecisionError(f"The log holds no version {version} of the protocol.")


def _named(ws: Workspace, dimension: str, value: str) -> tuple[Dimension, str]:
    asked = dimension_named(ws.protocol.codebook, dimension)
    return asked, value_named(asked, value)


def _text(ws: Workspace) -> str:
    """The codebook as its file stands, which must be the one that was read."""
    text = (ws.config.data / CODEBOOK_FILE).read_text(encoding="utf-8")
    if text != ws.protocol.files[CODEBOOK_FILE]:
        raise DecisionError("The codebook was changed since this page was drawn; look again first.")
    return text


def _added(
    text: str,
    asked: Dimension,
    new: Sequence[NewValue],
    near: Value,
    *,
    parent: str | None,
) -> str:
    taken: Collection[str] = {v.id for v in asked.values}
    behind = near.id
    for one in new:
        if not one.name or one.name in taken:
            raise DecisionError(
                f"{asked.label} has a value {one.name} already."
                if one.name
                else "A value needs a name."
            )
        fields = {
            "id": one.name,
            "label": one.label.strip(),
            "group": near.group,
            "parent": parent or "",
            "evidence": near.evidence or "",
            "kinds": near.kinds or (),
            "definition": one.definition.strip() or one.label.strip(),
        }
        text = codebook_text.add_value(text, asked.id, fields, behind)
        behind, taken = one.name, {*taken, one.name}
    return text


def _retired(text: str, dimension: str, value: str, becomes: tuple[str, ...]) -> str:
    if becomes:
        text = codebook_text.set_field(text, dimension, value, "becomes", becomes)
    return codebook_text.set_field(text, dimension, value, "retired", True)


def _put(
    ws: Workspace,
    text: str,
    reviewer: str,
    done: Iterable[tuple[str, str, str, tuple[str, ...]]],
) -> Workspace:
    """Put an edited text in force: checked, in the log with the older one, and in the file."""
    who = named(reviewer)
    new = _loaded(ws, text)
    adopt_protocol(ws, who)  # so that the log holds the text before
    before = ws.protocol.version
    said = [
        CodebookEdited(
            reviewer=who, action=action, dimension=dimension, value=value, into=into,
            before=before, after=new.version,
        )
        for action, dimension, value, into in done
    ]  # fmt: skip
    with ws.store.write() as conn:
        if _text_of(conn, before) != ws.protocol.files[CODEBOOK_FILE]:  # other comments
            log.append(conn, who, [adoption(ws.protocol)], protocol=before)
        log.append(conn, who, said, protocol=new.version)
        log.append(conn, who, [adoption(new)], protocol=new.version)
        _write(ws, text)
    return replace(ws, protocol=new)


def _loaded(ws: Workspace, text: str) -> Protocol:
    """The protocol with another text of its codebook.

    Raises:
        ProtocolError: it would hold mistakes.
    """
    with tempfile.TemporaryDirectory() as folder:
        for name, content in ((PROTOCOL_FILE, ws.protocol.files[PROTOCOL_FILE]),
                              (CODEBOOK_FILE, text)):  # fmt: skip
            (Path(folder) / name).write_text(content, encoding="utf-8")
        return protocols.load(Path(folder), registry.all_sources())


def _write(ws: Workspace, text: str) -> None:
    """Write the file as the last step before the log is committed."""
    with whole_file(ws.config.data / CODEBOOK_FILE) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="")
