"""Screening: queues, votes and what they decide."""
