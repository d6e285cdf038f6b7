"""Cells that spreadsheet programs would run."""

from __future__ import annotations

import pytest

from review.spreadsheet import escape, unescape


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", *"＝＋－＠'"])
def test_text_that_would_run_is_guarded_and_comes_back(start: str) -> None:
    text = f"{start}SUM(A1)"
    assert escape(text) == f"'{text}"
    assert unescape(escape(text)) == text
