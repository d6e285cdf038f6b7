"""Finding reports, and everything the review knows of one of them."""
