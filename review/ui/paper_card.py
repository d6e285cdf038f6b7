"""The reading card of a paper, as HTML. Pure: text in, safe text out.

Everything from outside is escaped first; the marks of ours are put around it afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape

from review import identifiers, retraction
from review.model import Record
from review.protocol.model import Highlights
from review.protocol.phrases import marked_places

FOLD_WORDS = 400
"""Words of an abstract shown before the rest is folded away; no structured abstract is longer."""

SHOWN_AUTHORS = 6

GROUPS: Mapping[str, str] = {
    "exposure": "exposure",
    "outcome": "outcome",
    "design": "study design",
    "exclude": "points to exclusion",
}
"""Groups of highlighted words, in order of precedence, with their names on screen."""

_PARTS = (
    "abstract|aims?|background|conclusions?|context|data sources?|design|discussion|findings?|"
    "importance|interpretation|interventions?|introduction|limitations?|main outcome measures?|"
    "main results|materials and methods|methods?|methods and results|objectives?|outcomes?|"
    "participants?|patients|purpose|rationale|results?|results and discussion|setting|significance|"
    "study design|subjects and methods|trial registration"
)
# A label of a structured abstract: at the start of the text or a sentence, before a colon.
_LABEL = re.compile(rf"(?:(?<=\A)|(?<=[.?!)\]])\s+)({_PARTS})\s*:\s*", re.IGNORECASE)
_BLANK = re.compile(r"\s*\n\s*\n\s*|\r\n|\n")

Words = tuple[tuple[str, tuple[str, ...]], ...]


def words_of(highlights: Highlights) -> Words:
    """The protocol's words by group, in a form that can be a key of a cache."""
    return tuple((group, getattr(highlights, group)) for group in GROUPS)


def own_group(look: str, name: str) -> str:
    """The key in `Words` of a group that a person made: its look, and the name they gave it."""
    return f"own-{look} {name}"


def _look(group: str) -> tuple[str, str]:
    """The class of a group in the style sheet, and its name on screen."""
    look, _, name = group.partition(" ")
    return look, name or GROUPS.get(group, group)


def card(record: Record, words: Words = (), *, abstract: bool = True) -> str:
    """One paper for reading: title, meta line, abstract in paragraphs, words marked.

    Args:
        record: the record that leads the report.
        words: group -> phrases, as `words_of` gives them.
        abstract: whether to show it.
    """
    title = marked(record.title, words) if record.title.strip() else "Without a title"
    lines = [
        '<article class="rt-paper">',
        f'<h2 dir="auto">{title}</h2>',
        f'<p class="rt-meta" dir="auto">{meta(record)}</p>',
    ]
    if record.retracted:
        lines.append('<p class="rt-flag">This publication has been retracted.</p>')
    elif retraction.is_notice(record.title):
        notice = "This is a notice of retraction, not the publication that was retracted."
        lines.append(f'<p class="rt-flag">{notice}</p>')
    if abstract:
        lines.append(abstract_html(record.abstract, words) or _no_abstract(record))
        lines.append(subjects(record, words))
    lines.append("</article>")
    return "".join(lines)


def subjects(record: Record, words: Words = ()) -> str:
    """Keywords and MeSH headings, words marked; ``""`` when there are none."""
    lines = []
    for head, found in (("Keywords", record.keywords), ("MeSH", record.mesh)):
        if shown := [one for one in found if one.strip()]:
            said = marked("; ".join(shown), words)
            lines.append(
                f'<p class="rt-subjects" dir="auto"><span class="rt-part">{head}.</span> {said}</p>'
            )
    return "".join(lines)


def meta(record: Record) -> str:
    """Authors, journal, year, kind and identifiers in one line of HTML."""
    shown = [a for a in record.authors if a.strip()][:SHOWN_AUTHORS]
    names = "; ".join(escape(a) for a in shown)
    if len(record.authors) > SHOWN_AUTHORS:
        names += f" and {len(record.authors) - SHOWN_AUTHORS} more"
    journal = f"<i>{escape(record.journal)}</i>" if record.journal else ""
    year = str(record.year) if record.year is not None else ""
    links = [_anchor(address, text) for text, address in addresses(record)]
    parts = [names, " ".join(p for p in (journal, year) if p), *links]
    return " · ".join(p for p in parts if p) or "No bibliographic details"


def addresses(record: Record) -> list[tuple[str, str]]:
    """Where the paper can be read or looked up: words and web address, best first."""
    found: list[tuple[str, str]] = []
    if record.doi:
        found.append((f"doi:{record.doi}", identifiers.doi_address(record.doi)))
    if record.pmcid:
        found.append((record.pmcid, f"https://pmc.ncbi.nlm.nih.gov/articles/{record.pmcid}/"))
    if record.pmid:
        found.append((f"PMID {record.pmid}", f"https://pubmed.ncbi.nlm.nih.gov/{record.pmid}/"))
    if not found and re.match(r"https?://", record.url):
        found.append(("Web page", record.url))
    return found


def abstract_html(text: str, words: Words = ()) -> str:
    """The abstract in paragraphs with words marked; a long one folds after `FOLD_WORDS` words.

    Returns:
        HTML; ``""`` when there is no abstract.
    """
    paragraphs = [p for p in paragraphs_of(text) if p[1]]
    shown: list[str] = []
    folded: list[str] = []
    room, left = FOLD_WORDS, 0
    for label, body in paragraphs:
        fits, rest = _split(body, room)
        room -= len(fits.split())
        if fits:
            shown.append(_paragraph(label, fits, words))
        if rest:
            left += len(rest.split())
            folded.append(_paragraph("" if fits else label, rest, words))
    html = "".join(shown)
    if folded:
        html += (
            f"<details><summary>Show the other {left:,} words</summary>{''.join(folded)}</details>"
        )
    return html


def paragraphs_of(text: str) -> list[tuple[str, str]]:
    """Cut an abstract into paragraphs: at line ends, and at the labels of a structured one.

    Returns:
        Pairs of label (``Methods``, or ``""``) and text.
    """
    found: list[tuple[str, str]] = []
    for block in _BLANK.split(text.strip()):
        pieces = _LABEL.split(block.strip())
        if pieces[0].strip():
            found.append(("", pieces[0].strip()))
        for label, body in zip(pieces[1::2], pieces[2::2], strict=True):
            found.append((label.capitalize(), body.strip()))
    return found


def marked(text: str, words: Words) -> str:
    """Escape a text and mark the protocol's words in it.

    Where matches overlap, the one that begins first wins, then the longer, then the group named
    first in `GROUPS`.
    """
    spans = _spans(text, words) if words else ()
    pieces: list[str] = []
    at = 0
    for start, end, group in spans:
        pieces.append(escape(text[at:start]))
        look, name = map(escape, _look(group))
        pieces.append(
            f'<mark class="rt-mark rt-{look}" title="{name}">{escape(text[start:end])}</mark>'
        )
        at = end
    pieces.append(escape(text[at:]))
    return "".join(pieces)


def legend(words: Words) -> str:
    """What the marks mean, each in its own style."""
    items = [
        f'<span><mark class="rt-mark rt-{look}">{name}</mark></span>'
        for group, phrases in words
        if phrases
        for look, name in [map(escape, _look(group))]
    ]
    return f'<div class="rt-legend">{"".join(items)}</div>' if items else ""


@lru_cache(maxsize=512)
def _spans(text: str, words: Words) -> tuple[tuple[int, int, str], ...]:
    found: list[tuple[int, int, int, str]] = []
    for order, (group, phrases) in enumerate(words):
        for phrase in phrases:
            found += ((start, -end, order, group) for start, end in marked_places(phrase, text))
    kept: list[tuple[int, int, str]] = []
    at = 0
    for start, minus_end, _order, group in sorted(found):
        if start >= at:
            kept.append((start, -minus_end, group))
            at = -minus_end
    return tuple(kept)


def _split(text: str, room: int) -> tuple[str, str]:
    """Cut a text after a number of words; a few words more than fit are not worth a cut."""
    words = text.split(" ")
    if len(words) <= room + 40:
        return (text, "") if room > 0 else ("", text)
    return " ".join(words[: max(room, 0)]), " ".join(words[max(room, 0) :])


def _paragraph(label: str, text: str, words: Words) -> str:
    lead = f'<span class="rt-part">{escape(label)}.</span> ' if label else ""
    return f'<p dir="auto">{lead}{marked(text, words)}</p>'


def _no_abstract(record: Record) -> str:
    hint = " Follow the link above to read it at its source." if addresses(record) else ""
    if record.doi or record.pmid:  # what a look-up asks by
        hint += " “Get abstracts” on the Overview asks whether another source has it."
    return f'<p class="rt-muted">This record came without an abstract.{hint}</p>'


def _anchor(address: str, text: str) -> str:
    return (
        f'<a href="{escape(address, quote=True)}" target="_blank" rel="noopener noreferrer">'
        f"{escape(text)}</a>"
    )


def facts(pairs: Sequence[tuple[str, str]]) -> str:
    """A list of names and values; values are HTML already, names are escaped here."""
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{value}</dd>" for name, value in pairs if value)
    return f'<dl class="rt-facts">{rows}</dl>'
