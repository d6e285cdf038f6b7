"""Word documents of the report, opened by LibreOffice and turned into pictures to look at.

Run: ``.venv/bin/python benchmarks/word_documents.py FOLDER``; it needs ``soffice`` and ``pdftoppm``
(Debian: libreoffice-writer, poppler-utils). It writes every text and the flow diagram of a small
review as .docx, .pdf and .png into FOLDER and prints the pages of each; a document that does not
open, or comes out empty, ends it with an error.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from review import config
from review.initialise import initialise
from review.reporting import service as reporting
from review.reporting.texts.files import TEXTS
from review.workspace import open_workspace

NAMES = (*TEXTS, "flow-docx")


def main(out: Path) -> None:
    """Write, open and draw every document."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        shutil.copytree(config.ROOT / "data", data, ignore=shutil.ignore_patterns("local"))
        settings = config.Config(data, f"sqlite:///{(Path(folder) / 'review.db').as_posix()}")
        initialise(settings, "benchmark")
        ws = open_workspace(settings)
        for name in NAMES:
            reporting.export(ws, name, out / f"{name}.docx")
        ws.store.close()
    files = [str(out / f"{name}.docx") for name in NAMES]
    command = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(out), *files]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    for name in NAMES:
        pdf = out / f"{name}.pdf"
        subprocess.run(["pdftoppm", "-r", "60", "-png", str(pdf), str(out / name)], check=True)
        pages = len(list(out.glob(f"{name}-*.png")))
        print(f"{name:<24} {pages:>3} pages, {(out / f'{name}.docx').stat().st_size:>9,} bytes")
        if not pages:
            sys.exit(f"{name} came out empty")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "word-documents"))
