"""Deduplication: which records are the same publication.

The stages, one module each: `normalise` brings fields into comparable form, `blocking` picks the
pairs worth comparing, `compare` measures them field by field, `pair_verdicts` decides on them,
`cluster` joins sure pairs. `find_pairs` in `pairs` runs the first four; all take and return plain
data. `service` deduplicates a review, `plain_files` a file.
"""
