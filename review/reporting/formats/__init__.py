"""Formats of other programs that references, decisions and codes are written in."""
