"""Which report a file is the full text of, by its name and its first pages. Pure.

A file is matched where all that speaks plainly names one report: the report's id, DOI or PMID in
the file's name; a DOI or PMID in the text together with the title; first author, year and words of
the title. What is less than that, or names several reports, is asked of a person.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from review import identifiers
from review.dedupe.authors import surname
from review.dedupe.text_folding import fold

FIRST_PAGES = 2
"""Pages on which a work says what it is."""

MOST_CANDIDATES = 8
"""Reports that are offered where a person is asked."""

_REPORT = re.compile(r"(?<![A-Za-z0-9])P\d{6,}(?![A-Za-z0-9])")
_PMID_IN_NAME = re.compile(r"pmid[\s_:.-]*(\d{1,9})(?!\d)", re.IGNORECASE)
_DOI_START = re.compile(r"10\.\d{4,9}(?=[\W_])")
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>]+")
_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)")
_COPY = re.compile(r"(?:\s*\(\d+\)|[\s_-]+copy)+$", re.IGNORECASE)
_OF_ANOTHER = re.compile(
    r"\b(?:re|comments?|commentary|reply|response|letter|correction|corrigendum|erratum|"
    r"retraction|addendum|protocol for|supplement(?:ary)?)\b"
)
_BEFORE = 60  # letters before a title, where a notice about it says that it is one
_FEW = 4  # words of a title that are too few to know it by
_LETTERS = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, slots=True)
class Known:
    """What one record is known by, and the report that holds it."""

    report: str
    doi: str
    pmid: str
    authors: str
    year: int | None
    title: str


@dataclass(frozen=True, slots=True)
class Match:
    """What a file was found to be.

    Attributes:
        report: the one report it is of; ``""`` where a person is to say.
        how: by what it was found.
        candidates: reports it may be of, the likeliest first.
    """

    report: str = ""
    how: str = ""
    candidates: tuple[str, ...] = ()


class Reports:
    """The reports of a review, to look files up among."""

    def __init__(self, known: Iterable[Known]) -> None:
        self._known = tuple(known)

    def match(self, name: str, pages: Sequence[str]) -> Match:
        """Find the report of a file.

        Args:
            name: of the file, without its folder.
            pages: the text of its first pages; none where it could not be read.
        """
        stem = _COPY.sub("", re.sub(r"\.pdf$", "", name.strip(), flags=re.IGNORECASE))
        text = "\n".join(pages[:FIRST_PAGES])
        plain: dict[str, list[str]] = defaultdict(list)
        hints: dict[str, int] = defaultdict(int)
        for report, how in self._by_name(stem):
            plain[report].append(how)
        self._by_text(stem, text, plain, hints)
        if len(plain) == 1:
            (report,) = plain
            return Match(report, " and ".join(dict.fromkeys(plain[report])), (report,))
        ordered = sorted(hints, key=lambda report: (-hints[report], report))
        found = [*plain, *(report for report in ordered if report not in plain)]
        return Match(candidates=tuple(found[:MOST_CANDIDATES]))

    def _by_name(self, stem: str) -> Iterable[tuple[str, str]]:
        for id_ in _REPORT.findall(stem):
            if id_ in self._ids:
                yield id_, "the report's id in its name"
        if begin := _DOI_START.search(stem.replace("%2F", "/").replace("%2f", "/")):
            rest = stem.replace("%2F", "/").replace("%2f", "/")[begin.start() :]
            for report in self._dois.get(_LETTERS.sub("", rest.lower()), ()):
                yield report, "the DOI in its name"
        found = _PMID_IN_NAME.search(stem)
        number = found[1] if found else stem if re.fullmatch(r"\d{5,9}", stem) else ""
        for report in self._pmids.get(number.lstrip("0"), ()):
            yield report, "the PMID in its name"

    def _by_text(
        self, stem: str, text: str, plain: dict[str, list[str]], hints: dict[str, int]
    ) -> None:
        folded, name = fold(text), fold(stem)
        words = set(name.split())
        years = set(_YEAR.findall(stem)), set(_YEAR.findall(text))
        numbered = self._numbered(text)
        for place in sorted(self._worth_a_look(folded, words, numbered)):
            one = self._known[place]
            title, first = self._folded(one)
            year = str(one.year or "")
            in_text = self._is_titled(title, folded)
            for how in numbered.get(one.report, ()):
                hints[one.report] += 3
                if in_text:
                    plain[one.report].append(f"the {how} and the title in its text")
            if in_text:
                hints[one.report] += 2
                if first and year and first in folded.split() and year in (years[0] | years[1]):
                    plain[one.report].append("first author, year and title in its text")
            if first and set(first.split()) <= words and year and year in years[0]:
                hints[one.report] += 2
                of_title = {word for word in title.split() if len(word) > 3 and not word.isdigit()}
                if len(of_title & words - set(first.split())) >= 2:
                    plain[one.report].append("first author, year and title in its name")

    def _worth_a_look(self, folded: str, in_name: set[str], numbered: Iterable[str]) -> set[int]:
        """Places of all that `_by_text` may find something of; the others are most of a review."""
        text = folded.split()
        found = {place for pair in set(pairwise(text)) for place in self._by_title.get(pair, ())}
        found.update(place for word in in_name for place in self._by_author.get(word, ()))
        found.update(place for report in numbered for place in self._by_report[report])
        return found

    def _numbered(self, text: str) -> dict[str, list[str]]:
        """Reports whose DOI or PMID stands in a text."""
        found: dict[str, list[str]] = defaultdict(list)
        for doi in {identifiers.doi(written) for written in _DOI.findall(text)}:
            for report in self._dois.get(_LETTERS.sub("", doi), ()):
                found[report].append("DOI")
        for report in self._pmids.get(identifiers.pmid_named(text), ()):
            found[report].append("PMID")
        return found

    def _is_titled(self, title: str, folded: str) -> bool:
        """Whether a text bears a title as its own, not as that of a work it is about."""
        if len(title.split()) < _FEW:
            return False
        at = folded.find(title)
        if at < 0:
            return False
        before = folded[max(0, at - _BEFORE) : at]
        return not _OF_ANOTHER.search(before)

    def _folded(self, one: Known) -> tuple[str, str]:
        return self._titles[one.title, one.authors]

    @cached_property
    def _titles(self) -> dict[tuple[str, str], tuple[str, str]]:
        return {
            (one.title, one.authors): (fold(one.title), fold(surname(one.authors)))
            for one in self._known
        }

    @cached_property
    def _by_title(self) -> dict[tuple[str, str], list[int]]:
        """Second and third word of a title -> places; in a text they too stand side by side."""
        found: dict[tuple[str, str], list[int]] = defaultdict(list)
        for place, one in enumerate(self._known):
            words = self._folded(one)[0].split()
            if len(words) >= _FEW:
                found[words[1], words[2]].append(place)
        return found

    @cached_property
    def _by_author(self) -> dict[str, list[int]]:
        """First word of the first author's surname -> places."""
        found: dict[str, list[int]] = defaultdict(list)
        for place, one in enumerate(self._known):
            if first := self._folded(one)[1]:
                found[first.split()[0]].append(place)
        return found

    @cached_property
    def _by_report(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for place, one in enumerate(self._known):
            found[one.report].append(place)
        return found

    @cached_property
    def _ids(self) -> frozenset[str]:
        return frozenset(one.report for one in self._known)

    @cached_property
    def _dois(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for one in self._known:
            if one.doi:
                found[_LETTERS.sub("", one.doi.lower())].add(one.report)
        return found

    @cached_property
    def _pmids(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for one in self._known:
            if one.pmid:
                found[one.pmid].add(one.report)
        return found
