"""Checklists of reporting guidelines: what each item asks, what is known of it, what people wrote.

The items stand in YAML files beside the reports (`review/reporting/checklists`). Pure but for
reading these files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict

from review.reporting.texts.words import Fact, count, is_open, safe, table, to_write

FOLDER = Path(__file__).parent.parent / "checklists"


def _listed(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


class Item(BaseModel):
    """One item of a checklist.

    Attributes:
        asks: what is to be reported, in one sentence.
        known: names of what the log can say of it (`methods_facts`, `results_facts`).
        enough: what the log says answers the whole item, where it knows the first of these at the
            least and all that it tells of is done.
        optional: the guideline leaves it to the authors whether it is done at all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: str
    section: str
    topic: str
    asks: str
    known: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    enough: bool = False
    optional: bool = False


class Checklist(BaseModel):
    """A checklist: its name, where it comes from, and its items."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    source: str
    items: Annotated[tuple[Item, ...], BeforeValidator(_listed)]

    def item(self, number: str) -> Item | None:
        """The item of this number, in any spelling; None where there is none."""
        wanted = number.strip().lower()
        return next((item for item in self.items if item.number.lower() == wanted), None)


@cache
def checklists() -> Mapping[str, Checklist]:
    """Id -> checklist; the id is the name of its file."""
    found = {}
    for file in sorted(FOLDER.glob("*.yaml")):
        with file.open(encoding="utf-8") as text:
            found[file.stem] = Checklist.model_validate(yaml.safe_load(text))
    return found


@dataclass(frozen=True, slots=True)
class Written:
    """What a person wrote for an item.

    Attributes:
        none: there is nothing to report.
        event: of the log, to take it back.
    """

    text: str
    none: bool
    by: str
    at: str
    event: str = ""


class State(StrEnum):
    """How far an item is answered."""

    ANSWERED = "answered"
    PARTLY = "answered in part"
    OPEN = "to be written"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Answer:
    """One item with all there is to it.

    Attributes:
        facts: what the log knows of it; only what it has something to say of.
    """

    item: Item
    facts: tuple[Fact, ...] = ()
    written: Written | None = None

    @property
    def state(self) -> State:
        """How far it is answered: people say the last word."""
        open_ = any(is_open(fact.text) or not fact.done for fact in self.facts)
        whole = self.item.enough and not open_
        if self.written is not None or (self.facts and whole):
            return State.ANSWERED
        if self.facts:
            return State.PARTLY
        return State.OPTIONAL if self.item.optional else State.OPEN

    @property
    def waits(self) -> bool:
        """Whether people have still to write something."""
        return self.state in (State.PARTLY, State.OPEN)

    @property
    def places(self) -> tuple[str, ...]:
        """Where what the log knows comes from."""
        return tuple(dict.fromkeys(fact.place for fact in self.facts))


def markdown(asked: Checklist, answers: tuple[Answer, ...], review: str) -> str:
    """The whole checklist as a table.

    Args:
        review: its title.
    """
    done = sum(1 for one in answers if not one.waits)
    rows = [
        (
            safe(one.item.number),
            f"**{safe(one.item.topic)}.** {safe(one.item.asks)}",
            _answer(one),
            safe("; ".join([*one.places, *_who(one)])),
        )
        for one in answers
    ]
    lines = [
        f"# {safe(asked.title)}",
        "",
        f"{safe(review)}. {done} of {count(len(answers), 'item')} answered; what the log cannot "
        "know is marked. Items are told in words of our own.",
        "",
        *table(("Item", "What is asked", "Reported", "Where it comes from"), rows),
        "",
        safe(asked.source),
        "",
    ]
    return "\n".join(lines)


def _answer(one: Answer) -> str:
    said = [safe(fact.text) for fact in one.facts]
    if one.written is not None:
        none = "Nothing to report." if one.written.none else ""
        said.append(safe(" ".join(filter(None, (none, one.written.text)))))
    elif one.waits:
        rest = "the rest of this item" if one.facts else "this item"
        said.append(to_write(rest))
    elif not said:
        said.append("Not done (optional).")
    return "<br>".join(said)


def _who(one: Answer) -> list[str]:
    return [f"written by {one.written.by}, {one.written.at[:10]}"] if one.written else []
