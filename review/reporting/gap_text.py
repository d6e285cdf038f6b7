"""The text "Implications for research" of a review: the same for page, command and export."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from review.gaps import implications, ledger_state, service
from review.reporting.coverage import coverage
from review.spreadsheet import whole_file
from review.workspace import Workspace


def text(ws: Workspace, rows: str = service.AXES[0], columns: str = service.AXES[1]) -> str:
    """The text as Markdown; arguments as for `ledger_state.ledger`."""
    found = ledger_state.ledger(ws, rows, columns)
    today = datetime.now(UTC).date()
    title, version = ws.protocol.title, ws.protocol.version
    return implications.text(found, title, coverage(ws).words, today, version)


def write(
    ws: Workspace, path: Path, rows: str = service.AXES[0], columns: str = service.AXES[1]
) -> None:
    """Write the text to a file, whole or not at all.

    Raises:
        FileError: the file cannot be written.
    """
    words = text(ws, rows, columns)
    with whole_file(path) as temporary:
        temporary.write_text(words, encoding="utf-8", newline="")
