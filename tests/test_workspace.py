"""What is opened with a review."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from review.config import Config
from review.workspace import keep_log


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    """The program's logger, without files, and as it was afterwards."""
    logger = logging.getLogger("review")
    before, level = list(logger.handlers), logger.level
    logger.handlers.clear()
    yield logger
    for handler in logger.handlers:
        handler.close()
    logger.handlers[:] = before
    logger.setLevel(level)


def test_each_review_keeps_its_own_log(tmp_path: Path, logger: logging.Logger) -> None:
    first, second = (Config(tmp_path / name, "sqlite://") for name in ("first", "second"))
    for config, words in [(first, "one"), (first, "two"), (second, "three")]:
        keep_log(config)
        logger.warning(words)
    assert len(logger.handlers) == 1
    kept = [(config.local / "review.log").read_text().split() for config in (first, second)]
    assert [line[-1] for line in kept] == ["two", "three"]
    assert kept[0].count("one") == 1, "a log named twice is written to once"
