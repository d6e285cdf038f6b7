"""Files that only their owner may read, such as database and log, where there are file modes."""

from __future__ import annotations

import os
from pathlib import Path

OWNER_ONLY = 0o600


def make_private(path: Path, *, create: bool = False) -> None:
    """Take a file away from everybody but its owner; somebody else's file is left as it is.

    Args:
        create: make an empty one where there is none, so that it is private from the first byte.
    """
    if create:
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY))
            return
        except FileExistsError:
            pass
    try:
        mode = path.stat().st_mode & 0o777
        if os.name == "posix" and mode & 0o077:
            path.chmod(mode & 0o700)
    except OSError:
        return  # not there, or not ours
