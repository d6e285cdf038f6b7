"""OpenAlex as a source: its questions, its works, and walking its lists to the end."""

from review.sources.openalex.client import OpenAlex

SOURCE = OpenAlex
