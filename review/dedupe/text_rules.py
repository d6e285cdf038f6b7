"""The rules on title, authors and journal, where no identifier and no page settles a pair."""

from __future__ import annotations

from collections.abc import Iterator

from review.dedupe.features import Mask, PairFeatures
from review.dedupe.identifier_rules import APART, SAME, Rule


def wording_rules(f: PairFeatures) -> Iterator[Rule]:
    """Yield the rules in the order in which they are tried."""
    yield (
        "A title that says nothing.",
        f.generic
        & ~(f.abstract & f.journal & f.volume & ~f.no_year & ~f.no_number & (f.year | f.number)),
        APART,
    )
    fits = _fits(f)
    yield from _signed_rules(f, fits)
    yield from _unsigned_rules(f, fits)
    yield from _shortened_rules(f, fits)
    yield from _slip_rules(f)
    yield (
        "The same title in another volume.",
        f.no_volume & (f.no_year | (f.no_page & ~(f.long & f.author & f.journal & f.year))),
        APART,
    )


def _fits(f: PairFeatures) -> Mask:
    """Tell where nothing that is known of two records speaks against their being one."""
    issue = f.journal & f.volume & f.number
    fits = ~(f.no_volume | f.no_page | f.no_journal) & (~f.no_year | issue)
    # A meeting's abstract and the article tell the same under one title.
    printed = f.journal & (f.year | (f.volume & (f.number | f.abstract)))
    fits &= ~f.meeting | printed
    # A short title may come back in the next issue of the volume, ...
    fits &= ~(f.no_number & f.volume & ~f.page & ~f.abstract & ~f.long)
    # ... and a column, or a short title of which nothing else is known, in the next year.
    known = f.volume | f.number | f.page | f.abstract
    fits &= ~(f.next_year & ~known & ~f.long)
    return fits & ~(f.column & (f.next_year | f.no_number))


def _signed_rules(f: PairFeatures, fits: Mask) -> Iterator[Rule]:
    signed, near = f.title & f.author, (f.near | f.part) & f.author
    issue = f.volume & f.number
    yield (
        "The same title and author, and nothing against it.",
        signed & fits & (f.volume | f.year | f.journal | f.abstract),
        SAME,
    )
    yield "One author in one issue.", near & fits & issue & f.journal, SAME
    yield (
        "Near titles by one author in one issue, the journal unknown.",
        near & fits & issue & f.year,
        SAME,
    )
    yield (
        "The same title and author in one issue, the journal named otherwise.",
        signed & f.year & issue & ~f.no_page & ~f.column,
        SAME,
    )


def _unsigned_rules(f: PairFeatures, fits: Mask) -> Iterator[Rule]:
    printed = f.title & ~f.no_author & fits & f.journal
    yield (
        "The same title, volume and abstract, and no other authors.",
        printed & f.year & f.volume & f.abstract,
        SAME,
    )
    yield (
        "The same title in one issue, and no other authors.",
        printed & (f.long | f.exact_title) & ~f.short & f.volume & f.number,
        SAME,
    )
    yield (
        "The same title in one journal and year, and no other authors.",
        printed & f.exact_title & f.year & ~f.short & ~f.no_abstract & ~f.column,
        SAME,
    )


def _shortened_rules(f: PairFeatures, fits: Mask) -> Iterator[Rule]:
    agree = f.author & fits & ~f.no_abstract
    yield (
        "A title cut short or without its subtitle, by one author in one journal and year.",
        agree & f.part & (f.begins | f.subtitle) & f.journal & f.year,
        SAME,
    )
    yield (
        "Near titles and the same abstract by one author.",
        agree & f.near & f.abstract & (f.journal | f.year),
        SAME,
    )
    yield (
        "Long titles, nearly the same, with the same abstract, and no other authors.",
        f.near & f.long & f.abstract & ~f.no_author & fits & f.year,
        SAME,
    )


def _slip_rules(f: PairFeatures) -> Iterator[Rule]:
    signed = f.title & f.author & f.journal & f.year & ~f.meeting & ~(f.no_volume & f.no_page)
    signed &= ~f.column
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
        & ~f.no_abstract & ~f.column,
        SAME,
    )  # fmt: skip
    yield (
        "The journal named otherwise, but the same title, authors and abstract.",
        f.exact_title & f.authors & f.year & f.exact_abstract & f.no_meeting
        & ~f.no_volume & ~f.no_page,
        SAME,
    )  # fmt: skip
