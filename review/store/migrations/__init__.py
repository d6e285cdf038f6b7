"""Migrations of the review's tables, run by Alembic from `Store.upgrade`."""
