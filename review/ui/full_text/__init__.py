"""The page of full texts."""
