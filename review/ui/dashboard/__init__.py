"""The dashboard: where the review stands, for those who only look."""
