"""Every Word document and workbook that the review exports, opened by LibreOffice.

Run: ``python -m benchmarks.word_documents FOLDER [--pictures]``; it needs ``soffice``, ``pdfinfo``
and, for pictures, ``pdftoppm`` (Debian: libreoffice-writer, libreoffice-calc-nogui, poppler-utils).
Of the review that ships, some papers decided, it writes every text, the flow diagrams of a new, an
updated and a living review, every table in both formats and the workbook into FOLDER, and turns
each into a .pdf. Printed for each: pages, sheets of a workbook, and what is wrong: it does not
open, comes out empty, or holds a value that LibreOffice shows as an error, which ends it with an
error. With ``--pictures`` the first pages of each stand beside it as .png.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import openpyxl

from benchmarks.revaise_record import shipped
from review.errors import FileError
from review.reporting import service as reporting
from review.reporting.flows import Wanted
from review.reporting.table_list import TABLES
from review.reporting.texts.files import TEXTS
from review.versions import service as versions
from review.workspace import Workspace

PAGES = 12
"""Pages of a file that are drawn."""

AT_ONCE = 12
"""Files that one run of LibreOffice opens."""

WRONG = re.compile(r"Err:5\d\d|#(?:VALUE|REF|NAME|DIV/0|NUM|N/A)[!?]?")


def write(ws: Workspace, out: Path) -> list[Path]:
    """Write every document and workbook; those that the review refuses are named and left out."""
    files = []
    for name in TEXTS:
        reporting.export(ws, name, out / f"{name}.docx", viewer=None)
        files.append(out / f"{name}.docx")
    versions.make(ws, "Ann", "First search")
    for kind, wanted in (("new", Wanted()), ("updated", Wanted(1)), ("living", Wanted(1, True))):
        reporting.export(ws, "flow-docx", out / f"flow-{kind}.docx", viewer=None, drawn=wanted)
        files.append(out / f"flow-{kind}.docx")
    reporting.export(ws, "xlsx", out / "workbook.xlsx", viewer=None)
    files.append(out / "workbook.xlsx")
    for name in TABLES:
        for ending in ("docx", "xlsx"):
            file = out / f"table-{name}.{ending}"
            try:
                reporting.write_table(ws, name, file, viewer=None)
            except FileError as refused:
                print(f"{file.name:<34} not written: {refused}")
            else:
                files.append(file)
    return files


def opened(files: list[Path]) -> None:
    """Turn files into .pdf beside them, named with their ending too."""
    for start in range(0, len(files), AT_ONCE):
        with tempfile.TemporaryDirectory() as folder:
            there = Path(folder)
            for ending in (".docx", ".xlsx"):
                some = [str(f) for f in files[start : start + AT_ONCE] if f.suffix == ending]
                if not some:
                    continue
                command = ["soffice", f"-env:UserInstallation={(there / 'profile').as_uri()}"]
                command += ["--headless", "--convert-to", "pdf", "--outdir", folder, *some]
                subprocess.run(command, check=True, capture_output=True, timeout=900)
                for pdf in there.glob("*.pdf"):
                    target = files[0].parent / f"{pdf.stem}{ending}.pdf"
                    target.write_bytes(pdf.read_bytes())
                    pdf.unlink()


def told(file: Path, pictures: bool) -> str:
    """What is wrong with a file, ``""`` for nothing; prints its line."""
    pdf = file.parent / f"{file.name}.pdf"
    if not pdf.exists():
        print(f"{file.name:<34} does not open")
        return file.name
    said = subprocess.run(["pdfinfo", str(pdf)], check=True, capture_output=True, text=True).stdout
    pages = next(int(line.split()[1]) for line in said.splitlines() if line[:5] == "Pages")
    words = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True).stdout
    sheets = ""
    if file.suffix == ".xlsx":
        book = openpyxl.load_workbook(file, read_only=True)
        sheets = f"{len(book.sheetnames):>3} sheets, "
        book.close()
    wrong = sorted(set(WRONG.findall(words))) if file.suffix == ".xlsx" else []
    empty = not words.strip() and "flow" not in file.name
    fault = "EMPTY" if empty or not pages else f"SHOWS {' '.join(wrong)}" if wrong else ""
    size = file.stat().st_size
    print(f"{file.name:<34} {pages:>4} pages, {sheets}{size:>9,} bytes {fault}".rstrip())
    if pictures:
        draw = ["pdftoppm", "-r", "60", "-l", str(PAGES), "-png", str(pdf), str(file)]
        subprocess.run(draw, check=True)
    return file.name if fault else ""


def main() -> None:
    """Write, open and, where asked, draw every document."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=Path("word-documents"))
    parser.add_argument("--pictures", action="store_true", help="draw the first pages too")
    arguments = parser.parse_args()
    out: Path = arguments.folder.resolve()
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.pdf"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        ws = shipped(Path(folder))
        files = write(ws, out)
        ws.store.close()
    opened(files)
    faults = [name for file in files if (name := told(file, arguments.pictures))]
    print(f"{len(files)} files, {len(faults)} with a fault")
    if faults:
        sys.exit(f"at fault: {', '.join(faults)}")


if __name__ == "__main__":
    main()
