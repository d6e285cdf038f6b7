"""The records page."""
