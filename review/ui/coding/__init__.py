"""The coding page."""
