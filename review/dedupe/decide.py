"""Decide from the compared fields whether two records are the same publication.

The rules follow one thought: a wrong merge loses a study, a duplicate left costs a minute.  A
pair is ``same`` only when independent fields agree and nothing speaks against it, ``unsure``
when a person should look, and dropped otherwise.  Rules are tried in order and the first that
holds gives the verdict.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Mask = npt.NDArray[np.bool_]

SAME = "same"
UNSURE = "unsure"
DIFFERENT = "different"


@dataclass(frozen=True)
class _Facts:
    """What the figures of M pairs say, as masks: ``x`` agrees, ``no_x`` speaks against."""

    title: Mask  # the same words, give or take a letter
    near: Mask  # most of the words, or one title inside the other
    similar: Mask
    alike: Mask  # many of the words
    author: Mask
    no_author: Mask
    journal: Mask
    no_journal: Mask
    year: Mask
    close_year: Mask  # at most one year apart, or unknown
    no_year: Mask  # more than one year apart
    volume: Mask
    no_volume: Mask
    number: Mask
    page: Mask
    no_page: Mask
    abstract: Mask
    abstract_exact: Mask
    no_abstract: Mask
    exact: Mask
    authors: Mask  # all of them
    translated: Mask  # author, journal, year and page agree, whatever the title
    no_number: Mask
    place: Mask  # the same page, other than page 1
    identifier: Mask  # any of the next four
    doi: Mask  # the same DOI, or versions of one
    pmid: Mask
    pmcid: Mask
    openalex: Mask
    no_identifier: Mask  # two DOIs or two PubMed ids
    notice: Mask  # one announces a notice about a paper, the other does not
    numbers: Mask  # the numbers in the titles differ
    clash: Mask  # each title has a number that the other has not
    generic: Mask
    preprint: Mask
    meeting: Mask
    short: Mask
    part: Mask  # one title inside the other, even a short one
    long: Mask


def _facts(c: pd.DataFrame) -> _Facts:
    """Turn the figures of `review.dedupe.compare.compare` into masks (NaN is neither)."""

    def over(column: str, bound: float) -> Mask:
        return c[column].to_numpy() >= bound

    def under(column: str, bound: float) -> Mask:
        return c[column].to_numpy() < bound

    known_title = c["title"].notna().to_numpy()
    title = over("title", 0.97) | over("title_sort", 0.985)
    inside = over("title_within", 0.95) & over("title_size", 30)
    author = over("first_author", 0.85) | over("authors_sort", 0.8)
    author |= over("authors", 0.98) & over("author_words", 2)
    gap = c["year_gap"].to_numpy()
    doi, pmid, pmcid = over("doi_stem", 1), over("pmid", 1), over("pmcid", 1)
    openalex = over("openalex_id", 1)
    same_id = doi | pmid | pmcid | openalex
    other_id = under("doi_stem", 1) | under("pmid", 1)
    return _Facts(
        title=title,
        near=title
        | over("title", 0.9)
        | inside
        | (over("title_set", 0.95) & over("title_size", 30)),
        similar=over("title", 0.75),
        alike=over("title", 0.7) | inside | over("title_set", 0.8) | ~known_title,
        author=author,
        no_author=under("first_author", 0.7) & under("authors", 0.7),
        journal=over("journal", 0.75),
        no_journal=under("journal", 0.6),
        year=gap == 0,
        close_year=~(gap > 1),
        no_year=gap > 1,
        volume=over("volume", 1),
        no_volume=under("volume", 1),
        number=over("number", 1),
        page=over("page", 1),
        no_page=under("page", 1),
        abstract=over("abstract", 0.8),
        abstract_exact=over("abstract", 0.95),
        no_abstract=under("abstract", 0.65),
        exact=over("title", 0.995),
        authors=over("authors_sort", 0.9),
        place=over("place", 1),
        translated=author
        & over("journal", 0.75)
        & (gap == 0)
        & over("place", 1)
        & ~under("volume", 1)
        & ~under("abstract", 0.65)
        & over("author_words", 2),
        no_number=under("number", 1),
        identifier=same_id,
        doi=doi,
        pmid=pmid,
        pmcid=pmcid,
        openalex=openalex,
        no_identifier=other_id & ~same_id,
        notice=~c["notice_agree"].to_numpy(dtype=bool),
        numbers=under("numbers", 1) & known_title,
        clash=under("numbers", 0.5) & known_title,
        generic=c["generic"].to_numpy(dtype=bool),
        preprint=c["one_preprint"].to_numpy(dtype=bool),
        meeting=c["one_meeting"].to_numpy(dtype=bool),
        short=under("title_size", 20),
        part=over("title_within", 0.95) & over("title_size", 20),
        long=over("title_size", 60),
    )


def _verdicts(f: _Facts) -> npt.NDArray[np.object_]:
    """Return the verdict of each pair, ``""`` for pairs that are plainly different."""
    doubt = f.notice | f.numbers
    place = f.page & (f.volume | f.year) & ~f.no_year & ~f.no_volume
    printed = f.journal & f.year & f.volume & f.page
    against = sum(
        m.astype(np.int8)
        for m in (f.no_author, f.no_journal, f.no_volume, f.no_page, f.no_abstract, f.no_year)
    )
    issue = f.journal & f.volume & f.number
    fits = ~(f.no_volume | f.no_page | f.no_journal) & (f.close_year | issue)
    fits &= ~f.meeting | (f.journal & f.year)
    fits &= ~(f.no_number & f.volume & ~f.page & ~f.abstract & ~f.long)
    supplement = f.doi & ~f.pmid & ~f.alike & (f.no_author | f.no_abstract | (against > 1))
    rules: list[tuple[Mask, str]] = [
        # An identifier is given once; where much else differs it belongs to a whole supplement.
        (
            f.identifier
            & f.near
            & f.author
            & (f.page | f.abstract)
            & ~f.notice
            & (f.title | ~f.no_journal),
            SAME,
        ),
        (f.identifier & f.alike & ~doubt & (against < 2) & ~(f.generic & f.no_page), SAME),
        (supplement, DIFFERENT),
        (f.identifier & (f.alike | f.author | f.page), UNSURE),
        # Registered twice: publisher and archive each gave a DOI to the same printed pages.
        (f.no_identifier & f.title & f.author & printed & ~doubt & ~f.generic, SAME),
        (
            f.no_identifier
            & f.title
            & f.author
            & f.journal
            & f.year
            & f.place
            & ~f.no_volume
            & f.abstract_exact
            & ~doubt,
            SAME,
        ),
        (f.no_identifier & f.near & f.author & f.preprint, UNSURE),
        (f.no_identifier & f.near & f.author & place & ~f.generic, UNSURE),
        (
            f.no_identifier & f.exact & f.author & f.journal & f.year & f.abstract & ~f.generic,
            UNSURE,
        ),
        (f.no_identifier, DIFFERENT),
        # The same page of the same volume; a number more in one title is a slip there.
        (f.near & f.author & place & f.journal & ~f.notice & (~f.clash | f.abstract), SAME),
        (doubt & f.near & place & f.author, UNSURE),
        (doubt & (f.near | ~(place & f.place & f.author)), DIFFERENT),
        (f.near & f.author & f.page & (f.volume | f.year) & ~f.no_year, SAME),
        (f.part & f.author & f.place & f.journal & f.year & ~f.no_volume, SAME),
        (f.title & ~f.no_author & f.page & f.year & (f.journal | f.volume) & ~f.no_volume, SAME),
        (f.title & place & f.volume & f.year & f.abstract, SAME),
        # A translated title: everything but the title is the same.
        (f.translated & f.abstract & f.similar & ~f.generic, SAME),
        (f.translated & (f.abstract | (f.authors & f.volume)) & ~f.generic, UNSURE),
        # Titles of columns and notices return in every issue.
        (f.generic & f.author & f.volume & f.number & f.near, UNSURE),
        (f.generic & ~(f.abstract & f.journal & f.year & f.volume), DIFFERENT),
        # The same title and author, and nothing against it.
        (f.title & f.author & fits & (f.volume | f.year | f.journal | f.abstract), SAME),
        (f.title & ~f.no_author & fits & f.journal & f.year & f.volume & f.abstract, SAME),
        ((f.near | f.part) & f.author & fits & f.journal & f.volume & f.number, SAME),
        (f.title & f.author & f.year & f.volume & f.number & ~f.no_page, SAME),
        # One slip in volume or page, made up for by the abstract or the issue.
        (
            f.title
            & f.author
            & f.journal
            & f.year
            & (f.abstract_exact | (f.abstract & f.volume))
            & ~f.meeting
            & ~(f.no_volume & f.no_page),
            SAME,
        ),
        (
            f.exact
            & f.authors
            & f.journal
            & f.year
            & f.number
            & ~f.no_volume
            & ~f.no_abstract
            & ~f.meeting,
            SAME,
        ),
        (
            f.title & f.author & f.journal & f.year & ~(f.no_volume & f.no_page) & ~f.no_abstract,
            UNSURE,
        ),
        (f.near & f.author & fits & ~f.no_abstract, UNSURE),
        (f.title & ~f.no_author & fits & ~f.no_abstract & ~f.short, UNSURE),
        (f.title & printed, UNSURE),
        (f.title & f.author & f.close_year & ~f.no_volume & ~f.no_page & f.meeting, UNSURE),
        (f.title & f.preprint & ~f.no_author, UNSURE),
        (f.near & f.long & ~f.no_author & fits & ~f.no_abstract, UNSURE),
        (f.part & f.author & fits & ~f.no_abstract & ~(f.page | f.volume), UNSURE),
        (f.no_volume & f.no_page | f.no_year & f.no_volume, DIFFERENT),
    ]
    return np.select([mask for mask, _ in rules], [verdict for _, verdict in rules], "").astype(
        object
    )


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


def _scores(
    c: pd.DataFrame, f: _Facts, verdict: npt.NDArray[np.object_]
) -> npt.NDArray[np.float64]:
    """Return 0.9 to 1 for same, 0.5 to 0.9 for unsure, less for different: more fields, more."""
    evidence = np.nan_to_num(c["title"].to_numpy(dtype=np.float64)) * 0.3
    for agrees, against, weight in _WEIGHTS:
        evidence += weight * (getattr(f, agrees).astype(float) - getattr(f, against).astype(float))
    evidence = np.clip(evidence, 0, 1)
    score: npt.NDArray[np.float64] = np.select(
        [verdict == SAME, verdict == UNSURE],
        [0.9 + 0.1 * evidence, 0.5 + 0.39 * evidence],
        0.49 * evidence,
    )
    return score.round(4)


_AGREE = (
    ("doi", "DOI"),
    ("pmid", "PubMed id"),
    ("pmcid", "PubMed Central id"),
    ("openalex", "OpenAlex id"),
    ("author", "author"),
    ("journal", "journal"),
    ("year", "year"),
    ("volume", "volume"),
    ("page", "first page"),
    ("abstract", "abstract"),
)
_AGAINST = (
    ("no_identifier", "the identifiers differ"),
    ("no_author", "the authors differ"),
    ("no_journal", "the journals differ"),
    ("no_year", "the years differ"),
    ("no_volume", "the volumes differ"),
    ("no_page", "the pages differ"),
    ("no_abstract", "the abstracts differ"),
    ("numbers", "the numbers in the titles differ"),
    ("notice", "one is a notice, reply or comment"),
    ("generic", "the title says little"),
    ("preprint", "one is a preprint"),
)


def _list(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def _sentence(percent: int, agree: list[str], against: list[str]) -> str:
    title = f"title {percent} % alike" if percent >= 0 else "title missing on one side"
    first = f"Same {_list(agree)}, {title}" if agree else title.capitalize()
    return f"{first}; but {_list(against)}." if against else f"{first}."


def _reasons(c: pd.DataFrame, f: _Facts) -> npt.NDArray[np.object_]:
    """Return one sentence a pair; equal findings share one sentence."""
    flags = np.stack([getattr(f, name) for name, _ in (*_AGREE, *_AGAINST)], axis=1)
    percent = np.floor(np.nan_to_num(c["title"].to_numpy(dtype=np.float64), nan=-0.01) * 100)
    code = flags @ (1 << np.arange(flags.shape[1])) * 256 + (percent.astype(np.int64) + 1)
    _, first, inverse = np.unique(code, return_index=True, return_inverse=True)
    sentences = [
        _sentence(
            int(percent[row]),
            [text for (_, text), on in zip(_AGREE, flags[row], strict=False) if on],
            [text for (_, text), on in zip(_AGAINST, flags[row, len(_AGREE) :], strict=True) if on],
        )
        for row in first
    ]
    return np.asarray(sentences, dtype=object)[inverse] if sentences else np.empty(0, object)


def decide(compared: pd.DataFrame) -> pd.DataFrame:
    """Return a verdict for each compared pair.

    Args:
        compared: M rows as `review.dedupe.compare.compare` gives them.

    Returns:
        Up to M rows with the index of `compared` and columns ``id_a``, ``id_b``, ``score``
        (0 to 1, higher = more surely the same), ``verdict`` (``same``, ``unsure`` or, where the
        fields contradict each other, ``different``) and ``why`` (one sentence).  Pairs that no
        rule speaks of are left out.
    """
    facts = _facts(compared)
    verdict = _verdicts(facts)
    decided = pd.DataFrame(
        {
            "id_a": compared["id_a"],
            "id_b": compared["id_b"],
            "score": _scores(compared, facts, verdict),
            "verdict": verdict,
            "why": _reasons(compared, facts),
        },
        index=compared.index,
    )
    spoken: pd.DataFrame = decided[verdict != ""]
    return spoken
