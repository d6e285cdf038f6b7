"""Reporting: the flow diagram, tables and exports of a review."""
