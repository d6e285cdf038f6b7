"""Finds the entries of an XML file and parses each on its own.

An entry is cut out by its tags and handed to the parser alone. Memory stays that of one entry, an
entry that is not well-formed harms no other and has a line, and nothing is ever declared: a file
with a document type of its own making, where entity bombs live, is refused before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.entities import html5
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from review.errors import FileError, Mistake
from review.sources import lines
from review.sources.file_account import FileAccount
from review.sources.file_entries import Given

_DECLARED = re.compile(rb"<!\s*(?:ENTITY|DOCTYPE[^<>\[]*+\[)", re.I)
# EndNote lets control characters through that no XML file may hold.
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NUMBERED = re.compile(r"&#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}));")
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]*;)")
_OF_XML = {"amp;", "lt;", "gt;", "quot;", "apos;"}


@dataclass(frozen=True, slots=True)
class XmlEntry:
    """One entry: the line it begins on, its text as given, and its element."""

    line: int
    text: str
    element: Element


def find(given: Given, *tags: str) -> Iterator[XmlEntry | Mistake]:
    """Yield the elements with one of the tags; a mistake for each that cannot be parsed.

    Raises:
        FileError: the file declares entities.
    """
    opening = re.compile(rf"<({'|'.join(tags)})(?=[\s>/])".encode())
    data = given.data
    counter = lines.Counter(data, (b"\n", b"\r"))
    starts = opening.finditer(data)
    start = next(starts, None)
    if _DECLARED.search(data, 0, start.start() if start else len(data)):
        raise FileError(
            f"{given.name} declares entities of its own, which no export of references does; it is "
            "not read. Export it again from where it came."
        )
    while start is not None:
        following = next(starts, None)
        limit = following.start() if following else len(data)
        line = counter.at(start.start())
        end = data.find(b"</" + start[1] + b">", start.start(), limit)
        if end < 0:
            yield given.mistake(line, start[1].decode(), "the entry has no end; left out")
        elif end - start.start() > given.limits.entry_kb * 1024:
            yield given.mistake(line, start[1].decode(), "the entry is too large; left out")
        else:
            whole = data[start.start() : end + len(start[1]) + 3]
            yield _parse(given, line, whole.decode())
        start = following


def text_of(element: Element | None) -> str:
    """All text inside an element, each run of blanks and line ends one blank."""
    return "" if element is None else " ".join("".join(element.itertext()).split())


def first_text(element: Element, *paths: str) -> str:
    """Text of the first path that has any."""
    return next((t for path in paths for e in element.findall(path) if (t := text_of(e))), "")


def all_texts(element: Element, path: str) -> list[str]:
    """Texts of all elements at the path, none blank."""
    return [text for each in element.findall(path) if (text := text_of(each))]


def tell(entry: Element, read: frozenset[str], account: FileAccount) -> None:
    """Tell the account which elements of an entry were read and which no field takes."""
    for element in entry:
        if text := text_of(element):
            if element.tag in read:
                account.took([element.tag])
            else:
                account.left_aside(str(element.tag), text)


def _parse(given: Given, line: int, text: str) -> XmlEntry | Mistake:
    clean = CONTROLS.sub(" ", _NAMED.sub(_named, _NUMBERED.sub(_numbered, text)))
    try:
        return XmlEntry(line, text, fromstring(clean))
    except ParseError as error:
        at = line + max(error.position[0] - 1, 0)
        reason = str(error).partition(":")[0]
        return given.mistake(at, "", f"the entry is not well-formed XML ({reason}); left out")
    except (DefusedXmlException, ValueError, RecursionError) as error:
        return given.mistake(line, "", f"the entry cannot be read ({error}); left out")


def _named(found: re.Match[str]) -> str:
    """A character named as in HTML, which XML does not know, as itself."""
    return found[0] if found[1] in _OF_XML else html5.get(found[1], found[0])


def _numbered(found: re.Match[str]) -> str:
    """A blank for a control character; the reference as it is for any other."""
    code = int(found[1], 16) if found[1] else int(found[2])
    return " " if code < 32 and code not in (9, 10, 13) else found[0]
