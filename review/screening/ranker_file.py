"""Features of records kept on disk, so that a model is fitted anew without building them again."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from review.errors import FileError
from review.screening.ranking import SEED, VERSION, Ranker
from review.spreadsheet import whole_file

MOST_STALE = 0.25
"""Share of records whose texts are no longer in use above which features are built anew."""

logger = logging.getLogger(__name__)


def ranker_for(
    file: Path, titles: Sequence[str], abstracts: Sequence[str], question: str, seed: int = SEED
) -> tuple[Ranker, NDArray[np.intp]]:
    """The features of some records: those on disk where they hold all of them, else new ones.

    They are found by what a record says, so it does not matter which of them were merged or have
    gone since. Where the file cannot be read or written they are made anew each time.

    Args:
        file: where features are kept.

    Returns:
        The ranker, and the position in it of each record, shape (N,).
    """
    keys = np.array([_key(t, a) for t, a in zip(titles, abstracts, strict=True)], dtype=np.uint64)
    about = f"{VERSION}\x1f{seed}\x1f{question}"
    if (known := _read(file, about)) is not None:
        ranker, held = known
        order = np.argsort(held, kind="stable")
        at = np.searchsorted(held[order], keys)
        inside = at < len(held)
        if inside.all() and (held[order[at]] == keys).all():
            stale = 1 - len(np.unique(keys)) / max(len(np.unique(held)), 1)
            if stale <= MOST_STALE:
                return ranker, order[at]
    ranker = Ranker(titles, abstracts, question, seed)
    try:
        _write(file, about, keys, ranker)
    except FileError as error:
        logger.warning("Features of records are not kept, and built anew each time: %s", error)
    return ranker, np.arange(len(keys), dtype=np.intp)


def _key(title: str, abstract: str) -> int:
    text = f"{title}\x1f{abstract}".encode(errors="surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "little")


def _read(file: Path, about: str) -> tuple[Ranker, NDArray[np.uint64]] | None:
    """The features of a file; None where it is not there, damaged, or of another question."""
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as stored:
            if str(stored["about"]) != about:
                return None
            return Ranker.of_arrays(stored), stored["keys"]
    except FileNotFoundError:
        return None
    except Exception as error:  # what is damaged fails in ways that no list of errors holds
        logger.warning("Features of records cannot be read and are built anew: %r", error)
        return None


def _write(file: Path, about: str, keys: NDArray[np.uint64], ranker: Ranker) -> None:
    held: dict[str, Any] = {"about": np.array(about), "keys": keys, **ranker.arrays()}
    with whole_file(file) as temporary:
        # Through an open file, as a name without .npz would get that ending.
        with temporary.open("wb") as out:
            np.savez(out, **held)
