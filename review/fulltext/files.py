"""The folder of full texts: each file once, named by its checksum, with its words beside it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from review.errors import FileError, NotFoundError
from review.fulltext import pdf_text
from review.fulltext.limits import PdfLimits
from review.fulltext.pdf_text import PdfText

FOLDER = "full_texts"
"""Where full texts are kept, below the local data folder."""

_SHA = re.compile(r"[0-9a-f]{64}")
_ASKED = ".asked.json"
_LONGEST_NAME = 300
_MAGIC = b"%PDF-"
_MAGIC_WITHIN = 1024  # bytes; some programs write a line before it


def folder(local: Path) -> Path:
    """Where full texts are kept."""
    return local / FOLDER


def path(local: Path, sha256: str) -> Path:
    """Where a file of this checksum is kept.

    Raises:
        NotFoundError: it is no checksum.
    """
    if not _SHA.fullmatch(sha256):
        raise NotFoundError(f"'{sha256}' is no checksum of a full text.")
    return folder(local) / sha256[:2] / f"{sha256}.pdf"


def plain_name(name: str) -> str:
    """The name of a file as it is kept and shown: without folders and without signs that no screen
    shows, or no database takes."""
    last = re.split(r"[/\\]", name)[-1].encode("utf-8", "replace").decode()
    return "".join(sign if sign.isprintable() else "?" for sign in last)[:_LONGEST_NAME]


def check(name: str, content: bytes, at_most: PdfLimits) -> None:
    """See that a file may be kept.

    Raises:
        FileError: it is no PDF, or too large.
    """
    check_size(name, len(content), at_most)
    if _MAGIC not in content[:_MAGIC_WITHIN]:
        raise FileError(f"{name} is no PDF: it does not begin as one. Save the article as a PDF.")


def check_size(name: str, size: int, at_most: PdfLimits) -> None:
    """See that a file is not too large, before it is read.

    Raises:
        FileError: it is.
    """
    if size > at_most.mb * 1_000_000:
        raise FileError(
            f"{name} has {size / 1e6:,.0f} MB; a full text may have {at_most.mb:,}. "
            "The setting REVIEW_MAX_PDF_MB changes that."
        )


def keep(local: Path, content: bytes) -> str:
    """Keep a file; it is on disk, whole, when this returns.

    Returns:
        Its SHA-256 in hex.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    at = path(local, sha256)
    if not is_whole(local, sha256):
        _write(at, content)
    return sha256


def is_whole(local: Path, sha256: str) -> bool:
    """Whether the file is there and is what its checksum says."""
    try:
        with path(local, sha256).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False


def words(local: Path, sha256: str, at_most: PdfLimits, *, again: bool = False) -> PdfText:
    """The words of a file, read once for each checksum.

    Args:
        again: try once more where the reading did not come to its end, as on a busy machine.

    Raises:
        NotFoundError: the file is not on this machine.
    """
    file = path(local, sha256)
    beside = file.with_suffix(f".{at_most.pages}.{at_most.seconds}.{pdf_text.READER}.json")
    try:
        known = pdf_text.parsed(_load(beside))
        if not again or known.problem in ("", pdf_text.DAMAGED, pdf_text.PROTECTED):
            return known
    except (OSError, ValueError):
        pass
    if not file.is_file():
        raise NotFoundError(f"The full text {sha256[:12]}… is not on this machine: {file}.")
    text = pdf_text.read(file, at_most.pages, at_most.seconds)
    _write(beside, pdf_text.written(text).encode())
    return text


def ask(local: Path, sha256: str, name: str, candidates: Sequence[str]) -> None:
    """Write down that a person is to say whose file this is, so that whoever comes is asked."""
    said = json.dumps({"name": name, "candidates": list(candidates)})
    _write(path(local, sha256).with_suffix(_ASKED), said.encode())


def asked(local: Path) -> dict[str, tuple[str, list[str]]]:
    """Checksum -> name and the reports it may be of, of the files that are asked about."""
    found = {}
    for one in folder(local).glob(f"??/*{_ASKED}"):
        try:
            said = _load(one)
        except (OSError, ValueError):
            continue
        if isinstance(said, dict) and _SHA.fullmatch(one.name.removesuffix(_ASKED)):
            ids = [str(id_) for id_ in said.get("candidates", ())]
            found[one.name.removesuffix(_ASKED)] = (str(said.get("name", "")), ids)
    return found


def ask_no_more(local: Path, sha256: str) -> None:
    """Forget the question whose file it is."""
    path(local, sha256).with_suffix(_ASKED).unlink(missing_ok=True)


def kept(local: Path) -> dict[str, list[Path]]:
    """Checksum -> file and words, of all that is kept."""
    found: dict[str, list[Path]] = {}
    for one in sorted(folder(local).glob("??/*")):
        sha256 = one.name.split(".", 1)[0]
        if _SHA.fullmatch(sha256):
            found.setdefault(sha256, []).append(one)
    return found


def _load(file: Path) -> object:
    return json.loads(file.read_text(encoding="utf-8"))


def _write(at: Path, content: bytes) -> None:
    """Write a file whole, readable by its owner alone, then give it its name."""
    at.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=at.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, at)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
