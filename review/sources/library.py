"""Reads the starter library that ships with the review: records, starter codes, known pairs."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, cast, get_args

from pydantic import Field

from review import identifiers
from review.errors import FileError, ProtocolError
from review.model import Record, Suggestion
from review.plain_text import visible
from review.protocol.codebook import Codebook
from review.protocol.validation import validate
from review.protocol.value_types import Frozen
from review.protocol.yaml_reading import read_yaml
from review.sources import field_values
from review.sources.library_codes import CodeMap, read_code_map

SOURCE = "library"
SUGGESTED_BY = "library coding, one reader, from title or abstract"
LONGEST_VERSION = 64
"""Signs of the edition's name that are kept with each suggestion."""

PAPERS_FILE = "papers.csv"
CODE_MAP_FILE = "code_map.yaml"
PAIRS_FILE = "duplicate_pairs.csv"
EDITION_FILE = "edition.yaml"

FACTS = frozenset({"id", "title", "authors", "year", "journal", "doi", "pmid", "pmcid"})
"""Columns of the papers that become fields of records; the others stay in the entry as received."""

LONGEST_NAME = 64
"""Characters of a column's name that the log of changes keeps; columns of longer names are not
compared with an earlier edition."""

# How far a code can be trusted, by what its reader had seen of the paper. Chosen, not measured.
_CONFIDENCE = {"article, abstract or index page": 0.7, "reference list only": 0.5}
_LEAST = 0.5

Relation = Literal["same", "linked", "different"]


@dataclass(frozen=True, slots=True)
class LibraryPair:
    """Two entries that look alike, and what a person found them to be.

    ``same`` is one text twice, ``linked`` two reports of one study, ``different`` two studies.
    ``a`` and ``b`` are record ids (``library:K007``).
    """

    a: str
    b: str
    relation: Relation
    why: str


@dataclass(frozen=True, slots=True)
class LibraryContent:
    """What a library folder holds.

    Attributes:
        edition: its name, ``""`` where the folder has none.
        digest: first 16 hex digits of the SHA-256 of the papers, line ends aside.
    """

    records: tuple[Record, ...]
    suggestions: tuple[Suggestion, ...]
    pairs: tuple[LibraryPair, ...]
    edition: str = ""
    digest: str = ""

    @property
    def other_columns(self) -> frozenset[str]:
        """Columns of the papers that are no field of a record."""
        named = {name for one in self.records[:1] for name in one.raw}
        return frozenset(name for name in named - FACTS if len(name) <= LONGEST_NAME)


def read_library(folder: Path, codebook: Codebook) -> LibraryContent:
    """Read ``papers.csv``, ``code_map.yaml`` and, where they are there, the other files.

    Raises:
        FileError: a file is missing, cannot be read, or lacks a column.
        ProtocolError: the code map or the edition holds mistakes, or a code of the papers is not
            in the code map.
    """
    code_map = read_code_map(folder / CODE_MAP_FILE, codebook)
    rows = _rows(folder / PAPERS_FILE, ("id", "title", *code_map.rules))
    _refuse_unknown_codes(rows, code_map)
    pairs = folder / PAIRS_FILE
    known = {row["id"] for row in rows}
    edition = _edition(folder / EDITION_FILE)
    return LibraryContent(
        tuple(_record(row) for row in rows),
        tuple(one for row in rows for one in _suggestions(row, code_map, edition)),
        tuple(_pairs(pairs, known)) if pairs.exists() else (),
        edition,
        _digest(folder / PAPERS_FILE),
    )


class _Edition(Frozen):
    """The whole of ``edition.yaml``."""

    edition: Annotated[str, Field(max_length=200)]


def _edition(path: Path) -> str:
    """Name of the edition; ``""`` where there is no file."""
    if not path.exists():
        return ""
    source, mistakes = read_yaml(path)
    content, found = (
        validate(_Edition, source, source.data, {}) if source.data is not None else (None, [])
    )
    if mistakes or content is None:
        raise ProtocolError([*mistakes, *found])
    return visible(content.edition)


def _digest(path: Path) -> str:
    lines = path.read_bytes().replace(b"\r\n", b"\n")
    return hashlib.sha256(lines).hexdigest()[:16]


def suggestion_id(record: str, dimension: str, value: str, source: str) -> str:
    """Return an id that the same proposal always gets: 12 hex digits of a SHA-256."""
    text = "\n".join((record, dimension, value, source))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """Read a CSV whose cells are stripped and never None."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            lacking = [column for column in columns if column not in (reader.fieldnames or ())]
            if lacking:
                raise FileError(f"{path.name} lacks the column {', '.join(lacking)}.")
            return [{k: v.strip() for k, v in row.items() if isinstance(v, str)} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileError(f"The library file {path} cannot be read: {error}.") from error


def _record(row: Mapping[str, str]) -> Record:
    return Record(
        source=SOURCE,
        key=row["id"],
        title=row["title"],
        authors=_authors(row.get("authors", "")),
        year=field_values.year(row.get("year")),
        journal=row.get("journal", ""),
        doi=identifiers.doi(row.get("doi")),
        pmid=identifiers.pmid(row.get("pmid")),
        pmcid=identifiers.pmcid(row.get("pmcid")),
        raw=dict(row),
    )


def _authors(cell: str) -> tuple[str, ...]:
    """Part names at ``;`` and drop remarks in brackets, such as "(and others)"."""
    names = (re.sub(r"\s*\([^)]*\)$", "", name.strip()) for name in cell.split(";"))
    return tuple(name for name in names if name)


def _codes(row: Mapping[str, str], code_map: CodeMap) -> dict[str, tuple[str, ...]]:
    return {
        column: tuple(code for part in row[column].split(";") if (code := part.strip()))
        for column in code_map.rules
    }


def _suggestions(row: Mapping[str, str], code_map: CodeMap, edition: str) -> Iterator[Suggestion]:
    record = f"{SOURCE}:{row['id']}"
    confidence = _CONFIDENCE.get(row.get("seen_in", ""), _LEAST)
    for coded in code_map.read(_codes(row, code_map)):
        yield Suggestion(
            id=suggestion_id(record, coded.dimension, coded.value, SUGGESTED_BY),
            record=record,
            dimension=coded.dimension,
            value=coded.value,
            confidence=confidence,
            source=SUGGESTED_BY,
            quote=coded.code,
            version=edition[:LONGEST_VERSION],
        )


def _refuse_unknown_codes(rows: Iterable[Mapping[str, str]], code_map: CodeMap) -> None:
    """Report every code without a rule, once, with the first row that has it."""
    first: dict[tuple[str, str], str] = {}
    for row in rows:
        for missing in code_map.missing(_codes(row, code_map)):
            first.setdefault(missing, row["id"])
    if first:
        raise ProtocolError(
            [
                code_map.source.mistake((column,), f"the code {code!r} of {id_} has no entry")
                for (column, code), id_ in first.items()
            ]
        )


def _pairs(path: Path, known: set[str]) -> Iterator[LibraryPair]:
    """Yield the pairs whose entries are both in the library."""
    for number, row in enumerate(_rows(path, ("id_a", "id_b", "relation")), start=2):
        if row["relation"] not in get_args(Relation):
            raise FileError(
                f"{path.name}, line {number}: a relation is same, linked or different, "
                f"not {row['relation']!r}."
            )
        if {row["id_a"], row["id_b"]} <= known:
            a, b = (f"{SOURCE}:{row[column]}" for column in ("id_a", "id_b"))
            yield LibraryPair(a, b, cast(Relation, row["relation"]), row.get("why", ""))
