"""EPPI-Reviewer's JSON: references with their codes, and the decisions among these.

Names as EPPI-Reviewer 4 and 6 write them: ``{"CodeSets": [{"SetName", "SetType", "Attributes":
{"AttributesList": […]}}], "References": [{"ItemId", "Title", …, "Codes": [{"AttributeId"}]}]}``.
A set for screening has codes of the types Include and Exclude. Whose they are is not written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from review import retraction
from review.errors import FileError
from review.model import Record, Stage, VoteValue
from review.sources import entry_fields, json_entries, lines, size_limits
from review.sources.entry_fields import Fields
from review.sources.file_entries import FileEntry, FileVote, Given, Items
from review.sources.json_entries import text_of
from review.values import keywords

_BEGINS = re.compile(
    r"[\ufeff\s]*\{\s*\"(?:CodeSets|References)\"\s*:\s*\[\s*(?:\{\s*\"(?:SetName|ReviewSetId|SetId"
    r"|QuickCitation|ItemId|Codes)\"|\]\s*,\s*\"References\")"
)
_VOTES = re.compile(
    rb'"AttributeType"\s*:\s*"(?:Include|Exclude)\b|"AttributeTypeId"\s*:\s*1[01]\b'
    rb'|"ItemStatus"\s*:\s*"E"|"AttributeName"\s*:\s*"(?:INCLUDE|EXCLUDE)\b',
    re.IGNORECASE,
)
_READ = frozenset(
    "ItemId OldItemId Title ShortTitle ParentTitle Year Month StandardNumber Volume Pages Issue "
    "URL Abstract Comments TypeName Authors ParentAuthors DOI Keywords Codes ItemStatus "
    "ItemStatusTooltip QuickCitation DateCreated CreatedBy DateEdited EditedBy".split()
)
_TYPES = {"10": VoteValue.INCLUDE, "11": VoteValue.EXCLUDE}
_FULL_TEXT = re.compile(r"\bfull[\s-]*(?:text|report|paper)s?\b|\bFT\b", re.IGNORECASE)
_TITLE = re.compile(r"\b(?:titles?|abstracts?|T\s?/\s?A|T\s?&\s?A|TIAB)\b", re.IGNORECASE)
_WORD = re.compile(
    r"\s*(include|exclude)[ds]?\b[\s:.,–—-]*(?:(?:on|for|at|based on)\b)?[\s:]*", re.I
)
_UNSURE = re.compile(r"second opinion|\b(?:unsure|unclear|uncertain|maybe|query)\b", re.IGNORECASE)
_STAGES = (
    r"(?:the\s+)?(?:titles?|abstracts?|full[\s-]*(?:text|report|paper)s?|screening|T\s?/\s?A|FT|TIAB"
    r"|and|or|&|/|,|\s)+"
)
_STAGE_WORDS = re.compile(_STAGES, re.IGNORECASE)
_STAGE_LAST = re.compile(rf"\s*(?:\(\s*{_STAGES}\)|\[\s*{_STAGES}\])\s*$", re.IGNORECASE)
_MARK = "eppi-reviewer4"


@dataclass(frozen=True, slots=True)
class _Code:
    """A code that says something of a decision."""

    vote: VoteValue
    stage: Stage
    reason: str


def parse(given: Given) -> Items:
    """Read the references of a file.

    Yields:
        An entry for each with the votes among its codes, ``raw`` the reference, and the mistakes.
        A reference that is no JSON costs itself alone.

    Raises:
        FileError: there is no reference with a title.
    """
    text = given.text
    codes, names = _codes(json_entries.value_of(text, "CodeSets"), given)
    start = json_entries.list_of(text, "References")
    counter = lines.Counter(text, ("\n", "\r"))
    none = True
    found = json_entries.each(text, start, counter, {"ItemId", "Title"}) if start >= 0 else ()
    for line, item in found:
        given.account.entries += 1
        if isinstance(item, str):
            yield given.mistake(line, "", f"the reference cannot be read ({item}); left out")
            continue
        if size_limits.is_deeper(item, given.limits.depth):
            yield given.mistake(line, "", "the reference is too deeply nested; left out")
            continue
        record = _record(item, given)
        if not record.title:
            yield given.mistake(line, "Title", "the reference has no title; left out")
            continue
        none = False
        json_entries.tell(item, _READ, given.account)
        votes = tuple(_votes(item, codes, names, given))
        yield FileEntry(line, record, text_of(item.get("ItemId")), votes)
    if none:
        raise FileError(
            f"{given.name} holds no reference with a title. Export it from EPPI-Reviewer again."
        )


def looks_like(text: str) -> bool:
    """Whether it begins like an export of EPPI-Reviewer."""
    return _BEGINS.match(text) is not None


def holds_votes(data: bytes) -> bool:
    """Whether an export of EPPI-Reviewer seems to hold decisions."""
    return looks_like(data[:2_000].decode("utf-8", "replace")) and _VOTES.search(data) is not None


def _record(item: Mapping[str, Any], given: Given) -> Record:
    def get(*names: str) -> list[str]:
        return [text for name in names if (text := text_of(item.get(name)))]

    words = (word for text in get("Keywords") for word in keywords.terms(text))
    return entry_fields.record(
        given.source,
        Fields(
            title=get("Title", "ShortTitle"),
            authors=[get("Authors")],
            editors=get("ParentAuthors"),
            year=get("Year"),
            journal=get("ParentTitle"),
            volume=get("Volume"),
            issue=get("Issue"),
            pages=get("Pages"),
            doi=get("DOI"),
            doi_alone=get("OldItemId", "URL"),
            notes=get("Comments"),
            isbn=get("StandardNumber"),
            abstract=[get("Abstract")],
            type=get("TypeName"),
            urls=get("URL"),
            keywords=[word for word in words if word.casefold() != _MARK],
            retracted=retraction.in_notes(get("Comments")),
        ),
        dict(item),
        given.account,
    )


def _codes(sets: object, given: Given) -> tuple[dict[str, _Code], dict[str, str]]:
    """Id of a code -> what it decides, for those that decide; and -> its name, for all others."""
    decide: dict[str, _Code] = {}
    others: dict[str, str] = {}
    for one in sets if isinstance(sets, list) else ():
        if not isinstance(one, Mapping):
            continue
        called = text_of(one.get("SetName"))
        kind = one.get("SetType")
        kind = text_of(kind.get("SetTypeName")) if isinstance(kind, Mapping) else ""
        screening = "screen" in f"{kind} {called}".casefold()
        for attribute, above in _attributes(one.get("Attributes"), given.limits.depth):
            name, id_ = (
                text_of(attribute.get("AttributeName")),
                text_of(attribute.get("AttributeId")),
            )
            code = _code(attribute, name, (called, *above), screening)
            if code is None:
                others[id_] = name
            else:
                decide[id_] = code
    return decide, others


def _attributes(
    holder: object, depth: int, above: tuple[str, ...] = ()
) -> Iterator[tuple[Mapping[str, Any], tuple[str, ...]]]:
    """All codes below something, each with the names of those that it stands under."""
    listed = holder.get("AttributesList") if isinstance(holder, Mapping) else None
    for one in listed if isinstance(listed, list) and depth > 0 else ():
        if isinstance(one, Mapping):
            yield one, above
            named = (*above, text_of(one.get("AttributeName")))
            yield from _attributes(one.get("Attributes"), depth - 1, named)


def _code(
    attribute: Mapping[str, Any], name: str, above: tuple[str, ...], screening: bool
) -> _Code | None:
    """What a code decides: by its type, and in a set for screening by its first word."""
    kind = text_of(attribute.get("AttributeType")).casefold()
    vote = _TYPES.get(text_of(attribute.get("AttributeTypeId")))
    if vote is None:
        vote = next((v for v in _TYPES.values() if kind.startswith(v)), None)
    word = _WORD.match(name)
    if vote is None and screening and word is not None:
        vote = VoteValue(word[1].casefold())
    if vote is None:
        return None
    if vote is VoteValue.INCLUDE and _UNSURE.search(name):
        vote = VoteValue.MAYBE
    reason = _STAGE_LAST.sub("", name[word.end() :] if word else name)
    if _STAGE_WORDS.fullmatch(reason):
        reason = ""
    return _Code(vote, _stage(name, above), reason if vote is VoteValue.EXCLUDE else "")


def _stage(name: str, above: tuple[str, ...]) -> Stage:
    """The stage a code's own name tells, else what it stands under, the nearest first."""
    for text in (name, *reversed(above)):
        full, first = _FULL_TEXT.search(text), _TITLE.search(text)
        if bool(full) != bool(first):
            return Stage.FULL_TEXT if full else Stage.TITLE_ABSTRACT
    return Stage.TITLE_ABSTRACT


def _votes(
    item: Mapping[str, Any], codes: Mapping[str, _Code], names: Mapping[str, str], given: Given
) -> Iterator[FileVote]:
    """One vote a stage; none where the codes of a stage contradict each other."""
    given_codes = item.get("Codes")
    listed = given_codes if isinstance(given_codes, list) else []
    said: dict[Stage, list[tuple[_Code, str]]] = {}
    for one in listed:
        if not isinstance(one, Mapping):
            continue
        id_ = text_of(one.get("AttributeId"))
        if id_ in codes:
            code = codes[id_]
            said.setdefault(code.stage, []).append((code, text_of(one.get("AdditionalText"))))
        elif names.get(id_):
            given.account.left_aside("Codes", names[id_])
    for stage in Stage:
        found = said.get(stage, [])
        votes = {code.vote for code, _ in found}
        if len(votes) > 1:
            words = "entries with codes to include and to exclude at one stage, which make no vote"
            given.account.remark(words, text_of(item.get("Title")))
        elif votes:
            reasons = dict.fromkeys(code.reason for code, _ in found if code.reason)
            notes = dict.fromkeys(note for _, note in found if note)
            yield FileVote(
                stage=stage, vote=votes.pop(), reason="; ".join(reasons), note=" | ".join(notes)
            )
    status = text_of(item.get("ItemStatus"))
    if status == "E" and not said:
        # The flag says that it is out, and not at which stage.
        note = text_of(item.get("ItemStatusTooltip")) or "Excluded from review"
        yield FileVote(vote=VoteValue.EXCLUDE, note=f"EPPI-Reviewer: {note}")
    elif status in ("D", "S"):
        words = "entries that EPPI-Reviewer holds as deleted or as duplicates, kept here"
        given.account.remark(words, text_of(item.get("Title")))
