"""What the operating system says of files and disks, as a sentence."""

from __future__ import annotations

import errno
from pathlib import Path

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


def sentence(error: OSError, path: Path | None = None) -> str:
    """Why a file could not be written or read, and what to do.

    Args:
        path: the file as a person knows it; the one the system names when None.
    """
    where = str(path or error.filename or "")
    if error.errno in _FULL:
        return (
            f"The disk is full{f', so {where} cannot be written' if where else ''}. "
            "Free some space, then try again."
        )
    if error.errno in _FORBIDDEN:
        return (
            f"{where or 'A file'} cannot be read or written: {error.strerror}. Let your user use "
            "the file and its folder, or choose another folder."
        )
    if error.errno == errno.EFBIG:
        return (
            f"{where or 'A file'} cannot be written: its disk, or a limit of the system, takes no "
            "file so large. Choose another folder."
        )
    return f"{where or 'A file'} cannot be read or written: {error.strerror or error}. Try again."
