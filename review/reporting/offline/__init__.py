"""The gap map as one file that needs no server: its content, its page, and its picture."""
