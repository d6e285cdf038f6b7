"""Page: who votes on what."""
