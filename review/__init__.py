"""A systematic-review tracker: from the question to the visible gap in one tool.

This file imports nothing but the standard library, so that ``python3 -m review.start`` runs on a
machine where no package is installed yet.
"""

__version__ = "0.4.0"
