"""The XML of WHO's International Clinical Trials Registry Platform ("Export results to XML").

``<Trials_downloaded_from_ICTRP><Trial><TrialID>…``: the elements of a trial hold text alone and are
called as the columns of the platform's table, and are read as these
(`review.sources.known_tables`).
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from xml.etree.ElementTree import Element

from review.errors import FileError, Mistake
from review.sources import known_tables, table_headers, table_rows, xml_entries
from review.sources.file_entries import Given, Items
from review.sources.table_headers import Head

_ROOT_OPENS, _ROOT_CLOSES = b"<Trials_downloaded_from_ICTRP", b"</Trials_downloaded_from_ICTRP"


def parse(given: Given) -> Items:
    """Read the trials of an ICTRP file.

    Yields:
        An entry for each, its XML as ``raw["xml"]``, and the mistakes.

    Raises:
        FileError: there is no trial at all, or the file declares entities.
    """
    empty = True
    for found in xml_entries.find(given, "Trial", "trial"):
        empty = False
        if isinstance(found, Mistake):
            yield found
            continue
        texts: dict[str, list[str]] = defaultdict(list)
        for element in found.element:
            texts[str(element.tag)].append(_text(element))
        names = tuple(texts)
        row = ["\n".join(filter(None, texts[name])) for name in names]
        yield table_rows.entry(found.line, row, _head(names), given, {"xml": found.text})
    if (
        not given.data.rstrip().endswith(b">")
        or _ROOT_OPENS in given.data
        and (_ROOT_CLOSES not in given.data)
    ):
        given.account.remark("the file does not end as an export does: it may be cut off")
    if empty:
        raise FileError(
            f"{given.name} holds no <Trial>. Export the results from ICTRP as XML again."
        )


@lru_cache(maxsize=256)
def _head(names: tuple[str, ...]) -> Head:
    return table_headers.head(1, names, {}, known_tables.ICTRP)


def _text(element: Element) -> str:
    """The text of an element with its line ends."""
    lines = (" ".join(line.split()) for line in "".join(element.itertext()).splitlines())
    return "\n".join(filter(None, lines))
