"""Full texts: where they are, files attached to reports, and their words."""
