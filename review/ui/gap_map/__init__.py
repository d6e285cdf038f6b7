"""The page of the gap map."""
