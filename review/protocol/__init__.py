"""The protocol of a review: question, searches, eligibility, claims and codebook.

`load` reads both YAML files of a data folder and checks them; everything it returns is frozen.
"""

from __future__ import annotations

from review.protocol.codebook import KINDS, Codebook, Dimension, Evidence, Value
from review.protocol.loading import CODEBOOK_FILE, PROTOCOL_FILE, load, version_of
from review.protocol.model import (
    Claim,
    Criterion,
    Highlights,
    Protocol,
    Question,
    Reason,
    Scope,
    Search,
    StageRule,
)
from review.protocol.openalex_syntax import check_filter, check_query, operators
from review.protocol.phrases import phrase_pattern
from review.protocol.value_types import EVERYTHING, HOT_KEYS

__all__ = [
    "CODEBOOK_FILE",
    "EVERYTHING",
    "HOT_KEYS",
    "KINDS",
    "PROTOCOL_FILE",
    "Claim",
    "Codebook",
    "Criterion",
    "Dimension",
    "Evidence",
    "Highlights",
    "Protocol",
    "Question",
    "Reason",
    "Scope",
    "Search",
    "StageRule",
    "Value",
    "check_filter",
    "check_query",
    "load",
    "operators",
    "phrase_pattern",
    "version_of",
]
