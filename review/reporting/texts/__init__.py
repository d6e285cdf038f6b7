"""Texts of a report, written from the log and nothing else."""
