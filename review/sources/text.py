"""From the bytes of a file to its text, or to an error that says what the file is instead."""

from __future__ import annotations

import re

from charset_normalizer import from_bytes

from review.errors import FileError, Mistake

ZIP = b"PK\x03\x04"
"""First bytes of a zip file, and so of an Excel workbook."""

_SAMPLE = 8_192
_DECLARED = re.compile(rb"\s*<\?xml[^>]*?\bencoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_HTML = re.compile(r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_BINARY = (
    (ZIP, "an Excel workbook or a zip file. Save the sheet as CSV, or unpack it"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook. Save the sheet as CSV"),
    (b"%PDF", "a PDF. Export the references as RIS or CSV"),
    (b"\x1f\x8b", "a gzip file. Unpack it"),
)
_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# Scripts whose letters all lie outside ASCII; Latin text is never guessed but read as cp1252.
_OTHER_SCRIPTS = [
    "cp1251", "cp1253", "cp1255", "cp1256", "gb18030", "big5", "cp932", "euc_jp", "cp949",
    "tis_620",
]  # fmt: skip


def decode(data: bytes, name: str) -> tuple[str, tuple[Mistake, ...]]:
    """Text of a file, whatever wrote it: UTF-8 or UTF-16, else the likeliest older encoding.

    Args:
        data: the whole file.
        name: what to call the file in errors.

    Returns:
        The text, and a mistake when some of it had to be guessed.

    Raises:
        FileError: the file is empty, binary or a web page.
    """
    if not data.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"):
        raise FileError(f"{name} is empty. Export it again.")
    for magic, what in _BINARY:
        if data.startswith(magic):
            raise FileError(f"{name} is {what}, then import that.")
    text, mistakes = _text(data, name)
    if _HTML.match(text[:_SAMPLE]):
        raise FileError(
            f"{name} is a web page, not an export; often a sign-in page saved under that name. "
            "Sign in at the database and export again as RIS or CSV."
        )
    return text, mistakes


def _text(data: bytes, name: str) -> tuple[str, tuple[Mistake, ...]]:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _lossy(data, encoding, name)
    nulls = data[:_SAMPLE].count(0)
    if nulls:
        for encoding, place in (("utf-16-le", 1), ("utf-16-be", 0)):
            if data[place:_SAMPLE:2].count(0) > 0.9 * min(len(data), _SAMPLE) / 2:
                return _lossy(data, encoding, name)
    controls = sum(byte < 32 and byte not in b"\t\n\v\f\r\x1a\x1b" for byte in data[:_SAMPLE])
    if nulls or controls > 0.05 * min(len(data), _SAMPLE):
        raise FileError(f"{name} is not a text file. Export the references as RIS or CSV.")
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        return _older(data, name)


def _lossy(data: bytes, encoding: str, name: str) -> tuple[str, tuple[Mistake, ...]]:
    text = data.decode(encoding, errors="replace")
    lost = text.count("\ufffd")
    if not lost:
        return text, ()
    line = text[: text.index("\ufffd")].count("\n") + 1
    message = f"{lost} characters cannot be read and show as \ufffd. Export again as UTF-8."
    return text, (Mistake(name, line, "", message),)


def _older(data: bytes, name: str) -> tuple[str, tuple[Mistake, ...]]:
    """Text that is not UTF-8: as XML declares it, damaged UTF-8, another script, or cp1252."""
    declared = _DECLARED.match(data[:_SAMPLE])
    if declared and declared[1].lower() not in (b"utf-8", b"utf8"):
        try:
            return _lossy(data, declared[1].decode("ascii"), name)
        except (LookupError, ValueError):
            pass
    repaired = data.decode("utf-8", errors="replace")
    broken = repaired.count("\ufffd")
    # In text that is UTF-8 all the same, most of what is not ASCII reads well.
    if sum(not character.isascii() for character in repaired) > 4 * broken:
        return _lossy(data, "utf-8", name)
    odd = b"\n".join(line for line in data.splitlines() if not line.isascii())[:_SAMPLE]
    high = sum(byte > 127 for byte in odd)
    if high > 0.4 * len(odd):
        guess = from_bytes(odd, cp_isolation=_OTHER_SCRIPTS).best()
        if guess is not None:
            text, mistakes = _lossy(data, guess.encoding, name)
            message = f"not in UTF-8; read as {guess.encoding}. Check the titles."
            return text, (Mistake(name, None, "", message), *mistakes)
    try:
        return data.decode("cp1252"), ()
    except UnicodeDecodeError:
        return data.decode("latin-1"), ()
