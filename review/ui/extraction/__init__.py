"""The page of data extraction."""
