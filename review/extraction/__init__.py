"""Data extraction: fields of the protocol, filled in by one or two people."""
