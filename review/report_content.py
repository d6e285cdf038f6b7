"""What one report of a review holds, as files of our own carry it beside what any program reads.

Cells of a table and tags of a reference file hold a report as it is shown. Beside them our own
files carry, as JSON, what these cannot hold: the records that were joined in the report, each with
its source and key, and what people said of it. `docs/file-formats.md` describes the names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from review.model import Record, Stage, VoteValue

TEXTS = (
    "title", "journal", "volume", "issue", "pages", "doi", "pmid", "pmcid", "openalex_id", "isbn",
    "abstract", "language", "type", "url",
)  # fmt: skip
LISTS = ("authors", "keywords", "mesh", "study_designs", "labels")
FIELDS = (*TEXTS, *LISTS, "year", "retracted")
"""The fields of a record that files carry; its raw entry is in a bundle alone."""

KINDS = ("votes", "tags", "findings", "notes")
"""What people say of a report."""

_SIGNS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
"""Signs that programs change or refuse, and what a workbook takes for one of these."""


class _Said(BaseModel):
    """What one person said of a report; ``record`` is the record it was said of, "" for the first.

    ``time`` is in ISO 8601.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    record: str = ""
    reviewer: str
    time: str = ""


class VoteSaid(_Said):
    """A vote, with the fields of `review.events.VoteCast`."""

    stage: Stage
    vote: VoteValue
    reason: str = ""
    also: tuple[str, ...] = ()
    note: str = ""
    final: bool = False
    covers: tuple[str, ...] = ()
    settles: tuple[str, ...] = ()


class TagSaid(_Said):
    """A value of the codebook."""

    dimension: str
    value: str
    quote: str = ""


class FindingSaid(_Said):
    """A finding, with the fields of `review.model.Finding`."""

    exposure: str
    population: str
    outcome: str
    study_design: str
    instrument: str = ""
    comparator: str = ""
    duration: str = ""
    direction: str = ""
    quote: str = ""
    dose: str = ""
    timing: str = ""
    n: int | None = None
    effect: str = ""
    effect_unit: str = ""
    effect_interval: str = ""
    quote_place: str = ""


class NoteSaid(_Said):
    """A note."""

    text: str = ""


class _Joined(BaseModel):
    """One record of a report: its id in the review it comes from, and the fields that differ from
    what stands beside; ``shown`` are the fields that a person wants shown as this record has them.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    id: str
    source: str
    key: str
    shown: list[str] = []
    title: str | None = None
    journal: str | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    openalex_id: str | None = None
    isbn: str | None = None
    abstract: str | None = None
    language: str | None = None
    type: str | None = None
    url: str | None = None
    authors: list[str] | None = None
    keywords: list[str] | None = None
    mesh: list[str] | None = None
    study_designs: list[str] | None = None
    labels: list[str] | None = None
    year: int | None = None
    retracted: bool | None = None


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    study: str = ""
    records: list[_Joined]
    votes: tuple[VoteSaid, ...] = ()
    tags: tuple[TagSaid, ...] = ()
    findings: tuple[FindingSaid, ...] = ()
    notes: tuple[NoteSaid, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportContent:
    """One report as a file of ours holds it.

    Attributes:
        study: what it shares with the other reports of its study, and with no other report.
        records: its records, oldest first, with the ids that the rest names them by.
        shown: field -> id of the record that a person wants it shown from.
    """

    study: str
    records: tuple[tuple[str, Record], ...]
    shown: Mapping[str, str] = field(default_factory=dict)
    votes: tuple[VoteSaid, ...] = ()
    tags: tuple[TagSaid, ...] = ()
    findings: tuple[FindingSaid, ...] = ()
    notes: tuple[NoteSaid, ...] = ()


def read(document: Mapping[str, Any], beside: Record) -> ReportContent:
    """The report that a document carries.

    Args:
        document: ``records``, ``study`` and `KINDS`, as `packed` writes a record.
        beside: the report as the cells or tags beside the document have it.

    Raises:
        ValueError: it is no such document; the message names the place.
    """
    try:
        found = _Document.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the document"
        raise ValueError(f"{place}: {first['msg']}") from None
    if not found.records or not all(one.source and one.key for one in found.records):
        raise ValueError("records: each needs a source and a key")
    return ReportContent(
        found.study,
        tuple((one.id, _record(one, beside)) for one in found.records),
        {name: one.id for one in found.records for name in one.shown if name in FIELDS},
        found.votes,
        found.tags,
        found.findings,
        found.notes,
    )


def _record(one: _Joined, beside: Record) -> Record:
    said: dict[str, Any] = {name: getattr(one, name) for name in one.model_fields_set - {"shown"}}
    del said["id"]
    for name in LISTS:
        if name in said:
            said[name] = tuple(said[name] or ())
    for name in TEXTS:
        if name in said:
            said[name] = said[name] or ""
    return replace(beside, **{**said, "retracted": bool(said.get("retracted"))})


def packed(
    records: Sequence[tuple[str, Record]],
    whole: Record,
    lost: Iterable[str],
    shown: Mapping[str, str],
) -> list[dict[str, Any]]:
    """The records of a report as `read` reads them.

    Args:
        whole: the report as it stands beside them, see ``lost``.
        lost: fields that what stands beside cannot hold exactly.
        shown: field -> record it is taken from by choice.
    """
    unheld = frozenset(lost)
    found = []
    for id_, record in records:
        one: dict[str, Any] = {"id": id_, "source": record.source, "key": record.key}
        if record is not whole or unheld:
            for name in FIELDS:
                value = getattr(record, name)
                if name in unheld or value != getattr(whole, name):
                    one[name] = list(value) if isinstance(value, tuple) else value
        if record.retracted:
            one["retracted"] = True
        if chosen := [name for name, whose in shown.items() if whose == id_]:
            one["shown"] = chosen
        found.append(one)
    return found


def is_plain(text: str) -> bool:
    """Whether a text comes back unchanged from a cell of any program."""
    if text.isprintable() and "_" not in text:  # as nearly all, and quicker to see
        return text == text.strip()
    return text == text.strip() and _SIGNS.search(text) is None


def is_list(items: Sequence[str]) -> bool:
    """Whether a list comes back unchanged from one cell, by `parted`."""
    if not items:
        return True
    if len(items) == 1 and "; " not in items[0]:
        return bool(items[0]) and is_plain(items[0]) and not items[0].endswith(";")
    joined = "; ".join(items)
    if (  # as nearly all, and quicker to see
        joined.isprintable()
        and joined.count("; ") == len(items) - 1
        and not joined.startswith((" ", ";"))
        and not joined.endswith((" ", ";"))
        and not any(signs in joined for signs in ("_x", "  ", " ;", ";;"))
    ):
        return True
    return is_plain(joined) and not joined.endswith(";") and parted(joined) == tuple(items)


def parted(text: str) -> tuple[str, ...]:
    """The items of a list in one cell, as `review.reporting.tables.bibliography` writes it."""
    items = text.strip().removesuffix(";").split("; ") if text.strip() else []
    return tuple(item for one in items if (item := one.strip()))


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def written(value: object) -> str:
    """A value as JSON on one line, without signs that a cell or a line does not keep."""
    return _SIGNS.sub(_escaped, _encode(value))


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0][0]):04x}{found[0][1:]}"
