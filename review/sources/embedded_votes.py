"""Votes inside the exports of other screening tools.

Rayyan writes one text into the notes of a record (CSV ``notes``, RIS ``N1``, BibTeX ``note``)::

    RAYYAN-INCLUSION: {"Ann"=>"Included"} | RAYYAN-LABELS: a,b |
    RAYYAN-EXCLUSION-REASONS: x,y | USER-NOTES: {"Ann"=>["text"]}

ASReview LAB writes ``asreview_label`` and its companions as columns, and in RIS as ``N1`` lines.

Covidence names no reviewer and writes each list into a file of its own, named for it
(``review_12345_irrelevant_csv_20260102030405.csv``); the notes of what was excluded on full text
begin with ``Exclusion reason:``. What it lists as included or excluded has passed the screening of
titles and abstracts, so these come with a vote at either stage.

Colandr names no reviewer either: its columns say how each stage ended (``included``, ``excluded``,
or how far the screening is) and why. EPPI-Reviewer's codes are read with its JSON
(`review.sources.eppi_json`).
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping

from review.model import Stage, VoteValue
from review.sources.file_entries import FileVote

_SECTION = re.compile(r"\b(RAYYAN-INCLUSION|RAYYAN-LABELS|RAYYAN-EXCLUSION-REASONS|USER-NOTES)\s*:")
_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_TEXT = re.compile(_QUOTED)
_PAIR = re.compile(rf"{_QUOTED}\s*=>\s*{_QUOTED}")
_NOTED = re.compile(rf'{_QUOTED}\s*=>\s*(\[(?:[\s,]|"(?:[^"\\]|\\.)*+")*+\]|"(?:[^"\\]|\\.)*+")')
_RAYYAN = {
    "included": VoteValue.INCLUDE,
    "excluded": VoteValue.EXCLUDE,
    "maybe": VoteValue.MAYBE,
}
_LABELS = {"1": VoteValue.INCLUDE, "0": VoteValue.EXCLUDE}
_WORDS = re.compile(r"\bASReview_(relevant|irrelevant)\b")
_COVIDENCE = re.compile(
    r"(?<![^\W_])review_\d+_(screen|select|irrelevant|included|excluded)(?![^\W_])", re.IGNORECASE
)
_LIST_WORDS = re.compile(r"(?<![^\W_])(irrelevant|included|excluded)(?![^\W_])", re.IGNORECASE)
_LISTS: Mapping[str, tuple[tuple[Stage, VoteValue], ...]] = {
    "screen": (),
    "select": ((Stage.TITLE_ABSTRACT, VoteValue.INCLUDE),),
    "irrelevant": ((Stage.TITLE_ABSTRACT, VoteValue.EXCLUDE),),
    "included": (
        (Stage.TITLE_ABSTRACT, VoteValue.INCLUDE),
        (Stage.FULL_TEXT, VoteValue.INCLUDE),
    ),
    "excluded": (
        (Stage.TITLE_ABSTRACT, VoteValue.INCLUDE),
        (Stage.FULL_TEXT, VoteValue.EXCLUDE),
    ),
}
"""List of Covidence -> what it says of all that is in it."""
_EXCLUSION = re.compile(r"\s*Exclusion reason:\s*([^;\n\r]*)[;\s]*", re.IGNORECASE)
NO_LIST = (
    "Covidence writes a decision into the name of the file alone (irrelevant, included, excluded), "
    "and this name tells none: entries without a vote"
)
_STATUSES = {"included": VoteValue.INCLUDE, "excluded": VoteValue.EXCLUDE}
_COMPANION = re.compile(r"\s*asreview_(time|note|user_name|user_email)\s*:\s*(.*?)\s*", re.S)


def in_notes(
    notes: Iterable[str], file: str = "", *, covidence: bool = False
) -> tuple[FileVote, ...]:
    """Votes in the notes of one record, by whichever tool.

    Args:
        file: name of the file, which tells the list of Covidence that it holds.
        covidence: whether the file is known to be Covidence's by its columns; then a single word of
            its name is enough.
    """
    notes = [note for note in notes if note]
    return (
        tuple(vote for note in notes for vote in _rayyan(note))
        or _asreview_notes(notes)
        or tuple(_covidence(notes, covidence_list(file, covidence), covidence))
    )


def labels(notes: Iterable[str]) -> Iterator[str]:
    """The labels that reviewers gave an entry in Rayyan."""
    for note in notes:
        if "RAYYAN-LABELS" in note:
            said = _sections(html.unescape(note) if "&" in note else note).get("RAYYAN-LABELS", "")
            yield from filter(None, _list(said).split("; "))


def covidence_list(file: str, covidence: bool = False) -> str | None:
    """The list of Covidence that a file holds, by its name; None when it does not tell.

    Args:
        file, covidence: as for `in_notes`.
    """
    found = _COVIDENCE.findall(file) or (_LIST_WORDS.findall(file) if covidence else [])
    names = {name.lower() for name in found}
    return names.pop() if len(names) == 1 else None


def colandr(citation: str, full_text: str, why: str, why_full_text: str) -> Iterator[FileVote]:
    """The votes in Colandr's columns: how either stage ended, and the reasons for exclusion."""
    stages = ((Stage.TITLE_ABSTRACT, citation, why), (Stage.FULL_TEXT, full_text, why_full_text))
    for stage, status, reasons in stages:
        if (vote := _STATUSES.get(status.strip().lower())) is not None:
            reason = _list(reasons.replace(";", ",")) if vote is VoteValue.EXCLUDE else ""
            yield FileVote(stage=stage, vote=vote, reason=reason)


def asreview(label: str, reviewer: str, note: str, time: str) -> tuple[FileVote, ...]:
    """The vote in ASReview's columns; none when the label is neither ``1`` nor ``0``."""
    vote = _LABELS.get(label.strip().removesuffix(".0"))
    return (FileVote(reviewer=reviewer, vote=vote, note=note, time=time),) if vote else ()


def _rayyan(notes: str) -> Iterator[FileVote]:
    if "RAYYAN-INCLUSION" not in notes:
        return
    sections = _sections(html.unescape(notes) if "&" in notes else notes)
    said = sections.get("RAYYAN-INCLUSION", "")
    reasons = _list(sections.get("RAYYAN-EXCLUSION-REASONS", ""))
    labels = _list(sections.get("RAYYAN-LABELS", ""))
    own = {
        _plain(name): " ".join(map(_plain, _TEXT.findall(texts)))
        for name, texts in _NOTED.findall(sections.get("USER-NOTES", ""))
    }
    # A review of one person, or one exported blind, may name nobody.
    pairs = dict(_PAIR.findall(said)) or {"": said}
    for name, value in pairs.items():
        vote = _RAYYAN.get(value.strip('{}" ').lower())
        if vote is None:
            continue
        reviewer = _plain(name)
        yield FileVote(
            reviewer=reviewer,
            vote=vote,
            # Rayyan does not say whose the reasons are, only that the record was excluded.
            reason=reasons if vote is VoteValue.EXCLUDE else "",
            note=" | ".join(
                filter(None, [own.get(reviewer, ""), f"Labels: {labels}" if labels else ""])
            ),
        )


def _covidence(notes: list[str], named: str | None, known: bool) -> Iterator[FileVote]:
    """What a list of Covidence says of an entry; a reason is given on full text alone.

    Args:
        named: the list, where the file's name tells it.
        known: whether the file is Covidence's by its columns, so that its notes are reviewers'.
    """
    said = next((mark for note in notes if (mark := _EXCLUSION.match(note))), None)
    if named is None and known and said is not None:
        named = "excluded"
    votes = _LISTS[named] if named else ()
    excluded = bool(votes) and votes[-1][1] is VoteValue.EXCLUDE
    words = [said.string[said.end() :] if said and excluded else ""]
    if known:
        words += [note for note in notes if not (said and excluded and note is said.string)]
    for place, (stage, vote) in enumerate(votes, start=1):
        last = place == len(votes)
        yield FileVote(
            stage=stage,
            vote=vote,
            reason=said[1].strip() if said and excluded and last else "",
            note=" | ".join(filter(None, map(str.strip, words))) if last else "",
        )


def _sections(notes: str) -> dict[str, str]:
    """Name of section -> its text; a second one of a name is left over from an older review."""
    marks = list(_SECTION.finditer(notes))
    ends = [*(mark.start() for mark in marks), len(notes)][1:]
    found: dict[str, str] = {}
    for mark, end in zip(marks, ends, strict=True):
        found.setdefault(mark[1], notes[mark.end() : end].strip(" |\t\r\n"))
    return found


def _list(text: str) -> str:
    parts = (part.strip().strip('"') for part in text.split(","))
    return "; ".join(dict.fromkeys(part for part in parts if part))


def _plain(quoted: str) -> str:
    """A Ruby string without its escapes, which are those of JSON but for ``\\#`` and ``\\e``."""
    if "\\" not in quoted:
        return quoted
    try:
        text = str(json.loads(f'"{quoted.replace(chr(92) + "#", "#")}"', strict=False))
    except ValueError:
        return quoted
    return text.encode("utf-8", "replace").decode("utf-8")


def _asreview_notes(notes: list[str]) -> tuple[FileVote, ...]:
    words = {word for note in notes for word in _WORDS.findall(note)}
    if len(words) != 1:
        return ()
    found = (_COMPANION.fullmatch(note) for note in notes)
    more = {match[1]: _json_text(match[2]) for match in found if match}
    reviewer = more.get("user_name") or more.get("user_email") or ""
    label = "1" if "relevant" in words else "0"
    return asreview(label, reviewer, more.get("note", ""), more.get("time", ""))


def _json_text(text: str) -> str:
    return _plain(text[1:-1]) if len(text) > 1 and text[0] == text[-1] == '"' else text
