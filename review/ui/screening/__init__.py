"""The screening page."""
