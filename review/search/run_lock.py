"""Telling a search run that goes on from one that a crash left behind.

Whoever runs a search holds a lock on a file named after the run. The operating system lets go of it
when the process ends, however it ends, so a run without a holder is over.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[str]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def held(folder: Path, run: str) -> Iterator[None]:
    """Hold a run until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    path = _path(folder, run)
    with path.open("w", encoding="utf-8") as file:
        _lock(file)
        try:
            yield
        finally:
            # Windows does not remove a file that is open; an empty file left over does no harm.
            with suppress(OSError):
                path.unlink()


def is_held(folder: Path, run: str) -> bool:
    """Whether a process of this machine holds the run."""
    try:
        with _path(folder, run).open("r+", encoding="utf-8") as file:
            _lock(file)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def left_here(folder: Path, run: str) -> bool:
    """Whether a process of this machine began the run and did not live to end it."""
    return _path(folder, run).exists() and not is_held(folder, run)


def _path(folder: Path, run: str) -> Path:
    return folder / f"{run}.lock"
