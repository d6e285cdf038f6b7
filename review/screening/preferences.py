"""What one person prefers: words of their own to mark, groups switched off, keys of decisions.

Kept in the log under the person's name, so it is the same in every browser. It decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from review.errors import DecisionError
from review.events import PreferenceSet
from review.protocol.expression_cost import too_slow
from review.protocol.model import Protocol
from review.protocol.phrases import REGEX_MARK
from review.store import log, reading
from review.workspace import Workspace

WORDS, KEYS = "marked words", "keys of decisions"
COLOURS = ("amber", "green", "rose", "grey")
"""Looks of own groups: each has a colour and a kind of line that no group of the protocol has."""

LONGEST_PHRASE, MOST_PHRASES, LONGEST_NAME = 200, 200, 40


@dataclass(frozen=True, slots=True)
class OwnGroup:
    """Words that one person has marked, under a name and with a look of `COLOURS`."""

    name: str
    colour: str
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MarkedWords:
    """What one person has marked on the card.

    Attributes:
        own: groups of their own.
        hidden: groups of the protocol that they have switched off.
        shown: whether anything is marked at all.
    """

    own: tuple[OwnGroup, ...] = ()
    hidden: tuple[str, ...] = ()
    shown: bool = True


@dataclass(frozen=True, slots=True)
class DecisionKeys:
    """The keys of one person for what is done on the card."""

    include: str = "I"
    exclude: str = "E"
    maybe: str = "M"
    undo: str = "U"
    postpone: str = "P"
    earlier: str = "B"
    marks: str = "W"


FIXED = {
    "N": "the note",
    "L": "the list of your decisions",
    "F": "the full text beside the card",
    "J": "the next page of the full text",
    "K": "the page before of the full text",
    "C": "a key of the page itself",
    "R": "a key of the page itself",
}
"""Keys that cannot be given away, and what they mean."""


def marked_words(ws: Workspace, reviewer: str) -> MarkedWords:
    """What this person has marked."""
    said = _read(ws, reviewer, WORDS)
    own = [
        OwnGroup(str(g["name"]), str(g["colour"]), tuple(map(str, g["phrases"])))
        for g in said.get("own", ())
    ]
    hidden = tuple(map(str, said.get("hidden", ())))
    return MarkedWords(tuple(own), hidden, bool(said.get("shown", True)))


def mark_words(ws: Workspace, reviewer: str, words: MarkedWords) -> None:
    """Keep what this person wants marked.

    Raises:
        DecisionError: a group without a name or words, two of one name or look, or too much text.
    """
    for group in words.own:
        if not group.name.strip() or len(group.name) > LONGEST_NAME:
            raise DecisionError(f"Give each group a name of up to {LONGEST_NAME} signs.")
        if group.colour not in COLOURS:
            raise DecisionError(f"'{group.colour}' is not one of {', '.join(COLOURS)}.")
        if not group.phrases or len(group.phrases) > MOST_PHRASES:
            raise DecisionError(f"The group “{group.name}” needs 1 to {MOST_PHRASES} words.")
        if any(len(phrase) > LONGEST_PHRASE for phrase in group.phrases):
            raise DecisionError(f"A phrase has up to {LONGEST_PHRASE} signs.")
        for phrase in group.phrases:
            if wrong := _wrong_with(phrase):
                raise DecisionError(f"“{phrase}” cannot be marked: {wrong}.")
    for what in ("name", "colour"):
        if len({getattr(g, what).casefold() for g in words.own}) < len(words.own):
            raise DecisionError(f"Two groups have the same {what}.")
    _keep(ws, reviewer, WORDS, asdict(words))


def _wrong_with(phrase: str) -> str:
    """Why a phrase can be found nowhere, or not in time; ``""`` when it can."""
    if not phrase.startswith(REGEX_MARK):
        return "" if re.search(r"[^\W_]", phrase) else "it has no letter or digit"
    try:
        return too_slow(phrase.removeprefix(REGEX_MARK).strip())
    except (re.error, OverflowError, RecursionError) as error:
        return f"the regular expression cannot be read ({error})"


def phrases_of(text: str) -> tuple[str, ...]:
    """Phrases as they are typed, each once: one a line, or parted by commas.

    A line with a regular expression is kept as it is.
    """
    parts: list[str] = []
    for line in text.splitlines():
        parts += [line] if line.lstrip().startswith(REGEX_MARK) else re.split(r"[,;]", line)
    typed = (" ".join(part.split()) for part in parts)
    return tuple(dict.fromkeys(phrase for phrase in typed if phrase))


def decision_keys(ws: Workspace, reviewer: str) -> DecisionKeys:
    """The keys of this person; the usual ones where theirs clash with the protocol of now."""
    said = _read(ws, reviewer, KEYS)
    known = {f.name for f in fields(DecisionKeys)}
    keys = DecisionKeys(**{k: str(v) for k, v in said.items() if k in known})
    return DecisionKeys() if problems(keys, ws.protocol) else keys


def choose_keys(ws: Workspace, reviewer: str, keys: DecisionKeys) -> None:
    """Keep the keys of this person.

    Raises:
        DecisionError: a key is no letter, taken, or meant twice; all that is wrong is said.
    """
    if wrong := problems(keys, ws.protocol):
        raise DecisionError(" ".join(wrong))
    _keep(ws, reviewer, KEYS, asdict(keys))


def problems(keys: DecisionKeys, protocol: Protocol) -> list[str]:
    """What is wrong with a choice of keys, in sentences."""
    found: list[str] = []
    taken = dict(FIXED)
    taken |= {reason.key.upper(): f"the reason “{reason.label}”" for reason in protocol.reasons}
    for name, key in asdict(keys).items():
        if not re.fullmatch(r"[A-Z0-9]", key):
            found.append(f"“{name}” needs one letter of A to Z, or a digit.")
        elif key in taken:
            found.append(f"{key} cannot mean “{name}”: it is {taken[key]}.")
        else:
            taken[key] = f"“{name}” already"
    return found


def _read(ws: Workspace, reviewer: str, name: str) -> Mapping[str, Any]:
    if not reviewer:
        return {}
    with ws.store.read() as conn:
        return reading.preferences(conn, reviewer).get(name) or {}


def _keep(ws: Workspace, reviewer: str, name: str, value: object) -> None:
    with ws.store.write() as conn:
        log.append(conn, reviewer, [PreferenceSet(reviewer=reviewer, name=name, value=value)])
