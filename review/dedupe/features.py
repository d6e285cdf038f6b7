"""What the figures of a comparison say: each field agrees, speaks against, or is unknown.

All bounds of the deduplication stand here.  They were set on nine collections of records with
known duplicates (`benchmarks/dedupe_quality.py` measures them); a field between its two bounds
counts as neither.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Mask = npt.NDArray[np.bool_]

TITLE_SAME = 0.97
TITLE_NEAR = 0.9
TITLE_SIMILAR = 0.75
LONG_ENOUGH = 30
"""Letters a title needs before it counts for something that it stands inside another one."""


@dataclass(frozen=True, slots=True)
class PairFeatures:
    """Masks over M pairs.  ``no_x`` means that x is known on both sides and speaks against."""

    known_title: Mask
    exact_title: Mask  # letter for letter
    title: Mask  # the same words, give or take a letter
    near: Mask  # most of the words, or one title inside the other
    similar: Mask
    alike: Mask  # many of the words
    part: Mask  # one title inside the other, even a short one
    short: Mask
    long: Mask
    begins: Mask  # one title begins the other
    subtitle: Mask  # one title is the other without subtitle or label
    percent: npt.NDArray[np.int64]  # likeness of the titles, -1 where one is missing

    numbers: Mask  # the numbers in the titles differ
    clash: Mask  # each title has a number that the other has not
    notice: Mask  # one announces a notice about a paper, the other does not
    generic: Mask  # one title says nothing of its paper
    column: Mask  # one title may return in every issue
    preprint: Mask  # one is a preprint, the other not
    meeting: Mask  # one is a contribution to a meeting, the other not
    no_meeting: Mask  # neither is

    doi: Mask  # the same DOI, or versions of one
    update: Mask  # other updates of one review, by the numbers at the ends of their DOIs
    own_words: Mask  # the very same DOI, and each title has a word that the other has not
    pmid: Mask
    pmcid: Mask
    openalex: Mask
    identifier: Mask  # any of these
    no_identifier: Mask  # none, but two DOIs or two PubMed ids

    author: Mask  # the first author, or the authors of one are among those of the other
    authors: Mask  # all of them
    no_author: Mask
    named: Mask  # both author lists hold two names at least
    journal: Mask
    no_journal: Mask
    year: Mask
    next_year: Mask  # one year apart
    no_year: Mask  # more than a year apart
    volume: Mask
    no_volume: Mask
    number: Mask
    no_number: Mask
    page: Mask  # the first or the last page
    place: Mask  # the same, but not page 1, where papers of proceedings often begin
    no_page: Mask
    pages: Mask  # first and last page, three or more
    other_pages: Mask  # the first or the last page, but not both
    translated: Mask  # one title or both are in brackets
    abstract: Mask
    exact_abstract: Mask
    no_abstract: Mask

    @property
    def against(self) -> npt.NDArray[np.int64]:
        """How many fields speak against each pair."""
        fields = (
            self.no_author,
            self.no_journal,
            self.no_year,
            self.no_volume,
            self.no_page,
            self.no_abstract,
        )
        count: npt.NDArray[np.int64] = np.sum(fields, axis=0, dtype=np.int64)
        return count


def pair_features(compared: pd.DataFrame) -> PairFeatures:
    """Read the facts from M rows as `review.dedupe.compare.compare` gives them."""

    def over(column: str, bound: float) -> Mask:
        return compared[column].to_numpy() >= bound  # False where unknown

    def under(column: str, bound: float) -> Mask:
        return compared[column].to_numpy() < bound

    def flag(column: str) -> Mask:
        return compared[column].to_numpy(dtype=bool)

    likeness = compared["title"].to_numpy(dtype=np.float64)
    known_title = ~np.isnan(likeness)
    title = over("title", TITLE_SAME) | over("title_sort", 0.985)
    within = over("title_within", 0.95)
    inside = (within | over("title_set", 0.95)) & over("title_size", LONG_ENOUGH)
    doi, pmid = over("doi_stem", 1), over("pmid", 1)
    pmcid, openalex = over("pmcid", 1), over("openalex_id", 1)
    identifier = doi | pmid | pmcid | openalex
    named = over("author_words", 2)
    author = over("first_author", 0.85) | over("authors_sort", 0.8)
    return PairFeatures(
        known_title=known_title,
        exact_title=over("title", 0.995),
        title=title,
        near=title | over("title", TITLE_NEAR) | inside,
        similar=over("title", TITLE_SIMILAR) | within,
        alike=over("title", 0.7) | inside | over("title_set", 0.8),
        part=within & over("title_size", 20),
        short=under("title_size", 20),
        long=over("title_size", 60),
        begins=flag("title_begins"),
        subtitle=flag("title_part"),
        percent=np.floor(np.where(known_title, likeness, -0.01) * 100).astype(np.int64),
        numbers=under("numbers", 1) & known_title,
        clash=under("numbers", 0.5) & known_title,
        notice=flag("one_notice"),
        generic=flag("any_generic"),
        column=flag("any_column"),
        preprint=flag("one_preprint"),
        meeting=flag("one_meeting"),
        no_meeting=~flag("any_meeting"),
        doi=doi,
        update=flag("update"),
        own_words=flag("own_words"),
        pmid=pmid,
        pmcid=pmcid,
        openalex=openalex,
        identifier=identifier,
        no_identifier=(under("doi_stem", 1) | under("pmid", 1)) & ~identifier,
        author=author | (over("authors", 0.98) & named),
        authors=over("authors_sort", 0.9),
        no_author=under("first_author", 0.7) & under("authors", 0.7),
        named=named,
        journal=over("journal", 0.75),
        no_journal=under("journal", 0.7),
        year=under("year_gap", 1),
        next_year=over("year_gap", 1) & under("year_gap", 2),
        no_year=over("year_gap", 2),
        volume=over("volume", 1),
        no_volume=under("volume", 1),
        number=over("number", 1),
        no_number=under("number", 1),
        page=over("page", 1),
        place=over("place", 1),
        no_page=under("page", 1),
        pages=flag("pages"),
        other_pages=flag("other_pages"),
        translated=flag("any_translated"),
        abstract=over("abstract", 0.8),
        exact_abstract=over("abstract", 0.95),
        no_abstract=under("abstract", 0.65),
    )
