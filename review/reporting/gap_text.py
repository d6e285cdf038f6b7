"""The text "Implications for research" of a review: the same for page, command and export."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from review.gaps import implications, ledger_state, service
from review.gaps.filters import Filters, words
from review.reporting.coverage import coverage
from review.spreadsheet import whole_file
from review.workspace import Workspace


def text(
    ws: Workspace,
    rows: str = service.AXES[0],
    columns: str = service.AXES[1],
    filters: Filters | None = None,
) -> str:
    """The text as Markdown; arguments as for `ledger_state.ledger`."""
    found = ledger_state.ledger(ws, rows, columns, filters)
    asked = words(filters or Filters(), ws.protocol.codebook)
    looked = coverage(ws).words + (f". Only this is looked at: {asked}" if asked else "")
    today = datetime.now(UTC).date()
    return implications.text(found, ws.protocol.title, looked, today, ws.protocol.version)


def write(
    ws: Workspace,
    path: Path,
    rows: str = service.AXES[0],
    columns: str = service.AXES[1],
    filters: Filters | None = None,
) -> None:
    """Write the text to a file, whole or not at all.

    Raises:
        FileError: the file cannot be written.
    """
    said = text(ws, rows, columns, filters)
    with whole_file(path) as temporary:
        temporary.write_text(said, encoding="utf-8", newline="")
