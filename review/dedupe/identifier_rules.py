"""The rules on identifiers and on where a record was printed.

A rule tells for which pairs something holds, and the verdict that follows from it.  The order
matters: the first rule that holds gives the verdict.  The rules on the wording alone, which come
after these, stand in `review.dedupe.text_rules`.
"""

from __future__ import annotations

from collections.abc import Iterator

from review.dedupe.features import Mask, PairFeatures

SAME = "same"
"""Independent fields agree and nothing speaks against it: joined."""

UNSURE = "unsure"
"""Neither joined nor held apart."""

APART = "apart"
"""The fields contradict each other: never in one cluster, even through other records."""

Rule = tuple[str, Mask, str]
"""What holds, for which pairs, and the verdict."""


def placed_rules(f: PairFeatures) -> Iterator[Rule]:
    """Yield the rules in the order in which they are tried."""
    yield from _identifier_rules(f)
    yield from _two_identifier_rules(f)
    yield from _place_rules(f)
    yield from _one_page_rules(f)


def _identifier_rules(f: PairFeatures) -> Iterator[Rule]:
    doubt = f.notice | f.numbers
    supplement = f.doi & ~f.pmid & ~f.alike & (f.no_author | f.no_abstract | (f.against > 1))
    printed = (f.page | f.abstract) & (f.title | ~f.no_journal)
    # A book's DOI stands at its chapters, and "Comment in" names the number of another paper: a key
    # proves nothing where title, author or year speak against it, or nothing else is the same.
    placed = f.page | f.abstract
    fits = placed | (f.title & ~f.no_author) | (f.volume & f.author & ~f.no_page)
    fits &= ~(f.no_author | f.no_year) | placed | (f.title & f.author & f.volume)
    other_work = (
        f.own_words & f.alike & ~f.pmid & ~f.pmcid & ~f.openalex & ~f.translated & ~f.exact_abstract
    )
    yield "Two updates of one review: two reports, which are linked.", f.update & ~f.pmid, APART
    yield (
        "The DOI of a whole supplement: titles differ in their own words, and so does the place.",
        other_work & (f.no_page | f.no_abstract),
        APART,
    )
    yield "The same identifier, but a title is missing.", f.identifier & ~f.known_title, UNSURE
    yield (
        "The same identifier, title, author, and page, abstract or journal and year.",
        f.identifier & f.near & f.author & ~f.notice & (printed | (f.title & f.journal & f.year)),
        SAME,
    )
    yield (
        "The same identifier, and at most one other field differs.",
        f.identifier & f.alike & ~doubt & (f.against < 2) & ~(f.generic & f.no_page) & fits,
        SAME,
    )
    yield (
        "The same identifier and author, and a title cut short or without its subtitle.",
        f.identifier & f.author & (f.begins | f.subtitle) & ~f.notice & ~f.no_page
        & ~f.no_abstract & ~f.generic,
        SAME,
    )  # fmt: skip
    yield "The DOI of a whole supplement.", supplement, APART
    yield (
        "The same identifier, and titles near but for a number more in one.",
        f.identifier & f.near & f.journal & (f.author | f.volume) & ~f.notice & ~f.generic
        & ~f.clash & (f.against < 2) & (placed | ~f.no_author),
        SAME,
    )  # fmt: skip
    yield (
        "The same identifier, but much else differs.",
        f.identifier & (f.alike | f.author | f.page),
        UNSURE,
    )


def _two_identifier_rules(f: PairFeatures) -> Iterator[Rule]:
    alias = f.no_identifier & f.title & f.author & f.journal & f.year
    alias &= ~f.generic & ~f.notice & ~f.numbers
    yield (
        "Registered twice: two DOIs for the same page of the same volume.",
        alias & ~f.no_volume & ((f.volume & f.page) | (f.place & f.exact_abstract)),
        SAME,
    )
    yield (
        "Two DOIs, but the same abstract, and no other page or volume is known.",
        alias & f.exact_abstract & (f.page | ~(f.no_page | f.no_volume)),
        UNSURE,
    )
    yield "Two identifiers.", f.no_identifier, APART
    yield (
        "A preprint and an article without an identifier in common.",
        f.preprint & f.near & ~f.no_author & ~f.notice & ~f.clash
        & ~(f.pages & f.journal & f.year),
        APART,
    )  # fmt: skip


def _place_rules(f: PairFeatures) -> Iterator[Rule]:
    doubt = f.notice | f.numbers
    # A column may begin on the same page of every issue.
    returns = (f.generic | f.column) & (f.no_number | f.other_pages)
    place = f.page & (f.volume | f.year) & ~f.no_year & ~f.no_volume & ~returns
    all_else = f.author & ((f.near & place) | (f.title & f.journal & f.year & f.abstract))
    yield (
        "The same page of the same journal; a number more in one title is a slip.",
        f.near & f.author & place & f.journal & ~f.notice & (~f.clash | f.abstract),
        SAME,
    )
    yield (
        "The same pages, first to last, by one author; one title is cut short.",
        f.pages & f.begins & f.author & f.journal & f.year & ~f.no_volume & ~f.no_abstract
        & ~f.notice & ~f.clash,
        SAME,
    )  # fmt: skip
    yield (
        "The same pages of the same volume, first to last, by the same authors.",
        f.pages & f.author & f.journal & f.year & f.volume & ~f.no_abstract
        & ~f.notice & ~f.numbers & ~f.generic & (f.translated | ~f.no_number),
        SAME,
    )  # fmt: skip
    yield "All but the numbers in the titles agree.", f.numbers & ~f.notice & all_else, UNSURE
    yield (
        "Parts of a series, or a notice and its paper.",
        doubt & (f.near | ~(place & f.place & f.author)),
        APART,
    )
    yield (
        "Near titles by one author on one page.",
        f.near & f.author & place & (f.volume | f.place),
        SAME,
    )


def _one_page_rules(f: PairFeatures) -> Iterator[Rule]:
    returns = (f.generic | f.column) & (f.no_number | f.other_pages)
    place = f.journal & f.year & f.place & ~f.no_volume
    printed = f.page & f.year & ~f.no_volume & ~returns
    yield (
        "One title is part of the other, by one author on one page.",
        f.part & f.author & place & ~returns,
        SAME,
    )
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
    yield (
        "A slip in the year: the same title and author on one page of one issue.",
        f.exact_title & f.author & f.journal & f.number & f.place & ~f.no_volume & ~f.generic
        & ~f.column & ~f.other_pages,
        SAME,
    )  # fmt: skip
    yield (
        "A title translated anew: all else is the same.",
        place & f.author & f.named & f.similar & f.abstract & ~f.generic,
        SAME,
    )
