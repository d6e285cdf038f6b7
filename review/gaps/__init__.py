"""The gap map: where evidence is, where it is missing, and which claims it bears."""
