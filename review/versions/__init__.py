"""Versions of the review, the review as it was at any time, and what changed between two times."""
