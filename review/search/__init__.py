"""Searching: running the protocol's searches, importing files, and the log of both."""
