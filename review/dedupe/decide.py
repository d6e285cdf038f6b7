"""Decide from the compared fields whether two records are the same publication.

The rules follow one thought: a wrong merge loses a study, a duplicate left costs a minute.  A
pair is ``same`` only when independent fields agree and nothing speaks against it, ``unsure``
when a person should look, ``different`` when the fields contradict each other, and dropped
otherwise.  Rules are tried in order and the first that holds gives the verdict.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from review.dedupe.facts import Facts, Mask, facts
from review.dedupe.reasons import reasons

SAME = "same"
UNSURE = "unsure"
DIFFERENT = "different"

Rule = tuple[str, Mask, str]
"""What holds, for which pairs, and the verdict that follows."""


def _identifier_rules(f: Facts) -> Iterator[Rule]:
    doubt = f.notice | f.numbers
    supplement = f.doi & ~f.pmid & ~f.alike & (f.no_author | f.no_abstract | (f.against > 1))
    printed = (f.page | f.abstract) & (f.title | ~f.no_journal)
    yield "The same identifier, but a title is missing.", f.identifier & ~f.known_title, UNSURE
    yield (
        "The same identifier, title, author, and page, abstract or journal and year.",
        f.identifier & f.near & f.author & ~f.notice & (printed | (f.title & f.journal & f.year)),
        SAME,
    )
    yield (
        "The same identifier, and at most one other field differs.",
        f.identifier & f.alike & ~doubt & (f.against < 2) & ~(f.generic & f.no_page),
        SAME,
    )
    yield "A DOI that stands for a whole supplement.", supplement, DIFFERENT
    yield (
        "The same identifier, and titles near but for a number more in one.",
        f.identifier & f.near & f.journal & (f.author | f.volume) & ~f.notice & ~f.generic
        & ~f.clash & (f.against < 2),
        SAME,
    )  # fmt: skip
    yield (
        "The same identifier, but much else differs.",
        f.identifier & (f.alike | f.author | f.page),
        UNSURE,
    )


def _two_identifier_rules(f: Facts) -> Iterator[Rule]:
    two = f.no_identifier & f.author & ~f.generic
    alias = two & f.title & f.journal & f.year & ~f.notice & ~f.numbers & ~f.no_volume
    printed = f.page & (f.volume | f.year) & ~f.no_year & ~f.no_volume
    yield (
        "Registered twice: two DOIs for the same page of the same volume.",
        alias & ((f.volume & f.page) | (f.place & f.exact_abstract)),
        SAME,
    )
    yield "Preprint and article have a DOI each.", two & f.near & f.preprint, UNSURE
    yield "Two DOIs, but the same page or abstract.", two & f.near & printed, UNSURE
    yield (
        "Two DOIs, but the same title and abstract.",
        two & f.exact_title & f.journal & f.year & f.abstract,
        UNSURE,
    )
    yield "Two identifiers.", f.no_identifier, DIFFERENT
    yield (
        "A preprint and an article without an identifier in common.",
        f.preprint & f.near & ~f.no_author & ~f.notice & ~f.clash
        & ~(f.pages & f.journal & f.year),
        UNSURE,
    )  # fmt: skip


def _place_rules(f: Facts) -> Iterator[Rule]:
    doubt = f.notice | f.numbers
    place = f.page & (f.volume | f.year) & ~f.no_year & ~f.no_volume
    yield (
        "The same page of the same journal; a number more in one title is a slip.",
        f.near & f.author & place & f.journal & ~f.notice & (~f.clash | f.abstract),
        SAME,
    )
    yield (
        "The same pages of the same volume, first to last, by the same authors.",
        f.pages & f.author & f.journal & f.year & f.volume & ~f.no_abstract
        & ~f.notice & ~f.numbers & ~f.generic & (f.translated | ~f.no_number),
        SAME,
    )  # fmt: skip
    yield "The same place, but part, notice or comment.", doubt & f.near & place & f.author, UNSURE
    yield (
        "All but the numbers in the titles agree.",
        ~f.notice & f.numbers & f.title & f.author & f.journal & f.year & f.abstract,
        UNSURE,
    )
    yield (
        "Parts of a series, or a notice and its paper.",
        doubt & (f.near | ~(place & f.place & f.author)),
        DIFFERENT,
    )
    yield (
        "Near titles by one author on one page.",
        f.near & f.author & f.page & (f.volume | (f.year & f.place)) & ~f.no_year,
        SAME,
    )
    yield (
        "One title is part of the other, by one author on one page.",
        f.part & f.author & f.place & f.journal & f.year & ~f.no_volume,
        SAME,
    )
    printed = f.page & f.year & ~f.no_volume
    yield (
        "The same title on one page, and no other authors.",
        f.title & ~f.no_author & printed & (f.journal | f.volume | (f.number & f.place)),
        SAME,
    )
    yield (
        "The same title and abstract on one page.",
        f.title & printed & (f.volume | f.number) & f.abstract & (f.exact_title | ~f.no_author),
        SAME,
    )
    yield from _translation_rules(f)


def _translation_rules(f: Facts) -> Iterator[Rule]:
    printed = f.journal & f.year & f.place & ~f.no_volume
    translated = printed & f.author & f.named & ~f.no_abstract & ~f.generic
    yield (
        "A title translated anew: all else is the same.",
        translated & f.abstract & f.similar,
        SAME,
    )
    yield (
        "One author, journal, year and page, but another title.",
        translated & (f.abstract | (f.authors & f.volume)),
        UNSURE,
    )


def _text_rules(f: Facts) -> Iterator[Rule]:
    issue = f.journal & f.volume & f.number
    fits = ~(f.no_volume | f.no_page | f.no_journal) & (~f.no_year | issue)
    fits &= ~f.meeting | (f.journal & f.year)
    # A short title may come back in the next issue of the volume.
    fits &= ~(f.no_number & f.volume & ~f.page & ~f.abstract & ~f.long)
    signed = f.title & f.author
    yield (
        "A title that returns in every issue.",
        f.generic & f.near & f.author & f.volume & f.number,
        UNSURE,
    )
    yield (
        "A title that says nothing.",
        f.generic & ~(f.abstract & f.journal & f.year & f.volume),
        DIFFERENT,
    )
    yield (
        "The same title and author, and nothing against it.",
        signed & fits & (f.volume | f.year | f.journal | f.abstract),
        SAME,
    )
    yield (
        "The same title, volume and abstract, and no other authors.",
        f.title & ~f.no_author & fits & f.journal & f.year & f.volume & f.abstract,
        SAME,
    )
    yield (
        "The same title in one issue, and no other authors.",
        (f.long | f.exact_title) & f.title & ~f.short & ~f.no_author & fits & issue,
        SAME,
    )
    yield "One author in one issue.", (f.near | f.part) & f.author & fits & issue, SAME
    yield (
        "The same title and author in one issue, the journal named otherwise.",
        signed & f.year & f.volume & f.number & ~f.no_page,
        SAME,
    )
    yield from _slip_rules(f)
    yield from _doubtful_rules(f, fits)


def _slip_rules(f: Facts) -> Iterator[Rule]:
    signed = f.title & f.author & f.journal & f.year & ~f.meeting & ~(f.no_volume & f.no_page)
    yield (
        "A slip in volume or page, but the same abstract.",
        signed & (f.exact_abstract | (f.abstract & f.volume)),
        SAME,
    )
    yield (
        "A slip in the page, but the same title and authors in one issue.",
        signed & f.exact_title & f.authors & f.number & ~f.no_volume & ~f.no_abstract,
        SAME,
    )
    yield (
        "The same long title and authors in one volume.",
        f.exact_title & f.long & f.authors & f.named & f.journal & f.year & f.volume
        & ~f.no_abstract,
        SAME,
    )  # fmt: skip
    yield (
        "The journal named otherwise, but the same title, authors and abstract.",
        f.exact_title & f.authors & f.year & f.exact_abstract & f.no_meeting
        & ~f.no_volume & ~f.no_page,
        SAME,
    )  # fmt: skip


def _doubtful_rules(f: Facts, fits: Mask) -> Iterator[Rule]:
    printed = ~(f.no_volume | f.no_page)
    somewhere = f.journal | f.volume | f.page | f.abstract
    yield (
        "Volume or page differ, perhaps by a slip.",
        f.title & f.author & f.journal & f.year & ~(f.no_volume & f.no_page) & ~f.no_abstract,
        UNSURE,
    )
    yield (
        "Near titles by one author.",
        f.near & f.author & fits & somewhere & ~f.no_abstract,
        UNSURE,
    )
    yield (
        "The same title, the authors unknown.",
        f.title & ~f.no_author & fits & (somewhere | f.year) & ~f.no_abstract & ~f.short,
        UNSURE,
    )
    yield (
        "The same title on one page, by others.",
        f.title & f.year & f.page & (f.abstract | (f.journal & f.volume)),
        UNSURE,
    )
    yield (
        "Abstract and article.",
        f.title & f.author & (f.year | f.journal) & ~f.no_year & printed & f.meeting,
        UNSURE,
    )
    yield (
        "Long titles, nearly the same, the authors unknown.",
        f.near
        & f.long
        & ~f.no_author
        & fits
        & (somewhere | ((f.percent >= 95) & ~f.author))
        & ~f.no_abstract,
        UNSURE,
    )
    yield (
        "One title is the beginning of the other.",
        f.part & f.author & fits & ~f.no_abstract & ~(f.page | f.volume),
        UNSURE,
    )
    yield (
        "The same pages, first to last, by one author.",
        f.pages & f.author & f.year & ~f.no_volume & (f.journal | f.volume | f.number),
        UNSURE,
    )
    yield (
        "An abstract given at two meetings.",
        f.title & f.author & f.year & ~f.no_meeting & ~f.meeting & (f.abstract | f.exact_title),
        UNSURE,
    )
    yield (
        "The same title in another volume.",
        f.no_volume & (f.no_year | (f.no_page & ~(f.long & f.author & f.journal & f.year))),
        DIFFERENT,
    )


def rules(f: Facts) -> Iterator[Rule]:
    """Yield the rules in the order in which they are tried."""
    yield from _identifier_rules(f)
    yield from _two_identifier_rules(f)
    yield from _place_rules(f)
    yield from _text_rules(f)


_WEIGHTS: tuple[tuple[str, str, float], ...] = (
    # (field agrees, field speaks against, weight of either)
    ("identifier", "no_identifier", 0.3),
    ("author", "no_author", 0.15),
    ("page", "no_page", 0.15),
    ("volume", "no_volume", 0.1),
    ("year", "no_year", 0.1),
    ("journal", "no_journal", 0.1),
    ("abstract", "no_abstract", 0.1),
)


def _scores(f: Facts, verdict: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    """Return 0.9 to 1 for same, 0.5 to 0.9 for unsure, less for different: more fields, more."""
    evidence = np.maximum(f.percent, 0) * 0.003
    for agrees, against, weight in _WEIGHTS:
        evidence += weight * (getattr(f, agrees).astype(float) - getattr(f, against).astype(float))
    evidence = np.clip(evidence, 0, 1)
    score: npt.NDArray[np.float64] = np.select(
        [verdict == SAME, verdict == UNSURE],
        [0.9 + 0.1 * evidence, 0.5 + 0.39 * evidence],
        0.49 * evidence,
    )
    return score.round(4)


def decide(compared: pd.DataFrame) -> pd.DataFrame:
    """Return a verdict for each compared pair.

    Args:
        compared: M rows as `review.dedupe.compare.compare` gives them.

    Returns:
        Up to M rows with the index of `compared` and columns ``id_a``, ``id_b``, ``score``
        (0 to 1, higher = more surely the same), ``verdict`` (``same``, ``unsure`` or, where the
        fields contradict each other, ``different``), ``why`` (one sentence on the fields) and
        ``rule`` (the rule that held).  Pairs that no rule speaks of are left out.
    """
    found = facts(compared)
    texts, masks, verdicts = zip(*rules(found), strict=True)
    first = np.select(masks, range(len(masks)), -1)
    verdict = np.array([*verdicts, ""], dtype=object)[first]
    decided = pd.DataFrame(
        {
            "id_a": compared["id_a"],
            "id_b": compared["id_b"],
            "score": _scores(found, verdict),
            "verdict": verdict,
            "why": reasons(found),
            "rule": np.array([*texts, ""], dtype=object)[first],
        },
        index=compared.index,
    )
    spoken: pd.DataFrame = decided[first >= 0]
    return spoken
