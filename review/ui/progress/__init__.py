"""The page of how far and how fast people screen."""
