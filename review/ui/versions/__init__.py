"""The page of versions: earlier states of the review, and what changed between two times."""
