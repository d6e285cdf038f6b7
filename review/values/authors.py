"""Names of authors, however many stand in one field, and given in one tag or in two."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from review import author_names
from review.values import markup

_STRONG = re.compile(r"\s*[;|\n\r；\t]\s*")
_WIDE_COMMA = re.compile(r"\s*[，、]\s*")
_CJK_NAME = re.compile(r"[\u3400-\u9fff\u3040-\u30ff\uac00-\ud7af·]{2,8}")
_AND = re.compile(r"\s*,?\s+(?:and|&)\s+", re.I)
_LEADING_AND = re.compile(r"^(?:and|&)\s+", re.I)
_NOBODY = re.compile(
    r"\W*(?:(?:and\s+)?others|et\.?\s*al|u\.?\s*a|anon(?:ymous)?|n/a|nan|null|none|no authors? "
    r"(?:listed|available|given)|\[?no author name available\]?|not available|unknown)?\W*",
    re.I,
)
_TIGHT_COMMA = re.compile(r",(?=[^\s,])")
_LONGEST_NOBODY = 60
_ET_AL = re.compile(r"[,;]?\s+(?:et\s*al\.?|and others|\.\.\.|…)\s*$", re.I)
_NUMBERED = re.compile(r"\s*\((?:\d{3,}|\d{4}-\d{4}-\d{4}-\d{3}[\dXx])\)$")
"""Scopus writes the person's number behind the full name."""

_INITIALS = re.compile(r"(?:[^\W\d_]\.?[- ]?){1,5}")
_POINTED = re.compile(r"(?:[^\W\d_]\.-?){1,5}")
_SUFFIX = re.compile(
    r"(?:jr|sr|ii|iii|iv|2nd|3rd|4th|ph\.?\s?d|m\.?d|mph|msc|m\.sc|bsc|rn|drph|dds|dvm|facp|md phd|"
    r"pharm\.?\s?d|psy\.?d|esq)\.?",
    re.I,
)


def split(text: str) -> tuple[str, ...]:
    """The names in one field, as printed.

    Names are parted by ``;``, ``|`` or line ends; else by " and "; else by commas, where these part
    persons: "Doe A, Poe BC" and "Gatica, G.N., Sequeira, F.A." are two names each; "van der Berg,
    Jan Willem", "Food and Drug Administration" and "Ministry of Health, New Zealand" are one.
    """
    # Line ends part names, and entities end in ";".
    text = "\n".join(map(markup.line, re.split(r"[\r\n]+", text))).strip()
    if _is_nobody(text):
        return ()
    if _STRONG.search(text):
        parts = [name for part in _STRONG.split(text) for name in _part_of_list(part)]
    else:
        parts = _without_signs(text)
    return tuple(name for part in parts if (name := _clean(part)))


def names(fields: Iterable[str], whole: bool = False) -> tuple[str, ...]:
    """The names in several fields of one kind, each person of one name once.

    Args:
        whole: each field is one name and is not parted.
    """
    parted = ([_clean(markup.line(field))] if whole else split(field) for field in fields)
    return tuple(dict.fromkeys(name for found in parted for name in found if name))


def joined(*groups: Sequence[str], whole: bool = False) -> tuple[str, ...]:
    """The names of several tags that each list authors; who stands in two of them comes once.

    The first tag's order holds, then come those that only a later one names. Of two spellings of
    one person the longer is taken. Two persons of one tag are never made one.

    Args:
        groups: the texts of each tag.
        whole: each text is one name and is not parted.
    """
    found: list[str] = []
    for group in groups:
        free = list(range(len(found)))
        added = []
        for name in names(group, whole):
            same = next((at for at in free if _same(found[at], name)), None)
            if same is None:
                added.append(name)
            else:
                free.remove(same)
                found[same] = max(found[same], name, key=_letters)
        found += added
    return tuple(found)


def _part_of_list(text: str) -> list[str]:
    """One part of a list whose names are parted by signs that no name holds."""
    text = _LEADING_AND.sub("", text.strip())
    parts = _AND.split(text)
    if len(parts) > 1 and all(map(_is_person, parts)):
        return parts
    # Commas still part initials that belong to several: "Doe A, Poe B; Roe C".
    commas = [part.strip() for part in text.split(",")]
    return commas if len(commas) > 1 and all(map(_has_initials, commas)) else [text]


def _without_signs(text: str) -> list[str]:
    wide = _WIDE_COMMA.split(text)
    if len(wide) > 1:
        return wide
    commas = [part.strip() for part in text.split(",") if part.strip()]
    if len(commas) > 1 and all(map(_CJK_NAME.fullmatch, commas)):
        return commas
    text = _ET_AL.sub("", text)
    parts = _AND.split(text)
    if len(parts) > 1 and _parts_persons(text, parts):
        return [name for part in parts for name in _by_commas(part)]
    return _by_commas(text)


def _parts_persons(text: str, parts: Sequence[str]) -> bool:
    """Whether " and " parts persons here, and not the words of one name of a group."""
    persons = [_is_person(part) or any(map(_has_initials, part.split(","))) for part in parts]
    if author_names.is_group(text):
        return any(persons) and all(
            person or author_names.is_group(part)
            for person, part in zip(persons, parts, strict=True)
        )
    # "Barnes and Noble, Inc." holds no given name at all; "Borg and Chai" are two surnames.
    words = [len(part.split()) for part in parts]
    return any(persons) or min(words) > 1 or max(words) == 1


def _by_commas(text: str) -> list[str]:
    parts = _with_suffixes([part.strip() for part in text.split(",") if part.strip()])
    if len(parts) < 2:
        return parts
    if author_names.is_group(text) and not any(
        _has_initials(part) and not author_names.is_group(part) for part in parts
    ):
        return [text]
    pairs = len(parts) % 2 == 0
    heads, tails = parts[::2], parts[1::2]
    if pairs and all(map(_only_initials, tails)) and not any(map(_has_initials, heads)):
        return [f"{head}, {tail}" for head, tail in zip(heads, tails, strict=True)]
    if _has_initials(parts[0]) and not _only_initials(parts[0]):
        return _one_dot_less(parts)  # a whole name already, so commas part names
    if len(parts) == 2:
        return _one_dot_less(parts) if all(map(_has_initials, parts)) else [", ".join(parts)]
    whole = [len(part.split()) > 1 for part in parts]
    if all(whole) or (any(map(_has_initials, parts)) and sum(whole) * 2 > len(parts)):
        return _one_dot_less(parts)
    if pairs and not any(map(_has_initials, heads)):
        return [f"{head}, {tail}" for head, tail in zip(heads, tails, strict=True)]
    return [text]


def _with_suffixes(parts: list[str]) -> list[str]:
    """A suffix or degree joined to the name before it: it is nobody's name."""
    found: list[str] = []
    for part in parts:
        if found and _SUFFIX.fullmatch(part) and not _POINTED.fullmatch(part):
            found[-1] += f", {part}"
        else:
            found.append(part)
    return found


def _one_dot_less(parts: list[str]) -> list[str]:
    """PubMed ends its list with a full stop, where no other initial has one."""
    if parts[-1].endswith(".") and not any("." in part for part in (*parts[:-1], parts[-1][:-1])):
        return [*parts[:-1], parts[-1][:-1]]
    return parts


def _is_person(text: str) -> bool:
    """Whether a text is for certain the name of one person: it has initials or a comma."""
    if author_names.is_group(text) or re.search(r"\b(?:inc|ltd|llc|co|gmbh)\b\.?$", text, re.I):
        return False
    return _has_initials(text) or text.count(",") == 1


def _has_initials(text: str) -> bool:
    """Whether a text is a surname with initials, or the other way round."""
    words = text.replace(",", " ").split()
    if len(words) < 2 or author_names.is_group(text):
        return False
    return any(
        _POINTED.fullmatch(word) or (word.replace("-", "").isupper() and len(word) <= 4)
        for word in words
        if word.replace("-", "").replace(".", "").isalpha()
    ) and not all(word.isupper() and len(word) > 4 for word in words)


def _only_initials(text: str) -> bool:
    bare = text.replace(" ", "")
    return bool(_INITIALS.fullmatch(text)) and (
        "." in bare or (bare.replace("-", "").isupper() and len(bare.replace("-", "")) <= 4)
    )


def _clean(text: str) -> str:
    name = _NUMBERED.sub("", text.strip().strip(";,|").strip())
    name = _TIGHT_COMMA.sub(", ", name)
    return "" if _is_nobody(name) else name


def _is_nobody(text: str) -> bool:
    return len(text) <= _LONGEST_NOBODY and _NOBODY.fullmatch(text) is not None


def _letters(name: str) -> int:
    return sum(sign.isalnum() for sign in name)


def _same(one: str, other: str) -> bool:
    """Whether two spellings may be one person's: the surname and the first initial."""
    a, b = _key(one), _key(other)
    return a == b and bool(a[0])


def _key(name: str) -> tuple[str, str]:
    family, _, given = author_names.inverted(name).partition(",")
    if not given and len(family.split()) > 1 and not author_names.is_group(name):
        given, family = family.rsplit(" ", 1)
    folded = "".join(
        sign for sign in unicodedata.normalize("NFKD", family.casefold()) if sign.isalnum()
    )
    return folded, given.strip()[:1].casefold()
