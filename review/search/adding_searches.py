"""Adding a search to the protocol of a review: a new version of it, in the file and in the log."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from review import protocol as protocols
from review.errors import DecisionError, FileError
from review.protocol.adding_searches import with_search
from review.protocol.loading import CODEBOOK_FILE, PROTOCOL_FILE
from review.protocol.model import Protocol, Search
from review.search.connections import usual_source
from review.sources import registry
from review.spreadsheet import whole_file
from review.workspace import Workspace, adopt_protocol


def add_search(
    ws: Workspace,
    label: str,
    query: str,
    covers: Mapping[str, Sequence[str]],
    actor: str,
    *,
    why: str = "",
) -> Search:
    """Add a search to the protocol; the file gets one more entry, the log a new version.

    Args:
        label: words for it, of which its name is made.
        covers: name of a dimension -> values or groups that it is meant to find.
        why: kept with its limits (PRISMA-S items 9 and 10).

    Returns:
        The search as the protocol has it now.

    Raises:
        DecisionError: nobody is named, the query is empty or is there already, or the file was
            changed since this review was opened.
        ProtocolError: the source would refuse the query; nothing is written.
        FileError: the file cannot be written.
    """
    label, query = " ".join(label.split()), " ".join(query.split())
    if not actor.strip():
        raise DecisionError("Say who is working before you decide.")
    if not label or not query:
        raise DecisionError("A search needs a name and words to search for.")
    for one in ws.protocol.searches:
        if " ".join(one.query.split()) == query:
            raise DecisionError(f"The protocol has this search already: {one.name}.")
    file = ws.config.data / PROTOCOL_FILE
    before, ends = _read(file)
    if before != ws.protocol.files[PROTOCOL_FILE]:
        raise DecisionError(f"{PROTOCOL_FILE} was changed meanwhile. Load the page again.")
    book = ws.protocol.codebook
    entry = {
        "name": _name(label, {s.name for s in ws.protocol.searches}),
        "label": label,
        "source": usual_source(ws),
        "query": query,
        "covers": {book.id_of(name): list(values) for name, values in covers.items() if values},
        "limits": why or "none",
    }
    after = with_search(before, entry)
    found = _checked(ws.config.data, after)
    if found.searches[:-1] != ws.protocol.searches or found.searches[-1].name != entry["name"]:
        raise DecisionError(
            f"The search cannot be written into {PROTOCOL_FILE} without changing the rest of it. "
            "Write it there by hand."
        )
    with whole_file(file) as temporary:
        temporary.write_text(after, encoding="utf-8", newline=ends)
    adopt_protocol(replace(ws, protocol=found), actor)
    return found.searches[-1]


def _read(file: Path) -> tuple[str, str]:
    """The text of a file, and how its lines end."""
    try:
        with file.open(encoding="utf-8", newline="") as opened:
            text = opened.read()
    except OSError as error:
        raise FileError(f"{file} cannot be read: {error.strerror}.") from error
    ends = "\r\n" if "\r\n" in text else "\n"
    return text.replace("\r\n", "\n"), ends


def _checked(data: Path, text: str) -> Protocol:
    """The protocol that a text would make, read as it is at every start.

    Raises:
        ProtocolError: it would hold mistakes.
    """
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(data / CODEBOOK_FILE, Path(folder) / CODEBOOK_FILE)
        (Path(folder) / PROTOCOL_FILE).write_text(text, encoding="utf-8", newline="")
        return protocols.load(Path(folder), registry.all_sources())


def _name(label: str, taken: set[str]) -> str:
    """A short name for a search that no other has."""
    base = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:40].rstrip("_") or "search"
    base = base if base[0].isalpha() else f"s_{base}"
    numbers = ("", *(f"_{n}" for n in range(2, 1_000)))
    return next(f"{base}{n}" for n in numbers if f"{base}{n}" not in taken)
