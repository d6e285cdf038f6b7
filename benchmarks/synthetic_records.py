"""Synthetic bibliographic records with planted duplicates, for measuring deduplication at scale.

Works are drawn from a seeded generator: titles of common and rare words over a vocabulary whose
use falls off as in real text, authors with common and rare surnames, journals with volume, issue
and pages.  About a quarter of the records repeat a work as another database would print it: names
in another style, the journal abbreviated, pages shortened, fields missing, letters mistyped, a
DOI as a link.  Traps are planted too: parts I and II of one paper, errata, and columns that
return under one title in every issue.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

Record = dict[str, str]

BATCH = 50_000
"""Records made at a time."""

COPIES = (0.79, 0.15, 0.045, 0.015)
"""Share of works with one, two, three and four records."""

SERIES, ERRATA, COLUMNS_SHARE = 0.004, 0.002, 0.003
"""Share of works that come as parts I and II, get an erratum, or are a returning column."""

_ONSETS = "b c ch d f g h k l m n p pr qu r s st t th tr v w".split()
_VOWELS = "a e i o u ea ia io".split()
_ENDS = "l n r s t m x nd ck st".split()
_SUFFIXES = "al ic ous ity ation ine ogen osis ing ment ed ive".split()
_LINKS = "of in and for with on during after among by".split()
_OPENINGS = (
    "effects of", "a study of", "the role of", "association between", "treatment of",
    "prevalence of", "outcomes of", "mechanisms of", "impact of", "use of",
)  # fmt: skip
_DESIGNS = (
    ": a randomised controlled trial", ": a systematic review and meta-analysis",
    ": a cross-sectional survey", ": a cohort study", ": results from a national registry",
    ": a pilot study", ": a qualitative study", " in mice", " in adults", " in older people",
)  # fmt: skip
_COLUMNS = ("Editorial", "In this issue", "Letter to the editor", "Book reviews", "Abstracts")
_SURNAMES = (
    "Wang Li Zhang Liu Chen Smith Kim Lee Singh Johnson Nguyen Garcia Brown Martin Muller Silva"
).split()
_GIVEN = (
    "Anna Omar Wei John Maria David Sarah Ahmed Elena Thomas Yuki Peter Laura Carlos Ingrid Paul"
).split()
_PLACES = "American British European Asian International Scandinavian Canadian Indian".split()


def _words(rng: np.random.Generator, size: int, suffixes: bool) -> list[str]:
    """Return distinct made-up words."""
    found: dict[str, None] = {}
    while len(found) < size:
        parts = [rng.choice(_ONSETS) + rng.choice(_VOWELS) for _ in range(rng.integers(1, 4))]
        word = "".join(parts) + rng.choice(_ENDS)
        found[word + rng.choice(_SUFFIXES) if suffixes and rng.random() < 0.6 else word] = None
    return list(found)


def _falling(size: int, offset: float) -> np.ndarray:
    """Return chances that fall off with rank, as the use of words and names does."""
    weights = 1 / (np.arange(size) + offset)
    return np.cumsum(weights / weights.sum())


@dataclass(frozen=True, slots=True)
class Journal:
    """A journal under its full and its abbreviated name."""

    name: str
    short: str
    founded: int


class Library:
    """Draws works and their records.

    Args:
        seed: The same seed gives the same records.
        size: How many records are wanted; names and words grow more varied with their number.
    """

    def __init__(self, seed: int, size: int) -> None:
        self._rng = np.random.default_rng(seed)
        vocabulary = 4_000 + int(40 * size**0.5)
        self._vocabulary = _words(self._rng, vocabulary, suffixes=True)
        names = _words(self._rng, 2_000 + int(10 * size**0.5), suffixes=False)
        self._surnames = _SURNAMES + [name.title() for name in names]
        self._word_chances = _falling(vocabulary, 30)
        self._name_chances = _falling(len(self._surnames), 20)
        self._journals = [self._journal() for _ in range(100 + int(2 * size**0.5))]
        self._journal_chances = _falling(len(self._journals), 10)
        self._works = 0

    def _draw(self, chances: np.ndarray, size: int) -> list[int]:
        places = np.searchsorted(chances, self._rng.random(size))
        return [int(place) for place in np.minimum(places, len(chances) - 1)]

    def _journal(self) -> Journal:
        rng = self._rng
        first, second = (self._vocabulary[at] for at in rng.integers(0, 400, 2))
        place = str(rng.choice(_PLACES))
        names = (
            (f"Journal of {first} and {second}", f"J {first[:4]} {second[:5]}"),
            (f"{place} Journal of {first}", f"{place[:3]} J {first[:4]}"),
            (f"{first} {second}", f"{first[:4]} {second[:4]}"),
        )
        name, short = names[int(rng.integers(len(names)))]
        return Journal(name.title(), short.title(), int(rng.integers(1920, 2005)))

    def _title(self) -> str:
        rng = self._rng
        count = int(rng.integers(4, 10))
        words = [self._vocabulary[at] for at in self._draw(self._word_chances, count)]
        words.insert(count // 2, str(rng.choice(_LINKS)))
        opening = f"{rng.choice(_OPENINGS)} " if rng.random() < 0.5 else ""
        design = str(rng.choice(_DESIGNS)) if rng.random() < 0.5 else ""
        text = opening + " ".join(words) + design
        return text[0].upper() + text[1:]

    def _people(self) -> list[tuple[str, str]]:
        count = min(1 + int(self._rng.poisson(3)), 12)
        surnames = [self._surnames[at] for at in self._draw(self._name_chances, count)]
        given = self._rng.integers(0, len(_GIVEN), count)
        middle = self._rng.integers(0, 26, count)
        return [
            (surname, f"{_GIVEN[g]} {chr(65 + m)}.")
            for surname, g, m in zip(surnames, given.tolist(), middle.tolist(), strict=True)
        ]

    def _work(self) -> tuple[Record, list[tuple[str, str]], Journal]:
        rng = self._rng
        journal = self._journals[self._draw(self._journal_chances, 1)[0]]
        year = 2024 - int(min(rng.exponential(9), 2023 - journal.founded))
        first = int(rng.integers(1, 1800))
        last = first + int(rng.integers(1, 15))
        words = [self._vocabulary[at] for at in self._draw(self._word_chances, 60)]
        self._works += 1
        record = {
            "title": self._title(),
            "year": str(year),
            "journal": journal.name,
            "volume": str(year - journal.founded),
            "number": str(int(rng.integers(1, 13))),
            "pages": f"{first}-{last}",
            "doi": f"10.{1000 + self._works % 900}/j.{year}.{self._works:07}",
            "abstract": " ".join(words).capitalize() + ".",
        }
        return record, self._people(), journal

    def _mistype(self, text: str) -> str:
        at = int(self._rng.integers(1, len(text) - 1))
        kind = int(self._rng.integers(3))
        if kind == 0:
            return text[:at] + text[at + 1 :]
        if kind == 1:
            return text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]
        return text[:at] + chr(97 + int(self._rng.integers(26))) + text[at + 1 :]

    def _print(self, work: Record, people: list[tuple[str, str]], journal: Journal) -> Record:
        """Return a record of a work as one database prints it."""
        chance = self._rng.random(16)
        record = dict(work)
        if chance[0] < 0.45:
            record["author"] = " and ".join(f"{last}, {first}" for last, first in people)
        elif chance[0] < 0.85:
            record["author"] = "; ".join(f"{last} {f[0]}{f[-2]}" for last, f in people)
        elif chance[0] < 0.97:
            record["author"] = "; ".join(f"{first} {last}" for last, first in people)
        if chance[1] < 0.4:
            record["journal"] = journal.short
        first, _, last = record["pages"].partition("-")
        if chance[2] < 0.3 and len(first) == len(last):
            record["pages"] = f"{first}-{last[-2:]}"
        elif chance[2] < 0.45:
            record["pages"] = first
        if chance[3] < 0.1:
            record["title"] = record["title"].upper()
        elif chance[3] < 0.2:
            record["title"] = self._mistype(record["title"])
        elif chance[3] < 0.4:
            record["title"] += "."
        if chance[4] < 0.04:
            record["year"] = str(int(record["year"]) + 1)
        if chance[5] < 0.2:
            record["doi"] = "https://doi.org/" + record["doi"].upper()
        missing = {"pages": 0.08, "volume": 0.05, "number": 0.2, "doi": 0.45, "abstract": 0.3}
        for at, (field, share) in enumerate(missing.items(), start=6):
            if chance[at] < share:
                record[field] = ""
        return record

    def _family(self) -> Iterator[tuple[str, list[Record]]]:
        """Yield a work, or a work and its trap, each as its label and its records."""
        work, people, journal = self._work()
        label = f"w{self._works}"
        copies = 1 + int(np.searchsorted(np.cumsum(COPIES), self._rng.random()))
        kind = self._rng.random()
        if kind < COLUMNS_SHARE:
            work |= {"title": str(self._rng.choice(_COLUMNS)), "abstract": ""}
        elif kind < COLUMNS_SHARE + SERIES:
            start = int(work["pages"].partition("-")[0]) + 20
            second = work | {
                "title": work["title"] + ". Part II",
                "pages": f"{start}-{start + 9}",
                "doi": work["doi"] + "2",
            }
            work["title"] += ". Part I"
            yield label + "b", [self._print(second, people, journal)]
        elif kind < COLUMNS_SHARE + SERIES + ERRATA:
            erratum = work | {
                "title": "Erratum: " + work["title"],
                "pages": str(int(work["pages"].partition("-")[0]) + 400),
                "doi": work["doi"] + "e",
                "abstract": "",
            }
            yield label + "e", [self._print(erratum, people, journal)]
        yield label, [self._print(work, people, journal) for _ in range(copies)]

    def batches(self, size: int) -> Iterator[pd.DataFrame]:
        """Yield `size` records in frames of at most `BATCH`, with a column ``work``, their truth.

        Records of one work stand next to each other; their ids are shuffled numbers, so order
        tells nothing.
        """
        ids = self._rng.permutation(size)
        rows: list[Record] = []
        made = 0
        while made < size:
            for label, records in self._family():
                for record in records[: size - made]:
                    rows.append({"id": f"{ids[made]:07}", "work": label, **record})
                    made += 1
            if len(rows) >= BATCH or made >= size:
                yield pd.DataFrame(rows).fillna("")
                rows = []
