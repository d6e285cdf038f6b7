"""OpenAlex as a source: its questions, its works, and walking its lists to the end."""
