"""Votes inside the exports of other screening tools: Rayyan's notes, ASReview's labels.

Rayyan writes one text into the notes of a record (CSV ``notes``, RIS ``N1``, BibTeX ``note``)::

    RAYYAN-INCLUSION: {"Ann"=>"Included"} | RAYYAN-LABELS: a,b |
    RAYYAN-EXCLUSION-REASONS: x,y | USER-NOTES: {"Ann"=>["text"]}

ASReview LAB writes ``asreview_label`` and its companions as columns, and in RIS as ``N1`` lines.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator

from review.model import VoteValue
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
_COMPANION = re.compile(r"\s*asreview_(time|note|user_name|user_email)\s*:\s*(.*?)\s*", re.S)


def in_notes(notes: Iterable[str]) -> tuple[FileVote, ...]:
    """Votes in the notes of one record, by whichever tool."""
    notes = [note for note in notes if note]
    return tuple(vote for note in notes for vote in _rayyan(note)) or _asreview_notes(notes)


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
