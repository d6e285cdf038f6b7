"""From an OpenAlex work to a record: pure, and forgiving of every field that is null or absent.

Field names and shapes are those of the Work object, https://help.openalex.org (read 2026-11).
Works kept from before 2023 name their journal in `host_venue`, and their keywords `keyword`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from review import identifiers
from review.errors import Mistake
from review.model import Record
from review.sources import field_values

SOURCE = "openalex"

MORE_AUTHORS = "et al."
"""Last name of a work whose list ends at the hundredth author; a look-up of the work has all."""

# Inline mark-up that publishers deposit in titles (HTML, JATS, MathML). Anything else in angle
# brackets is text: "p < 0.05" and "<script>" stay as they are.
_NAME = (
    r"(?:(?:jats|mml):[\w-]+|i|b|em|strong|sub|sup|inf|u|tt|scp?|small|span|font|p|br|div|title|italic"
    r"|bold|roman|monospace|named-content|ext-link|xref|math|mi|mn|mo|mrow|msub|msup|msubsup|mtext|mfrac"
    r"|mspace|msqrt|mover|munder|mstyle|semantics|annotation)"
)
_ATTRIBUTES = r"(?:\s+[\w:-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*"
_TAG = re.compile(rf"</?{_NAME}{_ATTRIBUTES}/?>", re.IGNORECASE)
_BREAK = re.compile(rf"</?(?:jats:)?(?:p|br|div|title){_ATTRIBUTES}/?>", re.IGNORECASE)

# Deposits often lose the space outside italics and small capitals ("An<i>in vitro</i>assay"). Words
# of two letters or more on both sides of the tag are held apart; "<i>N</i>-acetyl" and
# "rFVII</scp>a" stay whole.
_GLUED = re.compile(
    r"(?<=[^\W\d_]{2})(?=<(?:i|em|scp)>[^\W\d_]{2})"
    r"|(?<=[^\W\d_]{2}</i>)(?=[^\W\d_]{2})"
    r"|(?<=[^\W\d_]{2}</em>)(?=[^\W\d_]{2})"
    r"|(?<=[^\W\d_]{2}</scp>)(?=[^\W\d_]{2})",
    re.IGNORECASE,
)


def work_to_record(work: Mapping[str, Any]) -> Record:
    """Read one work.

    Args:
        work: a Work object; any field may be null, absent or of an odd type.

    Returns:
        The record, ``source`` "openalex" and ``key`` the work's id (``W…``); ``raw`` is the work
        unchanged.

    Raises:
        ValueError: the work has no id of the form ``W…`` and so cannot be kept apart from others.
    """
    key = identifiers.openalex_id(work.get("id"))
    if not key:
        title = _text(work.get("title")) or _text(work.get("display_name"))
        named = f", titled '{title:.80}'" if title else ""
        raise ValueError(f"no id of the form W123 (it says {work.get('id')!r:.60}){named}")
    ids, biblio, location = (_object(work, k) for k in ("ids", "biblio", "primary_location"))
    doi = identifiers.doi(_text(work.get("doi"))) or identifiers.doi(_text(ids.get("doi")))
    return Record(
        source=SOURCE,
        key=key,
        title=clean_title(_text(work.get("title")) or _text(work.get("display_name"))),
        authors=_authors(work),
        year=field_values.year(work.get("publication_year"))
        or field_values.year(work.get("publication_date")),
        journal=_text(_object(location, "source").get("display_name"))
        or _text(location.get("raw_source_name"))
        or _text(_object(work, "host_venue").get("display_name")),
        volume=_text(biblio.get("volume")),
        issue=_text(biblio.get("issue")),
        pages=field_values.pages(_text(biblio.get("first_page")), _text(biblio.get("last_page"))),
        doi=doi,
        pmid=identifiers.pmid(ids.get("pmid")),
        pmcid=identifiers.pmcid(ids.get("pmcid")),
        openalex_id=key,
        abstract=rebuild_abstract(work.get("abstract_inverted_index")),
        language=_text(work.get("language")),
        type=_text(work.get("type")),
        url=_text(location.get("landing_page_url")) or identifiers.doi_address(doi),
        keywords=_each(work, "keywords", "display_name") or _each(work, "keywords", "keyword"),
        mesh=_each(work, "mesh", "descriptor_name"),
        study_designs=tuple(map(_last_part, _each(work, "study_designs", "id"))),
        retracted=work.get("is_retracted") is True,
        raw=work,
    )


def read_rows(rows: Sequence[object], place: str) -> tuple[tuple[Record, ...], tuple[Mistake, ...]]:
    """Read the works of one answer: the good ones as records, each bad one as a mistake.

    Args:
        rows: the answer's ``results``.
        place: what to call the answer in a mistake.
    """
    records: list[Record] = []
    mistakes: list[Mistake] = []
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, Mapping):
            mistakes.append(Mistake(place, None, f"row {number}", "not a work; left out"))
            continue
        try:
            records.append(work_to_record(row))
        except ValueError as error:
            mistakes.append(Mistake(place, None, f"row {number}", f"{error}; left out"))
    return tuple(records), tuple(mistakes)


def rebuild_abstract(index: object) -> str:
    """Put an inverted abstract back in order: words by position, joined by single spaces.

    Positions may have gaps and words may hold spaces, line ends or tags; both are kept as they are.
    Words at one position stay in the order of the index. Positions that are no whole numbers are
    passed over.

    Args:
        index: word -> list of positions, or None.
    """
    if not isinstance(index, Mapping):
        return ""
    placed = [
        (position, word)
        for word, positions in index.items()
        if isinstance(word, str) and isinstance(positions, list)
        for position in positions
        if isinstance(position, int)
    ]
    placed.sort(key=_position)
    return " ".join([word for _, word in placed])


def clean_title(title: str) -> str:
    """Title without mark-up and entities, runs of space closed up.

    Entities are resolved twice, because deposits escape their mark-up (``&amp;lt;i&amp;gt;``).
    """
    if "&" in title:
        title = html.unescape(html.unescape(title))
    if "<" in title:
        title = _TAG.sub("", _BREAK.sub(" ", _GLUED.sub(" ", title)))
    return " ".join(title.split())


def _last_part(address: str) -> str:
    return address.rstrip("/").rsplit("/", 1)[-1]


def _position(pair: tuple[int, str]) -> int:
    return pair[0]


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _object(parent: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = parent.get(key)
    return value if isinstance(value, Mapping) else {}


def _objects(parent: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    value = parent.get(key)
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, Mapping))


def _each(work: Mapping[str, Any], key: str, part: str) -> tuple[str, ...]:
    """The distinct texts of one part of each object in a list, in their order."""
    found = (_text(item.get(part)) for item in _objects(work, key))
    return tuple(dict.fromkeys(text for text in found if text))


def _authors(work: Mapping[str, Any]) -> tuple[str, ...]:
    names = (
        _text(item.get("raw_author_name")) or _text(_object(item, "author").get("display_name"))
        for item in _objects(work, "authorships")
    )
    found = tuple(" ".join(name.split()) for name in names if name)
    return (*found, MORE_AUTHORS) if work.get("is_authors_truncated") is True else found
