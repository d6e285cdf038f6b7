"""Events, decisions and codes in plain words. Pure.

What each kind of event says of itself stands in its class (`review.events`); this gives it the
labels of the protocol in force.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from review.events import Event, RecordsAdded, Undone, VoteCast, screening
from review.events.coding import pairing_words
from review.events.screening import STAGES
from review.model import Decision, Finding, Place, Report, Stage, Standing, Vote
from review.protocol.model import Protocol
from review.publication_types import REGISTRATION

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

REGISTRATION_FIELDS: Mapping[str, str] = {
    "authors": "Sponsor or investigators",
    "journal": "Register",
    "pages": "Registration number",
}
"""What fields hold in an entry of a register of studies."""


@dataclass(frozen=True, slots=True)
class ProtocolNames:
    """Labels of the protocol in force, for `review.events`."""

    protocol: Protocol

    def reason(self, id_: str) -> str:
        """An exclusion reason."""
        return reason_label(id_, self.protocol)

    def value(self, dimension: str, value: str) -> str:
        """A codebook value."""
        return value_label(dimension, value, self.protocol)

    def tagged(self, dimension: str, value: str) -> str:
        """A codebook value with its dimension."""
        return value_words(dimension, value, self.protocol)

    def field(self, name: str) -> str:
        """A field of a record."""
        return field_words(name)


def vote_words(vote: VoteCast | Vote, protocol: Protocol) -> str:
    """A vote in words: ``Excluded on title and abstract: Wrong population``."""
    return screening.vote_words(vote, ProtocolNames(protocol))


def standing_words(vote: Vote) -> str:
    """What a vote is worth: ``counts``, ``counts, final``, or why it does not."""
    final = ", final" if vote.final and vote.standing is Standing.COUNTS else ""
    return f"{vote.standing}{final}"


def finding_words(finding: Finding, protocol: Protocol) -> str:
    """A finding in words: ``Green tea, adults, sleep: better``."""
    return pairing_words(finding, ProtocolNames(protocol))


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
    event: Event,
    protocol: Protocol,
    undone: Event | None = None,
    search: str = "",
    *,
    with_remark: bool = True,
) -> str:
    """One event as a sentence without who and when.

    Args:
        undone: for an undo, the event it takes back.
        search: for records that came in, the name of the search that found them.
        with_remark: add what the person wrote with it.
    """
    data = event.data
    words = data.words(ProtocolNames(protocol))
    if isinstance(data, RecordsAdded):
        words = f"Found by {search or 'a search'} (run {data.run})"
    elif isinstance(data, Undone):
        what = event_words(undone, protocol) if undone is not None else "an earlier step"
        words = f"Took back: {what}"
    elif event.by != event.actor and isinstance(data, VoteCast):
        decision = vote_words(data, protocol)
        words = f"{decision}. Vote of {data.reviewer}{words.removeprefix(decision)}"
    remark = data.remark().strip() if with_remark else ""
    return f"{words}. {remark.rstrip('.')}" if remark else words


def field_words(field: str, type_: str = "") -> str:
    """A field of a record as screens name it: ``Title``, ``DOI``.

    Args:
        type_: the record's type; an entry of a register has its number where others have pages.
    """
    if type_ == REGISTRATION and field in REGISTRATION_FIELDS:
        return REGISTRATION_FIELDS[field]
    return FIELDS.get(field) or field.replace("_", " ").capitalize()


def status_words(report: Report, protocol: Protocol) -> str:
    """Where a report stands, in words: ``Included``, ``Excluded on full text: …``."""
    reason = f": {reason_label(report.reason, protocol)}" if report.reason else ""
    passed = report.title_abstract is Decision.INCLUDE
    stage = STAGES[Stage.FULL_TEXT if passed else Stage.TITLE_ABSTRACT]
    if passed and report.full_text is Decision.NOT_RETRIEVED:
        return "Full text not found"
    words = {
        Place.CONFLICT: f"Conflict on {stage}",
        Place.REASONS_DIFFER: f"Excluded on {stage}, reasons differ",
        Place.EXCLUDED: f"Excluded on {stage}{reason}",
        Place.CLASSIFICATION: "Awaiting classification: maybe on full text",
    }
    return words.get(report.place) or report.place.capitalize()
