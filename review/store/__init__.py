"""The review's database: the event log and the state derived from it."""

from sqlalchemy import Connection

from review.store.engine import Store

__all__ = ["Connection", "Store"]
