"""How large a full text may be. Pure."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from review.config import whole_number


@dataclass(frozen=True, slots=True)
class PdfLimits:
    """Limits of a PDF, each with its setting.

    Attributes:
        mb: a larger file is refused (``REVIEW_MAX_PDF_MB``).
        pages: whose text is read; later ones are shown but not searched (``REVIEW_MAX_PDF_PAGES``).
        seconds: that reading its text may take (``REVIEW_MAX_PDF_SECONDS``).
    """

    mb: int = 50
    pages: int = 200
    seconds: int = 30


def limits(env: Mapping[str, str] | None = None) -> PdfLimits:
    """The limits as the environment sets them.

    Raises:
        ConfigError: one of them is no whole number from 0 up.
    """
    env = os.environ if env is None else env
    usual = PdfLimits()
    return PdfLimits(
        mb=whole_number(env, "REVIEW_MAX_PDF_MB", usual.mb),
        pages=whole_number(env, "REVIEW_MAX_PDF_PAGES", usual.pages),
        seconds=whole_number(env, "REVIEW_MAX_PDF_SECONDS", usual.seconds),
    )
