"""The review's database: the event log and the state derived from it."""

from sqlalchemy import Connection

from review.store.engine import Store
from review.store.log import Entry

__all__ = ["Connection", "Entry", "Store"]
