"""The tests. Folders mirror `review`; `journeys` drives the real app in a real browser."""
