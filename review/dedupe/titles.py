"""Titles: what is added behind them, their numbers, and those that say nothing."""

from __future__ import annotations

import re

from review.dedupe.text_folding import DIGITS, fold

_LANGUAGE = (
    r"(?:afrikaans|arabic|bulgarian|chinese|croatian|czech|danish|dutch|english|estonian|finnish"
    r"|french|german|greek|hebrew|hungarian|indonesian|italian|japanese|korean|lithuanian"
    r"|multiple languages|norwegian|persian|polish|portuguese|romanian|russian|serbian|slovak"
    r"|slovenian|spanish|swedish|thai|turkish|ukrainian|undetermined)"
)
# What databases and repositories add behind a title: "[Chinese]", "(article in French)",
# "[Review] [16 refs]", "[Erratum appears in ...]", "(accepted manuscript, Newcastle ePrints)".
_NOTE = re.compile(
    r"[\[(]\s*(?:"
    rf"(?:article in\s+)?{_LANGUAGE}(?:\s*[,;/&]\s*{_LANGUAGE})*\s*"
    r"|\d+ refs?\.?|(?:a )?review|abstracts?|(?:multiple )?letters?|(?:see )?comments?|corrected"
    r"|[^()\[\]]*\b(?:record|repository|manuscript|e-?prints?|preprint|author version|in press"
    r"|as named on|(?:erratum|correction|comment|errata|corrigendum|retraction)\s"
    r"(?:appears|in|on|for)\b)[^\[\]]*"
    rf")[\])]\W*(?:\[\d+\]\W*)?$|\.\s+{_LANGUAGE}\W*$",
    re.I,
)
_LANGUAGE_END = re.compile(rf"\.\s+{_LANGUAGE}\W*$", re.I)
# The same where a database cut the title short: "[Erratum appears in J Pediatr. 2003 Jun".
_OPEN_NOTE = re.compile(
    r"(?<=\S)\s*[\[(]\s*(?:published )?(?:errat(?:um|a)|correct(?:ion|ed)|comment|see comment"
    r"|retraction|summary for patients)\b.*$",
    re.I,
)
# How an erratum cites its paper: "(vol 142, pg 310, 2003)", "(Blood (2009) 360 (542-544))".
_CORRECTED = re.compile(
    r"\s*\((?:vol\.? \d+,? pg?\.? \w+,? \d{4}|[^()]{3,90}\((?:19|20)\d\d\)[\s:,]*\d+[^a-z]*)\)\W*$",
    re.I,
)
# Publishers set it before a paper's own title once it is retracted.
_RETRACTED = re.compile(r"^\W*retracted(?: article)?\s*[:.\]]\s*", re.I)
# "... N Engl J Med. 2009 Jan 29;360(5):544-6": the citation of the paper that is spoken of.
_CITATION = re.compile(r"\.\.\.\s.*\b(?:19|20)\d\d\b.*$")
_SPREADSHEET_FAULT = re.compile(r"#(?:NAME\?|REF!|VALUE!|N/A|DIV/0!)$")
# Footnote marks printed after the title: "... In Services 1", "... A Field Study1, 2",
# "... Performances*", and where a scanner read the mark as a letter, "... Research I".
_FOOTNOTE = re.compile(r"(?:(?<=[a-z]{3}) [12i]|(?<=[a-z]{3}) 1 2(?: 3)?|(?<=[a-z]{4})1(?: 2)?)$")
# "Part 1", "... effects. Study 1": the first of a series; not "a field study 1".
_SERIAL_END = re.compile(
    r"(?:\b(?:part|phase|chapter|volume|type|class)"
    r"|(?:^|[^\w\s])\s*(?:section|study|paper|report))\s+\(?[1i]\W*$",
    re.I,
)
_ROMAN = {
    "i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8",
    "ix": "9", "xi": "11", "xii": "12", "xiii": "13", "xiv": "14", "xv": "15",
}  # fmt: skip
_SERIAL = re.compile(
    r"\b(?:part|phase|section|study|paper|report|chapter|volume|type|class) ([ivx])\b"
)


def bare_title(title: str) -> str:
    """Return a title without the notes that databases add before and behind it."""
    title = _RETRACTED.sub("", title.strip())
    if _SPREADSHEET_FAULT.match(title):
        return ""
    if "..." in title:
        title = _CITATION.sub("", title) or title
    if not title.endswith(("]", ")", "].", ").")) and "[" not in title and "(" not in title:
        return _LANGUAGE_END.sub("", title) or title
    title = _OPEN_NOTE.sub("", title) or title
    for _ in range(3):  # notes may follow one another
        bare = _NOTE.sub("", title)
        if not bare or bare == title:
            break
        title = bare
    return title


_TRANSLATED = re.compile(r"""^["'\s]*\[""")


def is_translated(title: str) -> bool:
    """Tell whether a title stands in brackets, as MEDLINE prints the titles it translates."""
    return bool(_TRANSLATED.match(title))


def fold_title(bare: str) -> str:
    """Return a bare title folded, without citation or footnote mark."""
    return _FOOTNOTE.sub("", fold(_CORRECTED.sub("", bare) or bare))


_BREAK = re.compile(r"(?<=\w{2})\s*(?::|\?|!|;|\.\s|\s[-–—]+\s|--|—|\[|\()\s*")


def title_ends(bare: str) -> tuple[str, str]:
    """Return what a bare title says before its first and after its last break, folded.

    Databases leave out subtitles, and labels such as ``Research note:``.  Both are ``""`` where
    there is no break.
    """
    parts = [folded for part in _BREAK.split(bare) if (folded := fold(part))]
    return (parts[0], parts[-1]) if len(parts) > 1 else ("", "")


def title_numbers(bare: str) -> tuple[str, str]:
    """Return the numbers of a bare title in order, Roman ones as Arabic: ``"2 12"``.

    Two papers of a series ("Part I", "Part II") often differ in nothing else.  The second string
    leaves out what may be footnote marks at the end.
    """
    found: list[str] = []
    folded = fold(_CORRECTED.sub("", bare) or bare)
    words = folded.split()
    serial = set(_SERIAL.findall(folded))
    for position, word in enumerate(words):
        if word in _ROMAN and (len(word) > 1 or word in serial or position == len(words) - 1):
            found.append(_ROMAN[word])
        elif not word.isalpha():
            found.extend(str(int(run)) for run in DIGITS.findall(word) if run.isascii())
    mark = _FOOTNOTE.search(folded)
    if not mark or mark.group() == " 2" or _SERIAL_END.search(bare):
        return " ".join(found), " ".join(found)
    return " ".join(found), " ".join(found[: -len(mark.group().split())])


# Only at the start or the end of a title, where a notice names itself.
_NOTICES: tuple[tuple[str, str], ...] = (
    ("retraction", r"^(?:retraction|withdrawn|expression of concern)\b|\bretraction$"),
    (
        "correction",
        r"^(?:(?:author|publisher) )?(?:errat(?:um|a)|corrigend(?:um|a)|corrections?|addendum)\b"
        r"|\b(?:erratum|corrigendum|correction)$",
    ),
    (
        "reply",
        r"^(?:the )?(?:authors? )?(?:reply|replies|rejoinder)\b|^in reply\b"
        r"|^authors? response\b|^response to (?:the )?(?:letter|comment|editor)"
        r"|\b(?:reply|rejoinder|authors? response)$",
    ),
    ("letter", r"^letters?\b(?! (?:from|of)\b)|\bto the editor\b"),
    (
        "comment",
        r"^(?:invited |editorial |guest )?(?:comment|comments|commentary|editorial)\b"
        r"|^discussion of\b|\b(?:commentary|editorial|comments?)$",
    ),
)
_NOTICE = tuple((kind, re.compile(pattern)) for kind, pattern in _NOTICES)


def notice(bare: str) -> str:
    """Return what kind of notice about another paper a bare title announces, or ``""``."""
    if _CORRECTED.search(bare):
        return "correction"
    folded = fold(bare)
    for kind, pattern in _NOTICE:
        if pattern.search(folded):
            return kind
    return ""


# How the front matter of an issue or a meeting begins; it comes back under the same title.
_COLUMN = re.compile(
    r"(?:(?:guest )?editorial|introduction to|special (?:issue|section)|preface|foreword"
    r"|(?:message|letter) from|from the editors?|report (?:from|on) the|highlights"
    r"|news (?:and|from|in brief)|book reviews?|in memoriam|abstracts of|proceedings of"
    r"|call for papers)\b"
)


def is_column(folded: str) -> bool:
    """Tell whether a folded title may return from issue to issue, or from meeting to meeting."""
    return bool(_COLUMN.match(folded))


_GENERIC_WORD = frozenset(
    """a about abstract abstracts acknowledgement acknowledgements acknowledgment acknowledgments
    address advertisement advisory also and announcement announcements annual article articles
    associate author authors award awards back board book books business calendar call chair
    chairman chairmans chairs column comment commentary comments conference content contents
    contributors corner correction corrections correspondence corrigendum cover current desk
    discussion editor editorial editorials editors errata erratum events executive for
    foreword forthcoming forum from front general guest guide highlights image images in index
    information instructions interview introduction introductory invited issue issues letter
    letters list masthead matter meeting meetings member members message messages minitrack
    miscellaneous new news newsletter note notes notice notices number obituary of on opening
    opinion our overview page papers part perspective perspectives preface president
    presidents proceedings program programme publication publisher publishers quarterly
    question questions record remark remarks reply report reports research response responses
    review reviewer reviewers reviews secretary section senior special statement subject
    summary supplement symposium table thank thanks the this to track upcoming update
    viewpoint views volume welcome with word words year""".split()
)


def is_generic(folded: str, names: str = "") -> bool:
    """Tell whether a folded title says nothing of its paper, such as ``editors comments``.

    The names of the journal and the authors add nothing either (``remarks from the mis quarterly
    editor``).
    """
    words = [w for w in folded.split() if not w.isdigit() and w not in _ROMAN]
    if len("".join(words)) < 12:
        return True
    rest = [word for word in words if word not in _GENERIC_WORD]
    return not rest or (len(rest) < len(words) and set(rest) <= set(fold(names).split()))
