"""Which field a column may hold, told from its head in several languages and from what is in it.

Only an offer: `review.sources.table_headers` alone decides what is read without asking.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from review.sources.table_headers import COLUMNS, plain

OTHER_WORDS: Mapping[str, tuple[str, ...]] = {
    "title": ("titel", "titre", "titulo", "titolo", "tytul", "tittel", "name", "article"),
    "authors": ("autor", "autoren", "verfasser", "auteur", "auteurs", "autores", "autore",
                "autori", "forfatter", "forfattare", "autorzy", "creator"),
    "year": ("jahr", "erscheinungsjahr", "annee", "ano", "anno", "jaar", "aar", "rok",
             "publication_year"),
    "journal": ("zeitschrift", "revue", "revista", "rivista", "tijdschrift", "tidsskrift",
                "tidskrift", "czasopismo", "periodical"),
    "volume": ("band", "jahrgang", "tome", "volumen", "volym"),
    "issue": ("heft", "ausgabe", "numero", "nummer"),
    "pages": ("seiten", "paginas", "pagine", "sider", "sidor", "strony"),
    "abstract": ("zusammenfassung", "kurzfassung", "resume", "resumen", "resumo", "riassunto",
                 "samenvatting", "sammendrag", "sammanfattning", "streszczenie", "summary"),
    "language": ("sprache", "langue", "idioma", "lingua", "taal", "sprak"),
    "keywords": ("schlagworte", "schlagworter", "stichworte", "mots_cles", "palabras_clave",
                 "palavras_chave", "parole_chiave", "trefwoorden", "nokkelord", "nyckelord"),
    "notes": ("notiz", "notizen", "bemerkung", "bemerkungen", "remarques", "notas", "comment",
              "comments"),
    "url": ("web", "website", "webseite", "lien", "enlace"),
    "doi": (),
    "pmid": ("pubmed",),
}  # fmt: skip
"""Heads that are not taken for a field without asking, in the spelling of `heads.plain`."""

_ACCENTS = str.maketrans("áàâäãåéèêëíìîïóòôöõøúùûüçñł", "aaaaaaeeeeiiiioooooouuuucnl")
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("doi", re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?10\.\d{4,9}/\S+", re.I)),
    ("pmcid", re.compile(r"PMC\d+", re.I)),
    ("url", re.compile(r"https?://\S+", re.I)),
    ("year", re.compile(r"(?:19|20)\d\d(?:-\d\d(?:-\d\d)?)?")),
)
_INITIALS = re.compile(r"\b[A-Z]{1,3}\b\.?")
_PARTED = re.compile(r"[,;]")
_ABSTRACT_FROM, _TITLE_FROM = 300, 20
"""Characters that an abstract and a title have at least, on average."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its head, and its first cells that are not blank."""

    name: str
    samples: tuple[str, ...]


def guess(columns: Sequence[Column]) -> dict[str, str]:
    """Which field each column may hold, no field twice.

    Returns:
        Head -> field, for the columns of which something can be told.
    """
    found: dict[str, str] = {}
    for tell in (_by_head, _by_words, _by_content):
        for column in columns:
            field = tell(column)
            if field and column.name not in found and field not in found.values():
                found[column.name] = field
    if "title" not in found.values():
        rest = [c for c in columns if c.name not in found and _length(c) >= _TITLE_FROM]
        if rest:
            found[max(rest, key=_length).name] = "title"
    return {column.name: found[column.name] for column in columns if column.name in found}


def _by_head(column: Column) -> str:
    name = plain(column.name.casefold().translate(_ACCENTS))
    for field, aliases in COLUMNS.items():
        if name in aliases or name in OTHER_WORDS.get(field, ()):
            return field
    return ""


def _by_words(column: Column) -> str:
    """By a word of the head, if all of its words that tell something tell the same."""
    words = set(plain(column.name.casefold().translate(_ACCENTS)).split("_"))
    fields = {
        field
        for field, others in OTHER_WORDS.items()
        if words.intersection((field, field.removesuffix("s"), *others))
    }
    return fields.pop() if len(fields) == 1 else ""


def _by_content(column: Column) -> str:
    if not column.samples:
        return ""
    for field, shape in _SHAPES:
        if all(shape.fullmatch(sample.strip()) for sample in column.samples):
            return field
    if _length(column) >= _ABSTRACT_FROM:
        return "abstract"
    named = all(_INITIALS.search(sample) for sample in column.samples)
    if named and any(_PARTED.search(sample) for sample in column.samples):
        return "authors"
    return ""


def _length(column: Column) -> float:
    return sum(map(len, column.samples)) / max(len(column.samples), 1)
