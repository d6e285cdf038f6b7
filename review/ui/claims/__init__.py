"""The claims page."""
