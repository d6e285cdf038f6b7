"""The bundle: a whole review in one file of plain formats, and a review made of it again."""
