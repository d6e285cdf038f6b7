"""How texts are put together: marks, counts, lists and Markdown that is safe. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that the log knows.

    Attributes:
        text: in sentences, as plain text; ``""`` where it knows nothing of it.
        place: where it comes from, for whoever wants to look.
        done: whether the work that it tells of is done; what is only planned, or done of some
            reports and not of others, answers no item of a checklist.
    """

    text: str
    place: str
    done: bool = True


NOTHING = Fact("", "")


def to_write(what: str) -> str:
    """The mark for what only people can write."""
    return f"[to be written: {what}]"


def is_open(text: str) -> bool:
    """Whether a text has a mark for what only people can write."""
    return "[to be written: " in text


def safe(words: str) -> str:
    """Plain text in Markdown, on one line, with nothing in it that Markdown would read.

    Our own marks for what is still to be written stay readable.
    """
    one_line = " ".join(words.split())
    return re.sub(r"([\\`*_<>#|~&!])|(\[(?!to be written))", r"\\\1\2", one_line)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table; what is in its cells must be safe already."""
    said = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    return [*said, *(f"| {' | '.join(row)} |" for row in rows)]


def code(text: str) -> list[str]:
    """A block of text exactly as it is, whatever is in it."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [fence, *text.splitlines(), fence]


def day(when: date | datetime) -> str:
    """``27 November 2026``."""
    return f"{when.day} {when:%B %Y}"


def count(n: int, one: str, many: str = "") -> str:
    """``1 report``, ``1,200 reports``."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def joined(words: Sequence[str]) -> str:
    """``a, b and c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def spelled(n: int) -> str:
    """Small numbers as words, as papers write them."""
    return _NUMBERS[n] if n < len(_NUMBERS) else f"{n:,}"


def people(n: int) -> str:
    """``one reviewer``, ``two reviewers``."""
    return f"{spelled(n)} reviewer{'' if n == 1 else 's'}"
