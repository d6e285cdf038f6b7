"""The page of who votes on what."""
