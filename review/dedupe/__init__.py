"""Deduplication: which records are the same publication.

The stages, one module each: `normalise` brings fields into comparable form, `block` picks the
pairs worth comparing, `compare` measures them field by field, `decide` gives verdicts, `cluster`
joins sure pairs.  `find_pairs` runs the first four; all take and return plain data.
"""

from review.dedupe.cluster import cluster
from review.dedupe.compare import compare
from review.dedupe.normalise import COLUMNS, normalise
from review.dedupe.pair_verdicts import decide
from review.dedupe.pairs import PAIR_COLUMNS, allowance, ask_once, find_pairs
from review.dedupe.plain_files import DedupeFileResult, dedupe_file, read_records

__all__ = [
    "COLUMNS",
    "PAIR_COLUMNS",
    "DedupeFileResult",
    "allowance",
    "ask_once",
    "cluster",
    "compare",
    "decide",
    "dedupe_file",
    "find_pairs",
    "normalise",
    "read_records",
]
