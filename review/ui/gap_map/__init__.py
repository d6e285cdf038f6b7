"""The gap_map page."""
