"""How long files made to do harm hold up an import, and the memory they take.

    .venv/bin/python benchmarks/hostile_files.py [NAME ...] [--small]

Each file is made, read in a process of its own as an import reads it, and told with what was said
of it, the seconds and the peak of memory. ``--small`` makes them a twentieth as large. The bounds
to keep are 20 seconds and 1 GB.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from openpyxl import Workbook

MB = 1024**2


def workbook(path: Path, megabytes: int) -> None:
    """A workbook whose sheet unpacks to so much, of one text repeated."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["title"])
    plain = io.BytesIO()
    book.save(plain)
    row = b'<row><c t="inlineStr"><is><t>' + b"a" * 1000 + b"</t></is></c></row>"
    with (
        zipfile.ZipFile(plain) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            with new.open(name, "w", force_zip64=True) as out:
                if "sheet1" not in name:
                    out.write(old.read(name))
                    continue
                start, end, rest = old.read(name).partition(b"</sheetData>")
                out.write(start)
                for _ in range(megabytes):
                    out.write(row * (MB // len(row)))
                out.write(end + rest)


def bibtex(path: Path, doublings: int) -> None:
    lines = ['@string{s0 = "' + "x" * 100 + '"}']
    lines += [f"@string{{s{n} = s{n - 1} # s{n - 1}}}" for n in range(1, doublings + 1)]
    lines.append(f"@article{{a, title = s{doublings}}}")
    path.write_text("\n".join(lines), encoding="utf-8")


def nested_json(path: Path, depth: int) -> None:
    deep = '{"a":' * depth + "1" + "}" * depth
    path.write_text(f'[{{"type":"article","title":"T","x":{deep}}}]', encoding="utf-8")


def wide_csv(path: Path, columns: int) -> None:
    head = "title," + ",".join(f"c{n}" for n in range(columns))
    path.write_text(head + "\n" + "T" + "," * columns + "\n", encoding="utf-8")


def open_quotes(path: Path, megabytes: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write('title,year\n"never closed,2001\n')
        for _ in range(megabytes):
            file.write("A title of a paper of some length,2002\n" * (MB // 39))


def open_quote_each_line(path: Path, megabytes: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write("title,year\n")
        for _ in range(megabytes):
            file.write('"A title of a paper that is x" never,2002\n' * (MB // 42))


def long_line(path: Path, megabytes: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write("TY  - JOUR\nTI  - ")
        for _ in range(megabytes):
            file.write("x" * MB)
        file.write("\nER  - \n")


def long_line_csv(path: Path, megabytes: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write("title,year\n")
        for _ in range(megabytes):
            file.write("é," * (MB // 3))
        file.write("\n")


FILES: dict[str, tuple[str, Callable[[Path, int], None], int]] = {
    "workbook of 550 MB": ("a.xlsx", workbook, 550),
    "workbook of 2 GB": ("b.xlsx", workbook, 2_048),
    "workbook at the limit": ("c.xlsx", workbook, 99),
    "doubling strings": ("a.bib", bibtex, 26),
    "JSON 900 deep": ("a.json", nested_json, 900),
    "JSON 100,000 deep": ("b.json", nested_json, 100_000),
    "a million columns": ("a.csv", wide_csv, 1_000_000),
    "one open quote in 50 MB": ("b.csv", open_quotes, 50),
    "a broken quote in each line of 50 MB": ("c.csv", open_quote_each_line, 50),
    "a line of 200 MB (RIS)": ("a.ris", long_line, 200),
    "a line of 200 MB (CSV)": ("d.csv", long_line_csv, 200),
}

READ = """
import sys
from pathlib import Path
from review.errors import ReviewError
from review.sources.file_preview import preview
from review.sources.file_reading import bytes_of, iter_bytes
path = Path(sys.argv[1])
try:
    data = bytes_of(path)
    preview(data, path.name)
    records = mistakes = 0
    for part in iter_bytes(data, path.name, chunk=500):
        records += len(part.records)
        mistakes += len(part.mistakes)
    print(f"read: {records:,} records, {mistakes:,} mistakes")
except ReviewError as error:
    print(f"refused: {error}")
"""


def main() -> None:
    """Make the files named, or all, and read each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="; ".join(FILES))
    parser.add_argument("--small", action="store_true", help="a twentieth of the size")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in options.names or FILES:
            file, make, size = FILES[name]
            path = Path(folder) / file
            make(path, max(1, size // 20) if options.small and make is not bibtex else size)
            begun = time.monotonic()
            done = subprocess.run(
                ["/usr/bin/env", sys.executable, "-c", MEASURED, str(path)],
                capture_output=True, text=True,
            )  # fmt: skip
            seconds = time.monotonic() - begun
            peak, _, said = done.stdout.partition(" ")
            print(f"{name}: {seconds:.1f} s, {int(peak or 0) // 1024:,} MB. {said.strip()}")
            if done.returncode:
                print(done.stderr[-2000:])
            path.unlink()


MEASURED = (
    "import io, contextlib, resource\nout = io.StringIO()\n"
    "with contextlib.redirect_stdout(out):\n"
    + "".join(f"    {line}\n" for line in READ.strip().splitlines())
    + "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, out.getvalue())\n"
)


if __name__ == "__main__":
    main()
