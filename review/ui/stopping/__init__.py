"""The page on the end of screening."""
