"""Fixtures of the tests of searching."""

from tests.search.common import ws_at

__all__ = ["ws_at"]
