"""The page of the ledger of gaps."""
