"""Bring the fields of bibliographic records into comparable form.

Databases write one paper in many ways: ``Basic Res Cardiol`` and ``Basic Research in
Cardiology``, ``139-54`` and ``139-154``, ``Smith J`` and ``John Smith``, a DOI as a link, in
percent code or followed by ``[doi]``.  Everything here works on one record at a time and knows
nothing of the others, so a record normalises to the same row whatever it is imported with.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from review import identifiers
from review.dedupe.authors import first_author, fold_authors, surname
from review.dedupe.doi_versions import cochrane_stem, doi_stem, is_preprint
from review.dedupe.page_numbers import first_page, fold_year, last_page
from review.dedupe.text_folding import first_number, fold
from review.dedupe.titles import (
    bare_title,
    fold_title,
    is_column,
    is_generic,
    is_translated,
    notice,
    title_ends,
    title_numbers,
)
from review.dedupe.venues import (
    acronym,
    fold_journal,
    full_name,
    is_meeting,
    is_proceedings,
    says_journal,
)
from review.progress import NOBODY, Watch

COLUMNS: tuple[str, ...] = (
    "id",
    "title",
    "author",
    "year",
    "journal",
    "volume",
    "number",
    "pages",
    "doi",
    "abstract",
    "isbn",
    "pmid",
    "pmcid",
    "openalex_id",
    "entrytype",
    "source",
    "url",
)
"""Columns read from a record; all but ``id`` may be missing, and a blank means missing."""

ABSTRACT_LETTERS = 240
"""Letters of an abstract that are compared; two papers rarely share their first two sentences."""

CHUNK = 2_500
"""Records normalised at a time: the lists of words at work stay small, and the count moves."""


def _texts(records: pd.DataFrame, column: str) -> list[str]:
    """Return one column as plain strings; a missing column or value is the empty string."""
    if column not in records.columns:
        return [""] * len(records)
    values = records[column]
    known = values.notna().tolist()
    return [str(v).strip() if k else "" for v, k in zip(values.tolist(), known, strict=True)]


def _map(function: Callable[[str], str], values: list[str]) -> list[str]:
    """Apply a function to each value, once to those that occur often; blanks stay blank."""
    known = {value: function(value) for value in set(values) if value}
    return [known.get(value, "") for value in values]


def order_of(records: pd.DataFrame) -> npt.NDArray[np.intp]:
    """Return the positions of records in the order of their ids.

    Raises:
        KeyError: if there is no ``id`` column.
        ValueError: if an id is blank or occurs twice.
    """
    ids = records["id"].astype(str).str.strip()
    if (ids == "").any() or ids.duplicated().any():
        raise ValueError("Every record needs an id of its own.")
    return np.asarray(ids.argsort(kind="stable"), dtype=np.intp)


def normalise(
    records: pd.DataFrame, watch: Watch = NOBODY, *, keys_only: bool = False
) -> pd.DataFrame:
    """Return the comparable fields of records, sorted by id.

    Args:
        records: One row per record, N rows, with any of `COLUMNS`; ``id`` is required.
        watch: Told how many records are done.
        keys_only: Return those fields only by which `review.dedupe.blocking` finds the pairs worth
            comparing; that takes half the time.

    Returns:
        N rows, sorted by ``id``, with string columns (``""`` = missing) ``id``, ``title``,
        ``first_author``, ``surname``, ``year``, ``journal``, ``volume``, ``number``, ``page``,
        ``doi``, ``doi_stem``, ``pmid``, ``pmcid``, ``openalex_id``; and unless ``keys_only``
        ``main_title``, ``last_title``, ``numbers``, ``main_numbers``, ``notice``, ``authors``,
        ``acronym``, ``full_name``, ``issn``, ``last_page``, ``abstract`` and boolean columns
        ``generic``, ``column``, ``meeting``, ``proceedings``, ``says_journal``, ``translated``
        and ``preprint``.

    Raises:
        KeyError: if there is no ``id`` column.
        ValueError: if an id is blank or occurs twice.
    """
    order = order_of(records)
    found = [
        _normalise_rows(records.iloc[order[part]], keys_only)
        for part in watch.parts(len(order), CHUNK)
    ]
    return pd.concat(found, ignore_index=True)


def _normalise_rows(records: pd.DataFrame, keys_only: bool) -> pd.DataFrame:
    """Normalise a part of the records, in their order."""
    raw_titles = _texts(records, "title")
    bare_titles = _map(bare_title, raw_titles)
    titles = _map(fold_title, bare_titles)
    authors = _texts(records, "author")
    journals = _texts(records, "journal")
    dois = _map(identifiers.doi, _texts(records, "doi"))
    pages = _texts(records, "pages")
    numbered = _map(cochrane_stem, pages)
    volumes, issues = _texts(records, "volume"), _texts(records, "number")
    fields: dict[str, list[str]] = {
        "id": _texts(records, "id"),
        "title": titles,
        "first_author": _map(first_author, authors),
        "surname": _map(surname, authors),
        "year": _map(fold_year, _texts(records, "year")),
        "journal": _map(fold_journal, journals),
        "volume": _map(first_number, volumes),
        "number": _map(first_number, issues),
        "page": _map(first_page, pages),
        "doi": dois,
        "doi_stem": [s or n for s, n in zip(_map(doi_stem, dois), numbered, strict=True)],
        "pmid": _map(identifiers.pmid, _texts(records, "pmid")),
        "pmcid": _map(identifiers.pmcid, _texts(records, "pmcid")),
        "openalex_id": _map(identifiers.openalex_id, _texts(records, "openalex_id")),
    }
    if keys_only:
        return pd.DataFrame(fields, dtype="str")
    numbers = [title_numbers(title) for title in bare_titles]
    ends = [title_ends(title) for title in bare_titles]
    types = _texts(records, "entrytype")
    abstracts = [text[: 2 * ABSTRACT_LETTERS] for text in _texts(records, "abstract")]
    fields |= {
        "numbers": [whole for whole, _ in numbers],
        "main_numbers": [main for _, main in numbers],
        "main_title": [first for first, _ in ends],
        "last_title": [last for _, last in ends],
        "notice": _map(notice, bare_titles),
        "authors": _map(fold_authors, authors),
        "acronym": _map(acronym, journals),
        "full_name": _map(full_name, journals),
        "issn": _map(identifiers.issns, _texts(records, "isbn")),
        "last_page": _map(last_page, pages),
        "abstract": [fold(text)[:ABSTRACT_LETTERS] for text in abstracts],
    }
    normalised = pd.DataFrame(fields, dtype="str")
    names = [f"{journal} {author}" for journal, author in zip(journals, authors, strict=True)]
    normalised["generic"] = pd.Series(
        [is_generic(*pair) for pair in zip(titles, names, strict=True)], dtype=bool
    )
    normalised["column"] = pd.Series([is_column(title) for title in titles], dtype=bool)
    places = zip(journals, volumes, issues, types, strict=True)
    normalised["meeting"] = pd.Series([is_meeting(*place) for place in places], dtype=bool)
    venues = zip(journals, types, strict=True)
    normalised["proceedings"] = pd.Series([is_proceedings(*v) for v in venues], dtype=bool)
    normalised["says_journal"] = pd.Series([says_journal(j) for j in journals], dtype=bool)
    normalised["translated"] = pd.Series([is_translated(t) for t in raw_titles], dtype=bool)
    kinds = zip(dois, journals, types, strict=True)
    normalised["preprint"] = pd.Series([is_preprint(*kind) for kind in kinds], dtype=bool)
    return normalised
