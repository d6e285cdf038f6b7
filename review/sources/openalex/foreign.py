"""What other databases understand in a search string and OpenAlex does not.

OpenAlex takes such strings without an error and searches for something else: a field's name
becomes a word to look for, a sign of truncation is dropped. Each way of writing is one entry here,
with what to write instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from review.protocol.search_strings import without_phrases

_PUBMED_FIELDS = (
    r"tiab|ti|ab|tw|ot|mh|mesh|majr|nm|pt|dp|edat|crdt|la|au|ad|ta|jour|sb|sh|pdat|uid|pmid|all|"
    r"title|abstract|title/abstract|text words?|all fields|mesh terms?|mesh major topic|"
    r"mesh subheading|publication type|publication date|date - [a-z]+|language|authors?|journal|"
    r"filter|other term|supplementary concept"
)
_OVID_FIELDS = r"(?:ti|ab|tw|mp|kw|kf|hw|sh|pt|fs|rn|nm|ot|af|au|jn|yr|la|id|tc|dm|mf|tn)"
_COLON_FIELDS = (
    r"ti|ab|tiab|kw|au|all|title|abstract|author|keywords?|subject|mesh|in(?:title|text)"
)
_EQUALS_FIELDS = r"TS|TI|AB|AU|SO|KW|AK|KP|DE|SU|MH|MM|TX|DO|PY|DT|LA|WC|ALL|TITLE|ABSTRACT"


@dataclass(frozen=True, slots=True)
class Habit:
    """One way of writing of another database.

    Attributes:
        pattern: finds it outside phrases in straight double quotes.
        says: what it is and what to write instead; ``{it}`` is the place as written.
    """

    pattern: re.Pattern[str]
    says: str


def _habit(pattern: str, says: str, flags: int = re.IGNORECASE) -> Habit:
    return Habit(re.compile(pattern, flags), says)


_NO_FIELDS = "leave it out, titles and abstracts are searched"
_NEARNESS = 'write both words as one phrase with their distance after it: "pain relief"~3'

HABITS: tuple[Habit, ...] = (
    _habit(
        r"(?<!\w)[‘’‚‛'`´][^‘’‚‛'`´]*\w[’'`´](?!\w)|[«‹][^»›]*[»›]",
        '{it} is not read as a phrase; write it in double quotes: "sleep quality"',
    ),
    _habit(
        rf"\[\s*(?:{_PUBMED_FIELDS})(?::(?:noexp|~\d+))?\s*\]",
        f"{{it}} is a field of PubMed and would be searched as a word; {_NO_FIELDS}",
    ),
    _habit(
        rf"(?<=[\w)\"*$?])\.(?:{_OVID_FIELDS}(?:,{_OVID_FIELDS})*\.|{_OVID_FIELDS}(?:,{_OVID_FIELDS})+)(?!\w)",
        f"{{it}} is a field of Ovid and would be searched as a word; {_NO_FIELDS}",
    ),
    _habit(
        rf"(?<!\w)(?:{_EQUALS_FIELDS})\s*=",
        f"{{it}} is a field of Web of Science and would be searched as a word; {_NO_FIELDS}",
    ),
    _habit(
        r"(?<!\w)(?:TITLE|ABS|KEY)(?:-(?:TITLE|ABS|KEY|AUTH))*\s*\(|(?<!\w)(?:TI|AB|TX|MH|SU|KW)\s*[(\"]",
        f"{{it}} begins with a field of another database, which would be searched as a word; "
        f"{_NO_FIELDS}",
        0,
    ),
    _habit(
        rf"(?<!\w)(?:{_COLON_FIELDS}):|:(?:ti|ab|kw)(?:,(?:ti|ab|kw))*(?!\w)",
        f"{{it}} names a field, which would be searched as a word; {_NO_FIELDS}",
    ),
    _habit(
        r"(?<!\w)exp\s+\*?[^/()\"\s][^/()\"]*/|(?<=[\w'])/(?:exp|de|mj)(?!\w)"
        r"|(?<!\w)\*?[A-Z][\w ,-]*/(?=[\s)]|$)"
        r"|(?<!\w)MeSH descriptor:?",
        "{it} is a subject heading, which OpenAlex does not have; write its words joined by OR: "
        '(pain OR painful OR "pain relief")',
    ),
    _habit(
        r"(?<!\w)(?:adj\d+|near\d+|(?:NEAR|NEXT|ONEAR|W|PRE)/\d+)(?!\w)",
        f"{{it}} would be searched as a word; {_NEARNESS}",
    ),
    _habit(r"(?<!\w)(?:ADJ|NEAR|NEXT)(?![\w/])", f"{{it}} would be a word; {_NEARNESS}", 0),
    _habit(
        r"\w+[$#]\d*\w*",
        "{it} has a sign of truncation that OpenAlex drops; write the forms joined by OR: "
        "(pain OR pains OR painful)",
    ),
    _habit(
        r"(?<![\w#])#\d+|(?<!\w)(?:or|and)/\d+(?:-\d+)?|(?<!\w)\d+ (?:and|or|not) \d+(?!\w)",
        "{it} stands for lines of another search; write the lines themselves, each in brackets",
    ),
    _habit(r"&&", "{it} is not an operator here; write AND"),
    _habit(r"\|\|", "{it} is not an operator here; write OR"),
    _habit(
        r"(?<![^\s(])[-−–](?=[\w\"(])[\w-]*",
        "{it}: a minus sign leaves nothing out here; write NOT before the word",
    ),
    _habit(
        r"(?<![^\s(])\+(?=[\w\"(])[\w-]*",
        "{it}: a plus sign asks for nothing here; write AND between the words",
    ),
)  # fmt: skip


def foreign(query: str) -> list[str]:
    """What another database would understand in a search string, one clause a way of writing.

    Args:
        query: the string with straight double quotes.
    """
    return [
        habit.says.format(it=" ".join(found.group().split()))
        for habit in HABITS
        if (found := habit.pattern.search(without_phrases(query)))
    ]


def without_habits(query: str) -> str:
    """The string without its phrases and without what `foreign` tells of."""
    left = without_phrases(query)
    for habit in HABITS:
        left = habit.pattern.sub(" ", left)
    return left
