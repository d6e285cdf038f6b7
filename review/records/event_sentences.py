"""Events in plain words, for the history of a report. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from review.model import Decision, Event, EventKind, Report, Stage, VoteValue
from review.protocol import Protocol

STAGES: Mapping[Stage, str] = {
    Stage.TITLE_ABSTRACT: "title and abstract",
    Stage.FULL_TEXT: "full text",
}

FIELDS: Mapping[str, str] = {
    "doi": "DOI",
    "pmid": "PMID",
    "pmcid": "PMCID",
    "openalex_id": "OpenAlex",
    "isbn": "ISBN or ISSN",
    "mesh": "MeSH",
    "url": "Web page",
}
"""Fields of records whose name on screen is not the field's own."""

_VOTES = {
    VoteValue.INCLUDE: "Included",
    VoteValue.EXCLUDE: "Excluded",
    VoteValue.MAYBE: "Said maybe",
}


def vote_words(payload: Mapping[str, Any], protocol: Protocol) -> str:
    """``Excluded on title and abstract: Not about kratom``."""
    words = f"{_VOTES[VoteValue(payload['vote'])]} on {STAGES[Stage(payload['stage'])]}"
    if payload.get("reason"):
        words += f": {reason_label(payload['reason'], protocol)}"
    if payload.get("final"):
        words += " (settles a conflict)"
    return words


def reason_label(reason: str, protocol: Protocol) -> str:
    """An exclusion reason in words; its id when the protocol has dropped it since."""
    try:
        return protocol.reason(reason).label
    except KeyError:
        return reason


def value_words(dimension: str, value: str, protocol: Protocol) -> str:
    """``Study design: Case report``; the ids when the codebook has dropped them since."""
    try:
        found = protocol.codebook.dimension(dimension)
    except KeyError:
        return f"{dimension}: {value}"
    try:
        return f"{found.label}: {found.value(value).label}"
    except KeyError:
        return f"{found.label}: {value}"


def value_label(dimension: str, value: str, protocol: Protocol) -> str:
    """A codebook value in words; its id when the codebook has dropped it since."""
    try:
        return protocol.codebook.dimension(dimension).value(value).label
    except KeyError:
        return value


def event_words(
    event: Event, protocol: Protocol, undone: Event | None = None, search: str = ""
) -> str:
    """One event as a sentence without who and when.

    Args:
        undone: for an undo, the event it takes back.
        search: for records that came in, the name of the search that found them.
    """
    p = event.payload
    match event.kind:
        case EventKind.VOTE:
            words = vote_words(p, protocol)
            if p["reviewer"] != event.actor:
                words += f". Vote of {p['reviewer']}"
            if p.get("run"):
                words += f", came with a file (run {p['run']})"
        case EventKind.RECORDS_ADDED:
            words = f"Found by {search or 'a search'} (run {p['run']})"
        case EventKind.RECORDS_CHANGED:
            names = {name for fields in p["changes"].values() for name in fields}
            listed = ", ".join(sorted(names)).replace("_", " ")
            words = f"The source has changed {listed} (run {p['run']})"
        case EventKind.MERGE:
            words = f"{_joined(p)} joined as the same text"
        case EventKind.KEEP_APART:
            words = f"{_joined(p)} kept apart as different texts"
        case EventKind.LINK:
            words = f"{_joined(p)} linked as one study"
        case EventKind.NOT_LINKED:
            words = f"{_joined(p)} said to come from different studies"
        case EventKind.FIELD_CHOSEN:
            words = f"{field_words(p['field'])} shown as in {p['record']}"
        case EventKind.TAG:
            words = f"Tagged {value_words(p['dimension'], p['value'], protocol)}"
        case EventKind.UNTAG:
            words = "Took a tag away"
        case EventKind.FINDING:
            words = f"Wrote a finding: {finding_words(p, protocol)}"
        case EventKind.FINDING_REMOVED:
            words = "Took a finding away"
        case EventKind.ANSWER:
            words = f"Answered a suggestion: {p['answer']}"
        case EventKind.NOTE:
            words = "Wrote a note"
        case EventKind.UNDO:
            what = event_words(undone, protocol) if undone is not None else "an earlier step"
            words = f"Took back: {what}"
        case _:
            words = str(event.kind).replace("_", " ").capitalize()
    details = str(p.get("note") or p.get("text") or "").strip()
    why = str(p.get("why") or "").strip()
    return ". ".join([words, *([why.rstrip(".")] if why else []), *([details] if details else [])])


def field_words(field: str) -> str:
    """A field of a record as screens name it: ``Title``, ``DOI``."""
    return FIELDS.get(field) or field.replace("_", " ").capitalize()


def finding_words(payload: Mapping[str, Any], protocol: Protocol) -> str:
    """``Mitragynine, rodents, pain: better``."""
    parts = [
        value_label(dimension, payload[dimension], protocol)
        for dimension in ("exposure", "population", "outcome")
        if payload.get(dimension)
    ]
    direction = str(payload.get("direction") or "not_stated").replace("_", " ")
    return f"{', '.join(parts)}: {direction}"


def standing_words(report: Report, protocol: Protocol) -> str:
    """Where a report stands, in words: ``Included``, ``Excluded on full text: …``."""
    first, second = report.title_abstract, report.full_text
    reason = f": {reason_label(report.reason, protocol)}" if report.reason else ""
    if first is Decision.AWAITING:
        return "Awaiting title and abstract"
    if first is Decision.CONFLICT:
        return "Conflict on title and abstract"
    if first is Decision.EXCLUDE:
        return f"Excluded on title and abstract{reason}"
    words = {
        Decision.AWAITING: "Awaiting full text",
        Decision.CONFLICT: "Conflict on full text",
        Decision.EXCLUDE: f"Excluded on full text{reason}",
        Decision.NOT_RETRIEVED: "Full text not found",
        Decision.INCLUDE: "Included",
    }
    return words[second]


def _joined(payload: Mapping[str, Any]) -> str:
    return " and ".join(payload.get("records", ()))
