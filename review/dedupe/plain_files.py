"""Deduplicate a plain file of records, without a review."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from review.dedupe.cluster import cluster
from review.dedupe.normalise import COLUMNS
from review.dedupe.pairs import allowance, ask_once, find_pairs
from review.errors import FileError
from review.record_files import with_ids


@dataclass(frozen=True, slots=True)
class DedupeFileResult:
    """What deduplicating a file came to."""

    records: int
    clusters: int
    unsure_pairs: int

    @property
    def duplicates(self) -> int:
        """Records that another record of their cluster stands for."""
        return self.records - self.clusters


def read_records(source: Path) -> pd.DataFrame:
    """Read a file of records.

    Args:
        source: A ``.csv``, ``.csv.gz`` or ``.parquet`` file with an ``id`` column and any other
            of `review.dedupe.normalise.COLUMNS`; further columns are ignored.

    Returns:
        One row per record, all columns text, blanks as ``""``.

    Raises:
        FileError: if the file cannot be read, lacks the ``id`` column, or an id is blank or
            occurs twice.
    """
    try:
        if source.suffix == ".parquet":
            records = pd.read_parquet(source)
            records = records[[name for name in records.columns if name in COLUMNS]]
            records = records.astype("str").where(records.notna(), "")
        else:
            records = pd.read_csv(
                source,
                dtype=str,
                keep_default_na=False,
                encoding="utf-8-sig",
                usecols=lambda name: name.strip() in COLUMNS,
            ).rename(columns=str.strip)
    except FileNotFoundError as error:
        raise FileError(f"There is no file {source}.") from error
    except (OSError, ValueError) as error:
        raise FileError(f"{source} cannot be read as a table of records: {error}") from error
    if "id" not in records.columns:
        raise FileError(f"{source} has no column named id; every record needs one.")
    return with_ids(records, source)


def dedupe_file(source: Path, out: Path, pairs: Path | None = None) -> DedupeFileResult:
    """Deduplicate the records of a file.

    Args:
        source: The records, as `read_records` takes them.
        out: CSV to write: ``id,cluster``, one line per record in the order of `source`.
        pairs: CSV to write, if given: ``id_a,id_b,score,verdict,why``, surest pair first.

    Returns:
        How many records, clusters and pairs there were.

    Raises:
        FileError: if a file cannot be read or written.
    """
    records = read_records(source)
    found = find_pairs(records)
    clusters = cluster(records["id"], found)
    found = ask_once(found, clusters, allowance(len(records)))
    try:
        records[["id"]].assign(cluster=records["id"].map(clusters)).to_csv(out, index=False)
        if pairs is not None:
            found.to_csv(pairs, index=False)
    except OSError as error:
        raise FileError(f"The result cannot be written: {error}") from error
    return DedupeFileResult(
        records=len(records),
        clusters=len(set(clusters.values())),
        unsure_pairs=int((found["verdict"] == "unsure").sum()),
    )
