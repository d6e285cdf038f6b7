"""Plain tables of records, in CSV, that a command reads without a review."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from review.errors import FileError


def read(source: Path, columns: Sequence[str], needed: Sequence[str]) -> pd.DataFrame:
    """Read some columns of a table of records, under lower-case headings.

    Args:
        source: ``.csv`` or ``.csv.gz``, in UTF-8.
        columns: that are wanted; one that the file lacks is blank.
        needed: those of them that the file must have.

    Returns:
        Text throughout, ``""`` where a cell is blank.

    Raises:
        FileError: the file cannot be read, or lacks a column.
    """
    try:
        records = pd.read_csv(
            source,
            dtype=str,
            keep_default_na=False,
            encoding="utf-8-sig",
            usecols=lambda name: name.strip().lower() in columns,
            index_col=False,  # else rows with more cells than the heading shift all columns
        )
    except FileNotFoundError as error:
        raise FileError(f"There is no file {source}.") from error
    except UnicodeDecodeError as error:
        raise FileError(f"{source} is not in UTF-8. Save it as CSV in UTF-8.") from error
    except (OSError, ValueError, EOFError, zlib.error) as error:
        raise FileError(f"{source} cannot be read as a table of records: {error}") from error
    records.columns = records.columns.str.strip().str.lower()
    if records.columns.has_duplicates:
        twice = records.columns[records.columns.duplicated()][0]
        raise FileError(f"{source} has more than one column named {twice}.")
    missing = [name for name in needed if name not in records.columns]
    if missing:
        raise FileError(
            f"{source} has no column named {' and none named '.join(missing)}. "
            "Headings stand in its first line, with commas between them."
        )
    return records.reindex(columns=list(columns), fill_value="")


def with_ids(records: pd.DataFrame, source: Path) -> pd.DataFrame:
    """The records, with their ids bare of blanks around them.

    Raises:
        FileError: an id is blank, or stands there twice.
    """
    ids = records["id"].str.strip()
    if (ids == "").any():
        row = int((ids == "").to_numpy().argmax()) + 1
        raise FileError(f"Record {row} of {source} has a blank id.")
    if ids.duplicated().any():
        raise FileError(f"{source} holds the id {ids[ids.duplicated()].iloc[0]} more than once.")
    return records.assign(id=ids)
