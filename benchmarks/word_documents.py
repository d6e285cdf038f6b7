"""Word documents and the workbook of the report, opened by LibreOffice and turned into pictures.

Run: ``python -m benchmarks.word_documents FOLDER``; it needs ``soffice`` and ``pdftoppm`` (Debian:
libreoffice-writer, libreoffice-calc-nogui, poppler-utils). Of the review that ships, some papers
decided, it writes every text, the flow diagram and the workbook into FOLDER, each as .pdf and its
first pages as .png, and prints the pages of each; a file that does not open, or comes out empty,
ends it with an error.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.revaise_record import shipped
from review.reporting import service as reporting
from review.reporting.texts.files import TEXTS

FILES = {**{name: f"{name}.docx" for name in (*TEXTS, "flow-docx")}, "xlsx": "workbook.xlsx"}
"""Export -> its file."""

PAGES = 40
"""Pages of a file that are drawn."""


def main(out: Path) -> None:
    """Write, open and draw every document."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        ws = shipped(Path(folder))
        for name, file in FILES.items():
            reporting.export(ws, name, out / file, viewer=None)
        ws.store.close()
    files = [str(out / file) for file in FILES.values()]
    command = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(out), *files]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    for name, file in FILES.items():
        stem = Path(file).stem
        pdf = str(out / f"{stem}.pdf")
        said = subprocess.run(["pdfinfo", pdf], check=True, capture_output=True, text=True).stdout
        pages = next(int(line.split()[1]) for line in said.splitlines() if line[:5] == "Pages")
        print(f"{name:<24} {pages:>3} pages, {(out / file).stat().st_size:>9,} bytes")
        if not pages:
            sys.exit(f"{name} came out empty")
        draw = ["pdftoppm", "-r", "60", "-l", str(PAGES), "-png", pdf, str(out / stem)]
        subprocess.run(draw, check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "word-documents"))
