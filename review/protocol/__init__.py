"""The protocol of a review: question, searches, eligibility, claims and codebook.

`load` reads both YAML files of a data folder and checks them; everything it returns is frozen.
"""

from review.protocol.loading import load

__all__ = ["load"]
