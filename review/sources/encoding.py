"""From the bytes of a file to UTF-8, or to an error that says what the file is instead."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import islice

from charset_normalizer import from_bytes

from review.errors import FileError, Mistake
from review.sources import latin_encodings
from review.sources.file_account import FileAccount

ZIP = b"PK\x03\x04"
"""First bytes of a zip file, and so of an Excel workbook."""

_SAMPLE = 8_192
_PIECE = 64 * 1024
_FILLED = re.compile(rb"[^\xef\xbb\xbf\xff\xfe\x00 \t\r\n]")
_DECLARED = re.compile(rb"\s*<\?xml[^>]*?\bencoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_HTML = re.compile(r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_BINARY = (
    (ZIP, "an Excel workbook or a zip file. Save the sheet as CSV, or unpack it"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook. Save the sheet as CSV"),
    (b"%PDF", "a PDF. Export the references as RIS or CSV"),
    (b"\x1f\x8b", "a gzip file. Unpack it"),
)
_LOST = "\ufffd".encode()
_NOT_ASCII = re.compile(rb"[\xc0-\xff]")
_LINE = re.compile(rb"[^\r\n]+[\r\n]?")
# Scripts whose letters all lie outside ASCII; of Latin ones `latin_encodings` tells.
_OTHER_SCRIPTS = [
    "cp1251", "cp1253", "cp1255", "cp1256", "gb18030", "big5", "cp932", "euc_jp", "cp949",
    "tis_620",
]  # fmt: skip


def to_utf8(
    data: bytes, name: str, account: FileAccount | None = None
) -> tuple[bytes, tuple[Mistake, ...]]:
    """Text of a file as UTF-8, whatever wrote it: UTF-8, UTF-16, else the likeliest older encoding.

    What is UTF-8 already comes back as it is, the same object, its byte-order mark included.

    Args:
        data: the whole file.
        name: what to call the file in errors.
        account: told which encoding it is, and how sure that is.

    Returns:
        The text, and a mistake when some of it had to be guessed.

    Raises:
        FileError: the file is empty, binary or a web page.
    """
    if not _FILLED.search(data):
        raise FileError(f"{name} is empty. Export it again.")
    for magic, what in _BINARY:
        if data.startswith(magic):
            raise FileError(f"{name} is {what}, then import that.")
    data, mistakes = _read(data, name, account or FileAccount())
    if _HTML.match(start_of(data, _SAMPLE)):
        raise FileError(
            f"{name} is a web page, not an export; often a sign-in page saved under that name. "
            "Sign in at the database and export again as RIS or CSV."
        )
    return data, mistakes


def start_of(data: bytes, size: int) -> str:
    """How a text in UTF-8 begins: its first bytes, so many, without a byte-order mark."""
    return data[:size].decode("utf-8-sig", errors="ignore")


def _read(data: bytes, name: str, account: FileAccount) -> tuple[bytes, tuple[Mistake, ...]]:
    encoding = _utf16(data)
    if encoding:
        account.encoding = "UTF-16"
        return _lossy(data, encoding, name)
    if _is_binary(data[:_SAMPLE]):
        raise FileError(f"{name} is not a text file. Export the references as RIS or CSV.")
    try:
        for _ in _pieces(data, "utf-8", "strict"):
            pass
    except UnicodeDecodeError:
        return _older(data, name, account)
    account.encoding = "UTF-8"
    return data, ()


def _is_binary(sample: bytes) -> bool:
    """Whether a file that begins so is no text: by its zeros, or its many control characters.

    Those do not count in UTF-8 that says so by its mark, or has other characters besides ASCII:
    data of another kind is never that.
    """
    if 0 in sample:
        return True
    controls = sum(byte < 32 and byte not in b"\t\n\v\f\r\x1a\x1b" for byte in sample)
    if controls <= 0.05 * len(sample) or sample.startswith(codecs.BOM_UTF8):
        return False
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(sample)  # its end may be cut
    except UnicodeDecodeError:
        return True
    return sample.isascii()


def _utf16(data: bytes) -> str:
    """Which UTF-16 a file is in: by its mark, else where its zeros stand; ``""`` for none."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding, place in (("utf-16-le", 1), ("utf-16-be", 0)):
        if data[place:_SAMPLE:2].count(0) > 0.9 * min(len(data), _SAMPLE) / 2:
            return encoding
    return ""


def _pieces(data: bytes, encoding: str, errors: str) -> Iterator[str]:
    """The text piece by piece: as a whole it would take up to four bytes a character."""
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    for start in range(0, len(data), _PIECE):
        yield decoder.decode(data[start : start + _PIECE])
    yield decoder.decode(b"", final=True)


def _recode(data: bytes, encoding: str, errors: str = "replace") -> bytes:
    return b"".join(
        piece.encode("utf-8", errors="replace") for piece in _pieces(data, encoding, errors)
    )


def _lossy(data: bytes, encoding: str, name: str) -> tuple[bytes, tuple[Mistake, ...]]:
    text = _recode(data, encoding)
    lost = text.count(_LOST)
    if not lost:
        return text, ()
    line = text[: text.index(_LOST)].count(b"\n") + 1
    message = f"{lost} characters cannot be read and show as \ufffd. Export again as UTF-8."
    return text, (Mistake(name, line, "", message),)


def _older(data: bytes, name: str, account: FileAccount) -> tuple[bytes, tuple[Mistake, ...]]:
    """Text that is not UTF-8: as XML declares it, damaged UTF-8, another script, or Latin."""
    declared = _DECLARED.match(data[:_SAMPLE])
    if declared and declared[1].lower() not in (b"utf-8", b"utf8"):
        try:
            encoding = declared[1].decode("ascii")
            b" ".decode(encoding, errors="replace")  # there are codecs that are not of text
            account.encoding = encoding
            return _lossy(data, encoding, name)
        except (LookupError, ValueError):
            pass
    repaired = _lossy(data, "utf-8", name)
    # In text that is UTF-8 all the same, most of what is not ASCII reads well.
    if sum(1 for _ in _NOT_ASCII.finditer(repaired[0])) > 4 * repaired[0].count(_LOST):
        account.encoding, account.sure = "UTF-8, damaged", False
        return repaired
    lines = (line[0] for line in _LINE.finditer(data) if not line[0].isascii())
    odd = b"".join(islice(lines, _SAMPLE))[:_SAMPLE]
    high = sum(byte > 127 for byte in odd)
    if high > 0.4 * len(odd):
        guess = from_bytes(odd, cp_isolation=_OTHER_SCRIPTS).best()
        if guess is not None:
            text, mistakes = _lossy(data, guess.encoding, name)
            account.encoding, account.sure = guess.encoding, False
            message = f"not in UTF-8; read as {guess.encoding}. Check the titles."
            return text, (Mistake(name, None, "", message), *mistakes)
    encoding, sensible = latin_encodings.likeliest(odd)
    account.encoding = latin_encodings.NAMES[encoding]
    account.sure = sensible and encoding == latin_encodings.USUAL
    message = f"not in UTF-8; read as {encoding}, a guess. Check the titles and names."
    said = () if account.sure else (Mistake(name, None, "", message),)
    try:
        return _recode(data, encoding, "strict"), said
    except UnicodeDecodeError:
        return _recode(data, "latin-1"), said
