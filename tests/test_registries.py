"""A format of files, or of exports, is one entry of a table; pages and commands read that table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from review.cli import app as command_line
from review.model import Record
from review.reporting.exports import EXPORTS, Export
from review.reporting.tables import ExportData
from review.sources.file_entries import FileEntry, Given, Items
from review.sources.file_formats import FORMATS, FileFormat
from review.sources.file_reading import read_bytes
from tests.ui.conftest import app, at_page, data, made

__all__ = ["app", "data", "made"]


def _cards(given: Given) -> Items:
    """One title a line, behind a star."""
    for number, line in enumerate(given.data.decode().splitlines(), start=1):
        record = Record(given.source, "", title=line.removeprefix("* "))
        yield FileEntry(number, record, f"card-{number}")


def _titles(d: ExportData, path: Path) -> None:
    path.write_text("\n".join(r.lead.title for r in d.reports), encoding="utf-8")


@pytest.fixture
def cards() -> Iterator[None]:
    FORMATS["cards"] = FileFormat(  # type: ignore[index]
        "cards", "Index cards", _cards, (".cards",), lambda text: text.startswith("* ")
    )
    EXPORTS["titles"] = Export("titles", "Titles (text)", "titles.txt", _titles)  # type: ignore[index]
    yield
    del FORMATS["cards"], EXPORTS["titles"]  # type: ignore[attr-defined]


def test_a_new_format_of_files_is_read_offered_and_named(
    cards: None, app: AppTest, data: Path
) -> None:
    assert read_bytes(b"* A paper\n", "box.cards").format == "cards"
    at_page(app, "search", view="import")
    upload = app.get("file_uploader")[0].proto
    assert ".cards" in upload.type and "Index cards" in upload.help
    file = data / "box.cards"
    file.write_text("* A paper that nobody knows\n")
    said = CliRunner().invoke(command_line, ["import", str(file), "--format", "cards"])
    assert said.exit_code == 0, said.output


def test_a_new_export_is_on_both_pages_and_in_the_command(
    cards: None, app: AppTest, data: Path
) -> None:
    at_page(app, "report", view="exports")
    assert "Titles (text)" in [b.proto.label for b in app.get("download_button")]
    file = data / "titles.txt"
    said = CliRunner().invoke(command_line, ["export", "titles", str(file)])
    assert said.exit_code == 0 and len(file.read_text().splitlines()) > 200
